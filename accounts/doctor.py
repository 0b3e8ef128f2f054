"""Who looks after the chat, and how well their way in is guarded."""

from collections.abc import Iterator

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.db.models import Exists, OuterRef

from accounts.models import User
from accounts.moderators import ADMINISTRATORS, MODERATORS
from chatpoc.doctor import Finding, check, doubtful, well, wrong
from chatpoc.env import PRODUCTION

DEMO = ("alice@example.com", "demo")  # as `seed` makes them; the password is printed at every start


@check("people", needs="migrations")
def people() -> Iterator[Finding]:
    staff = User.objects.filter(is_active=True, is_staff=True)
    if not staff.filter(is_superuser=True).exists():
        yield doubtful(
            "There is no superuser: nobody can give rights, or mend an account.", "manage.py createsuperuser"
        )
    yield from groups()
    if PRODUCTION:
        unguarded = staff.exclude(Exists(Authenticator.objects.filter(user=OuterRef("pk")))).count()
        if unguarded:
            yield doubtful(f"{unguarded} of the staff have no second factor: the admin does not let them in.",
                           "They set one up under “Account”.")  # fmt: skip
        yield from demo_people()


def groups() -> Iterator[Finding]:
    for name in (MODERATORS, ADMINISTRATORS):
        group = Group.objects.filter(name=name).first()
        if group is None or not group.permissions.exists():
            yield doubtful(f"The group {name} is not there, or may do nothing.", "manage.py migrate")
    looking = User.objects.filter(
        is_active=True, is_staff=True, groups__name__in=[MODERATORS, ADMINISTRATORS]
    ).distinct()
    if count := looking.count():
        yield well(f"{count} people moderate the chat.")
    else:
        yield doubtful(
            "Nobody moderates the chat: reports are seen by superusers alone.", "manage.py createmoderator PERSON"
        )


def demo_people() -> Iterator[Finding]:
    email, password = DEMO
    if (person := User.objects.filter(email=email, is_active=True).first()) and person.check_password(password):
        yield wrong(f"The demo people are here, and everybody knows the password of {email}.",
                    "Shut them out in /admin/, or give them other passwords.")  # fmt: skip
