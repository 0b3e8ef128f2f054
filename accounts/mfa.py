"""Second factors: how their secrets are kept, and what allauth calls them."""

import base64
import hashlib
import logging

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.devices import in_words
from accounts.models import User

logger = logging.getLogger(__name__)


class MFAAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {"incorrect_code": _("This code is not right.")}

    def encrypt(self, text: str) -> str:
        """A copy of the database alone makes no codes."""
        return _lock().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Raises InvalidToken when SECRET_KEY has changed and its former value is not among the fallbacks."""
        try:
            return _lock().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            logger.error("A second factor cannot be read: put the former SECRET_KEY into SECRET_KEY_FALLBACKS.")
            raise

    def generate_authenticator_name(self, user: User, type: str) -> str:  # noqa: A002  (allauth's name)
        """A new passkey is called after where it was made; its owner may rename it."""
        return in_words(context.request.headers.get("User-Agent", ""))


def _lock() -> MultiFernet:
    """Keys made from SECRET_KEY and, to read what is older, from its fallbacks."""
    return MultiFernet([Fernet(_key(secret)) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(b"accounts.mfa:" + secret.encode()).digest())
