"""Somebody who writes: an outbox as in static/js/postman.js, and changes of what they said; each tried until answered."""

import asyncio
import random
import time
from collections import defaultdict, deque

from tests.faults.exchange import Answer, NoAnswer, ask
from tests.faults.journal import Letter
from tests.faults.log import messages_in
from tests.faults.page import Page

RETRIES = (2.0, 5.0, 15.0)  # seconds between tries, where no open socket says that the server is back
IMPATIENCE = 1.0  # seconds until a person presses "Save" once more
UNDONE = 200.0  # seconds for which one takes a deletion back: the server allows it for 300, and may be slow
REMEMBERED = 20  # of one's own messages, which one may change
WORDS = [
    "the",
    "room",
    "żółw",
    "łódź",
    "quick",
    "brown",
    "fox",
    "🙂",
    "tea",
    "&",
    "biscuits",
    "<b>",
    "at",
    "noon",
    "or",
    "so",
]


class Author:
    def __init__(self, page: Page, rng: random.Random) -> None:
        self.page, self.rng, self.journal = page, rng, page.journal
        self.outbox: dict[int, deque[Letter]] = defaultdict(deque)
        self.said: deque[Letter] = deque(maxlen=REMEMBERED)
        self.rounds: set[int] = set()
        self.timer: asyncio.TimerHandle | None = None
        self.tries = self.numbered = 0
        self.changing = False
        page.on_open.append(self.carry_all)

    @property
    def busy(self) -> bool:
        return self.changing or any(self.outbox.values())

    def act(self) -> None:
        """Mostly something new; now and then they change their mind about what they said."""
        if self.said and self.rng.random() < 0.25:
            if not self.changing:
                self.changing = True
                lately = list(self.said)[-2:] if self.rng.random() < 0.8 else list(self.said)
                self.page.begin(self._change(self.rng.choice(lately)))
        else:
            crowd = self.rng.random() < 0.5
            self._write(self.page.person.crowded if crowd else self.rng.choice(sorted(self.page.allowed)))

    def _write(self, room: int) -> None:
        if len(self.outbox[room]) < 5:  # during an outage people wait, too
            letter = Letter(room, self.page.person.pk, self._text(room))
            self.outbox[room].append(letter)
            self.page.begin(self._carry(room))

    def _text(self, room: int) -> str:
        self.numbered += 1
        words = self.rng.choices(WORDS, k=self.rng.randint(1, 30))
        return f"{self.page.person.name} in {room}, {self.numbered}: {' '.join(words)}"

    # The outbox

    def carry_all(self) -> None:
        if self.timer:
            self.timer.cancel()
            self.timer = None
        for room in [room for room, letters in self.outbox.items() if letters]:
            self.page.begin(self._carry(room))

    async def _carry(self, room: int) -> None:
        """A room's letters go in the order they were written, one after the other."""
        if room in self.rounds:
            return  # it takes along what comes meanwhile
        self.rounds.add(room)
        try:
            while self.outbox[room] and await self._deliver(self.outbox[room][0]):
                self.outbox[room].popleft()
        finally:
            self.rounds.discard(room)

    async def _deliver(self, letter: Letter) -> bool:
        """Whether the next one may go."""
        self.journal.tried(letter)
        answer = await self._post(f"/rooms/{letter.room}/messages/", {"body": letter.body, "client_id": letter.id})
        if answer and answer.status == 201:
            self.tries = 0
            self._take(letter, answer)
            return True
        if answer and answer.status < 500 and answer.status != 429:
            self.journal.refused.append(f"a message to room {letter.room} was refused with {answer.status}")
            del self.journal.letters[letter.id]
            return True
        self._wait(float(answer.headers.get("retry-after", 0)) if answer else 0)
        return False

    def _take(self, letter: Letter, answer: Answer) -> None:
        """The 201 holds the message as everybody sees it."""
        messages = messages_in(answer.text)
        self.page.take(letter.room, messages)
        self.journal.acknowledged(letter, messages[0].seq)
        if messages[0].id != letter.id:
            self.journal.refused.append(f"{letter.id} was answered with {messages[0].id}")
        self.said.append(letter)

    def _wait(self, asked: float) -> None:
        """`asked`: for how long the server asked to wait, if it did."""
        if self.timer is None:
            wait = asked or RETRIES[min(self.tries, len(RETRIES) - 1)]
            self.timer = asyncio.get_running_loop().call_later(wait, self.carry_all)
            self.tries += not asked

    # What was said is changed

    async def _change(self, letter: Letter) -> None:
        try:
            place = f"/rooms/{letter.room}/messages/{letter.seq}"
            if letter.deleted:
                if time.monotonic() - letter.deleted_at > UNDONE:
                    return
                if await self._insist(f"{place}/deletion/undo/", {}):
                    self.journal.changed(letter, deleted=False)
            elif self.rng.random() < 0.4:
                if await self._insist(f"{place}/deletion/", {}):
                    self.journal.changed(letter, deleted=True)
            elif await self._insist(f"{place}/text/", {"body": (body := self._text(letter.room))}):
                self.journal.changed(letter, body=body)
        finally:
            self.changing = False

    async def _insist(self, path: str, fields: dict[str, str]) -> bool:
        """Until it is answered. Whether it was done."""
        while True:
            answer = await self._post(path, fields)
            if answer and answer.status == 200:
                self.page.take(int(path.split("/")[2]), messages_in(answer.text))
                return True
            if answer and answer.status < 500 and answer.status != 429:
                too_late = answer.status == 409 and path.endswith("/undo/") and self.journal.clocks_were_wrong
                if not too_late:
                    self.journal.refused.append(f"{path} was refused with {answer.status}")
                return False
            await asyncio.sleep(IMPATIENCE)

    def forget(self, floors: dict[int, int]) -> None:
        """What stands at or below these places is not changed any more."""
        self.said = deque((letter for letter in self.said if letter.seq > floors[letter.room]), maxlen=REMEMBERED)

    async def _post(self, path: str, fields: dict[str, str]) -> Answer | None:
        await self.page.awake.wait()
        try:
            answer = await ask(self.page.port, path, self.page.cookies, fields)
        except NoAnswer:
            self.journal.answered(path, None)
            return None
        self.journal.answered(path, answer.status)
        return answer
