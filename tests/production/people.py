"""Who is in the production that is tried out; run in its environment: `python -m tests.production.people`. Says it as JSON."""

import io
import json
import os
import secrets
from typing import Any

import django

HANDLES = {"alice": "Alice Moreau", "bob": "Bob Okafor", "charlie": "Charlie Lindqvist"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatpoc.settings")
    django.setup()
    from allauth.account.models import EmailAddress
    from PIL import Image

    from accounts.models import User
    from accounts.pictures import make_pictures
    from chat.models import Room
    from tests.load.logins import session_of

    def person(handle: str) -> User:
        user: User = User.objects.create_user(f"{handle}@example.com", handle, name=HANDLES[handle])
        user.set_password(passwords[handle])
        user.save(update_fields=["password"])
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        return user

    passwords = {handle: secrets.token_urlsafe(12) for handle in HANDLES}
    people = {handle: person(handle) for handle in HANDLES}
    picture = io.BytesIO()
    Image.new("RGB", (400, 400), "tomato").save(picture, "PNG")
    people["alice"].take_picture(make_pictures(picture.getvalue()))
    room = Room.objects.direct(people["alice"], people["bob"])
    said: dict[str, Any] = {
        "room": room.pk,
        "picture": people["alice"].picture_name,
        "people": {
            handle: {"id": user.pk, "password": passwords[handle], "session": session_of(user)}
            for handle, user in people.items()
        },
    }
    print(json.dumps(said))


if __name__ == "__main__":
    main()
