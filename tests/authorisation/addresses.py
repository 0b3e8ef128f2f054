"""An address for each route outside of rooms: what it names is there, and somebody's."""

import re

from accounts.comeback import _key
from chatpoc.language import version_of
from tests.authorisation.people import DIGEST, World
from tests.site.test_doors import EXAMPLES


class Addresses:
    def __init__(self, world: World) -> None:
        fellow, member, away = (world.people[name] for name in ("fellow", "member", "away"))
        away.refresh_from_db()
        self.named = {
            "person_id": str(fellow.pk),
            "people": str(fellow.pk),
            "handle": "newcomer",
            "pk": str(world.others["key"]),
            "session_id": str(world.others["session"]),
            "complaint_id": str(world.others["complaint"]),
            "name": f"{member.pk}-{DIGEST}",
            "language": "pl",
            "version": version_of("pl"),
            "accounts/account/return/<str:key>/ key": _key(away),
        }

    def __call__(self, route: str, **named: object) -> str:
        def value(part: re.Match[str]) -> str:
            here = f"{route} {part[2]}"
            return str(
                named.get(part[2]) or self.named.get(here) or self.named.get(part[2]) or EXAMPLES[part[1] or part[2]]
            )

        return "/" + re.sub(r"<(?:(\w+):)?(\w+)>", value, route)
