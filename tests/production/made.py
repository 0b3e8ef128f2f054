"""Who is in a production that was just started."""

import json
from dataclasses import dataclass

from tests.production.shape import Shape
from tests.production.unit import command_line


@dataclass(frozen=True)
class Person:
    id: int
    password: str
    session: str


@dataclass(frozen=True)
class Made:
    """`room` is the conversation of alice and bob, `picture` the name of alice's."""

    room: int
    picture: str
    people: dict[str, Person]


def make_people(shape: Shape) -> Made:
    said = json.loads(command_line("python -m tests.production.people", shape.environment))
    people = {handle: Person(**fields) for handle, fields in said["people"].items()}
    return Made(said["room"], said["picture"], people)
