"""Mail: codes, links and news of one's account."""

from collections.abc import Iterator

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from chatpoc.doctor import Finding, check, doubtful, well

CURE = "Look at EMAIL_URL: smtp+tls://user:password@host:587. Nobody can sign up or reset a password without mail."
LONGEST = 60  # seconds; the check's own limit is shorter


@check("mail", cure=CURE)
def mail() -> Iterator[Finding]:
    kind = settings.EMAIL_BACKEND.split(".")[-2]
    if kind != "smtp":
        yield doubtful(
            f"Mail is sent to nobody: it is kept ({kind}), and read at /dev/mailbox/ while DEBUG is on.",
            "EMAIL_URL=smtp+tls://user:password@host:587",
        )
        return
    with get_connection(timeout=LONGEST):
        yield well(f"The mail server {settings.EMAIL_HOST}:{settings.EMAIL_PORT} takes our name and password.")
    if not (settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL) and settings.EMAIL_HOST not in {"localhost", "127.0.0.1"}:
        yield doubtful("Mail and its password travel unencrypted.", "EMAIL_URL=smtp+tls://… or smtp+ssl://…")
    if "@localhost" in settings.DEFAULT_FROM_EMAIL:
        yield doubtful(
            f"Mails come from {settings.DEFAULT_FROM_EMAIL}.", "DEFAULT_FROM_EMAIL=ChatPOC <chat@example.org>"
        )


def send_to(address: str) -> Iterator[Finding]:
    """Declared as a check when somebody asks for it."""
    text = "If you can read this, the chat can send mail. `manage.py doctor --mail-to` asked for it.\n"
    mail = EmailMessage("[ChatPOC] A test", text, to=[address])
    if settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        mail.connection = get_connection(timeout=LONGEST)
    mail.send()
    yield well(f"A mail to {address} was handed over. Whether it arrives is seen there; look in the spam, too.")
