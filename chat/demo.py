"""The people and conversations of a first start."""

import uuid
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from chat.models import Membership, Message, Room

PASSWORD = "demo"  # noqa: S105  (printed at every start; `seed` refuses to run in production)
ADMIN = "alice"  # she may open /admin/ too

PEOPLE = {
    "alice": "Alice Moreau",
    "bob": "Bob Okafor",
    "charlie": "Charlie Lindqvist",
    "dana": "Dana Petrova",
    "emre": "Emre Yılmaz",
    "fatima": "Fatima al-Sayed",
    "zofia": "Zofia Kowalska",
}

# (days ago, minute of the day, who, what)
Line = tuple[int, int, str, str]

CHECKLIST = """def ready(reviews: list[Review]) -> bool:
    # one open question is one too many
    return all(review.done for review in reviews) and len(reviews) >= 2
"""
LOBBY: list[Line] = [
    (3, 545, "dana", "Good morning! Is the release still planned for Thursday?"),
    (3, 547, "bob", "Yes. Two reviews are open, and the changelog."),
    (3, 548, "bob", "I can take the changelog."),
    (3, 552, "zofia", "Then I'll do the reviews before lunch."),
    (3, 745, "zofia", "Both done. One question on the second, nothing that blocks us."),
    (3, 751, "emre", "Answered, and thank you for the quick look 🙌"),
    (2, 600, "charlie", "Heads up: the staging database moves at 14:00. Expect a minute of silence."),
    (2, 845, "charlie", "Moved. Everything is back."),
    (2, 846, "dana", "I did not even notice. Nice."),
    (
        2,
        1002,
        "fatima",
        "The new icons are in the shared folder. I made the dark ones a little lighter, they looked lost.",
    ),
    (
        2,
        1010,
        "alice",
        "They look great on my screen.\nOn the phone the second one is cut off at the edge, I think.",
    ),
    (2, 1013, "fatima", "Good catch, I'll fix it."),
    (1, 560, "bob", "Changelog is up: https://example.com/changelog — please read it as a stranger would."),
    (1, 575, "alice", "Read it. I'd move “breaking changes” to the top, otherwise it's clear."),
    (1, 580, "bob", "Done."),
    (1, 960, "emre", "Friday lunch, anyone? The new place on the corner has opened."),
    (1, 963, "zofia", "Me!"),
    (1, 964, "dana", "Me too, if we go early."),
    (1, 970, "emre", "12:00 it is. I'll book for **six**."),
    (1, 1052, "bob", "What I run before each release, in case I'm away:\n```python\n" + CHECKLIST + "```"),
    (1, 1053, "bob", "1. `make check`\n2. the changelog, *read aloud*\n3. tag, push, tea"),
    (1, 1056, "dana", "> the changelog, *read aloud*\n\nTo whom? ~~The cat?~~ The team, I hope."),
    (1, 1057, "zofia", "😹"),
]
DIRECT: dict[tuple[str, str], list[Line]] = {
    ("alice", "bob"): [
        (2, 670, "alice", "Do you have ten minutes for the upload page?"),
        (2, 672, "bob", "After the stand-up, sure."),
        (
            2,
            700,
            "bob",
            "So: the list jumps when a file finishes. I think we sort by size and the size arrives late.",
        ),
        (2, 702, "alice", "Oh! We could sort by name until all sizes are there."),
        (2, 703, "bob", "Or keep the order of the upload. Simpler, and nobody asked for sorting."),
        (2, 704, "alice", "Even better. I'll do that."),
        (1, 1015, "alice", "It's in. Can you try it on your slow connection?"),
        (1, 1022, "bob", "Smooth now. Thank you 👌"),
    ],
    ("alice", "zofia"): [
        (1, 615, "zofia", "Cześć! Are you coming to the meetup next week?"),
        (1, 640, "alice", "I'd love to. Is there still a slot for a short talk?"),
        (1, 641, "zofia", "There is. Ten minutes, Tuesday at seven. Shall I put you down?"),
    ],
    ("bob", "charlie"): [
        (1, 850, "charlie", "The backup of last night is 40 % smaller. Is that the cleanup?"),
        (1, 856, "bob", "Yes."),
    ],
}

# (kind, name, topic, its people, the first of whom moderates; whether it is archived; what was said)
ROOMS: list[tuple[str, str, str, list[str], bool, list[Line]]] = [
    (
        "open", "Release", "The next version: what is in it, and who does what", ["bob", "alice", "dana", "zofia"], False,
        [
            (2, 580, "bob", "Branch is cut. Only fixes from here on, please."),
            (1, 655, "dana", "One more: the upload page says “0 files” for a second."),
            (1, 660, "alice", "That one is mine, it will be in before noon."),
        ],
    ),
    (
        "open", "Books", "What we read, and whether you should", ["fatima", "emre"], False,
        [(1, 1200, "fatima", "Finished the one about lighthouses. Who wants it next?")],
    ),
    (
        "closed", "Design", "Sketches that are not ready for everyone", ["alice", "fatima"], False,
        [(1, 900, "fatima", "Third try of the empty states is up. Less blue."), (1, 930, "alice", "Much calmer. Ship it.")],
    ),
    (
        "open", "Summer party", "12 July, on the roof", ["emre", "alice", "bob", "charlie"], True,
        [(3, 1100, "emre", "Thank you all, that was lovely. I keep the photos in the shared folder.")],
    ),
]  # fmt: skip


@transaction.atomic
def seed() -> bool:
    """Make the demo people and what they said, unless anybody is there already. Returns whether it did."""
    if User.objects.exists():
        return False
    people = make_people()
    lobby = Room.objects.lobby()
    Membership.objects.bulk_create([Membership(room=lobby, user=person) for person in people.values()])
    tell(lobby, LOBBY, people)
    for (one, other), lines in DIRECT.items():
        tell(Room.objects.direct(people[one], people[other]), lines, people)
    for kind, name, subject, handles, archived, lines in ROOMS:
        moderator, *others = [people[handle] for handle in handles]
        room = Room.objects.open_by(moderator, kind=kind, name=name, subject=subject)
        for person in others:
            room.join(person)
        tell(room, lines, people)
        if archived:
            room.archive(by=moderator)
    return True


def make_people() -> dict[str, User]:
    from allauth.account.models import EmailAddress

    password = make_password(PASSWORD)
    for handle, name in PEOPLE.items():
        staff = handle == ADMIN
        user = User(
            email=f"{handle}@example.com",
            handle=handle,
            name=name,
            password=password,
            is_staff=staff,
            is_superuser=staff,
        )
        user.save()
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return {user.handle: user for user in User.objects.all()}


def tell(room: Room, lines: list[Line], people: dict[str, User]) -> None:
    """Write a history into an empty room; everyone has read all but what was said last."""
    times = [moment(days, minute) for days, minute, _, _ in lines]
    Message.objects.bulk_create(
        Message(
            room=room, author=people[who], seq=seq, version=seq, body=body, created_at=at,
            client_id=uuid.uuid5(uuid.NAMESPACE_URL, f"demo:{room.pk}:{seq}"),
        )
        for seq, ((_, _, who, body), at) in enumerate(zip(lines, times, strict=True), start=1)
    )  # fmt: skip
    Room.objects.filter(pk=room.pk).update(last_seq=len(lines), version=len(lines), last_at=times[-1])
    room.memberships.update(read_seq=len(lines), seen_seq=len(lines), seen_at=times[-1])


def moment(days: int, minute: int) -> datetime:
    midnight = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=days) + timedelta(minutes=minute)
