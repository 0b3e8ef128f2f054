"""Who asks, and what for: everyone of the matrix, five kinds of rooms, and in each the same few messages.

Strings that nobody without right may meet begin with `canary`; see test_canaries.
"""

import json
import time
import uuid
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from cryptography.hazmat.primitives.asymmetric import ec
from django.contrib.auth.models import Permission
from django.contrib.sessions.backends.db import SessionStore
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

from accounts.models import User
from accounts.pictures.storing import path_of
from chat.models import Membership, Report, Room
from chat.models.held import hold
from tests.conftest import make_person
from tests.live.conftest import session_of

# In a room; whoever is not in it, staff too, is a stranger there.
INSIDE = ("member", "moderator")
OUTSIDE = ("stranger", "former", "clerk", "keeper", "root")
SIGNED_IN = (*OUTSIDE, *INSIDE)
SIGNED_OUT = ("anonymous", "deactivated")
ROLES = (*SIGNED_OUT, *SIGNED_IN)

KINDS = ("open", "closed", "direct", "archived", "shut")  # the last two: a closed and an open one that are archived
DIGEST = "c0ffee" * 4
PASSWORD = "wonderland-9"


@dataclass(frozen=True)
class World:
    people: dict[str, User]
    rooms: dict[str, Room]
    sessions: dict[str, str]  # of each role but anonymous, proved by a password a moment ago
    others: dict[str, int]  # the ids of what only its owner may touch


def make_world() -> World:
    people = {name: make_person(name, f"canary-name-{name}", password=PASSWORD) for name in (*SIGNED_IN, *NAMED)}
    for name, person in people.items():
        person.email = f"canary-email-{name}@example.com"
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
        person.picture_name = f"{person.pk}-{DIGEST}"
        default_storage.save(path_of(person.picture_name, 48), ContentFile(f"canary-picture-{name}".encode()))
    for name in ("clerk", "keeper", "root"):
        people[name].is_staff = True
    people["root"].is_superuser = True
    for person in people.values():
        person.save()
    people["keeper"].user_permissions.add(Permission.objects.get(codename="change_user"))
    rooms = {kind: make_room(kind, people) for kind in KINDS}
    for person in people.values():
        Room.objects.lobby().join(person)
    Room.objects.lobby().post(author=people["fellow"], client_id=uuid.uuid4(), body="hello, everyone")
    sessions = {name: proved(people[name]) for name in (*SIGNED_IN, "deactivated")}
    User.objects.filter(pk=people["deactivated"].pk).update(is_active=False)
    people["away"].deactivate()
    people["gone"].erase()
    return World(people, rooms, sessions, others_of(people))


# Whom addresses name: a member who is dealt with, somebody to invite, one who left and may come back, one erased.
NAMED = ("deactivated", "fellow", "newcomer", "away", "gone")


def make_room(kind: str, people: dict[str, User]) -> Room:
    """In each one by the member waits for a moderator, and these stand: 1 by the member, 2 by the member and deleted, 3 by the
    moderator, 4 by the member and edited."""
    room = room_of(kind, people)
    for seq, author in enumerate(("member", "member", "moderator", "member"), start=1):
        room.post(author=people[author], client_id=uuid.uuid4(), body=f"canary-{kind}-body-{seq}")
    room.messages.get(seq=2).delete_by(people["member"])
    report(room, people)
    room.messages.get(seq=4).edit_by(people["member"], body=f"canary-{kind}-edited-4")
    hold(room, author=people["member"], client_id=uuid.uuid4(), body=f"canary-{kind}-held", found=["canary"])
    if kind in {"archived", "shut"}:
        room.archive(by=people["moderator"])
        # The line of it moved their marks: here, too, they read last what they said themselves.
        Membership.objects.filter(room=room, user=people["moderator"]).update(read_seq=3, seen_seq=3)
    Membership.objects.get(room=room, user=people["former"]).delete()
    return room


def report(room: Room, people: dict[str, User]) -> None:
    """By the moderator, of what is edited then: moderators of the whole chat see it as it was."""
    message, details = room.messages.get(seq=4), f"canary-{room.kind}-details"
    Report.objects.of_message(message, by=people["moderator"], reason="spam", details=details)


def room_of(kind: str, people: dict[str, User]) -> Room:
    if kind == "direct":
        room: Room = Room.objects.direct(people["member"], people["moderator"])
        room.join(people["former"])  # as only an admin could have done
        return room
    sort = {"archived": "closed", "shut": "open"}.get(kind, kind)
    room = Room.objects.open_by(
        people["moderator"], kind=sort, name=f"canary-{kind}-name", subject=f"canary-{kind}-subject"
    )
    for name in ("member", "former", "deactivated", "fellow"):
        room.join(people[name])
    return room


def proved(user: User) -> str:
    """A session that has said its password, as who changes how one gets into an account must."""
    key = session_of(user)
    session = SessionStore(key)
    session["account_authentication_methods_user"] = str(user.pk)
    session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
    session.save()
    UserSession.objects.create(user=user, session_key=key, ip="127.0.0.1", user_agent="")
    return key


def others_of(people: dict[str, User]) -> dict[str, int]:
    """The ids of what only its owner may touch."""
    member = people["member"]
    key = Authenticator.objects.create(user=member, type="webauthn", data=passkey("canary-key"))
    session = UserSession.objects.create(user=member, session_key=session_of(member), ip="127.0.0.1", user_agent="")
    complaint, _new = Report.objects.of_person(
        people["keeper"], by=member, reason="other", details="canary-own-details"
    )
    complaint.report.resolve(by=people["root"], outcome="acted", note="canary-note")
    return {"key": key.pk, "session": session.pk, "complaint": complaint.pk}


def passkey(name: str) -> dict[str, object]:
    """As a browser would have made one."""
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    public = ES256.from_cryptography_key(key)  # type: ignore[no-untyped-call]
    held = AttestedCredentialData.create(bytes(16), b"0123456789abcdef", public)
    told = AuthenticatorData.create(bytes(32), AuthenticatorData.FLAG.AT | AuthenticatorData.FLAG.UP, 0, held)
    asked = {"type": "webauthn.create", "challenge": "AAAA", "origin": "http://testserver"}
    response = {
        "clientDataJSON": websafe_encode(json.dumps(asked).encode()),
        "attestationObject": websafe_encode(AttestationObject.create("none", told, {})),
    }
    id_ = websafe_encode(held.credential_id)
    return {"name": name, "credential": {"id": id_, "rawId": id_, "type": "public-key", "response": response}}
