"""Who is connected, and what their pages show: the Lobby that all are in, a sidebar, and the dots of fifty people."""

from tests.load.invalidation.people import Person, World

DOTS = 50
STRIDE = 37  # between those whom a page shows, so that they are of both halves


class People:
    def __init__(self, world: World) -> None:
        self.people = world.people
        self.room = world.lobby.pk

    def __len__(self) -> int:
        return len(self.people)

    def page(self, number: int) -> tuple[str, dict[str, str]]:
        """The session of the person with this number, and what their page watches."""
        person, room = self.people[number], self.room
        tags = [f"visibility:{person.user.pk}", f"room:{room}", f"rooms:{room}", f"members:{room}", f"here:{room}"]
        dots = [self.dot(self.people[(number + STRIDE * n) % len(self.people)]) for n in range(1, DOTS + 1)]
        return person.session, person.watch | dict.fromkeys(tags + dots, "")

    def truth(self, *, gone: range = range(0)) -> dict[str, object]:
        """What pages have to know when just these numbers are gone."""
        states = {self.dot(self.people[number]): "offline" for number in gone}
        states[f"here:{self.room}"] = str(len(self.people) - len(gone))
        return {"do": "expect", "states": states, "otherwise": "online"}

    @staticmethod
    def dot(person: Person) -> str:
        return f"presence:{person.user.pk}"
