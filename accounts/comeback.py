"""The way back for who deactivated their account: a mailed link, good for as long as they are away."""

from allauth.core import context
from django.core import signing
from django.urls import reverse

from accounts.mailing import sent
from accounts.models import User

SALT = "accounts.comeback"


def mail_way_back(user: User) -> bool:
    """False if no mail could be sent."""
    path = reverse("accounts:come_back", args=[_key(user)])
    url = context.request.build_absolute_uri(path)
    return sent("account/email/deactivated", user.email, {"user": user, "come_back_url": url})


def who_comes_back(key: str) -> User | None:
    """Whose link this is, unless they are back already, or left a second time, or were shut out since."""
    try:
        pk, left_at = signing.loads(key, salt=SALT)
    except signing.BadSignature:
        return None
    user = User.objects.filter(pk=pk, is_active=False).first()
    return user if user and user.deactivated_at and user.deactivated_at.isoformat() == left_at else None


def _key(user: User) -> str:
    assert user.deactivated_at  # noqa: S101  (for the type checker)
    return signing.dumps([user.pk, user.deactivated_at.isoformat()], salt=SALT)
