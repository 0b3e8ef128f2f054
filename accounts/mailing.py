"""Mails: without a mail server what was done stays done, and the page says that no mail could be sent."""

import logging
from typing import Any

from allauth.account.adapter import get_adapter
from django.utils.translation import gettext_lazy as _

NO_MAIL = _("No mail could be sent: the mail server does not answer.")
logger = logging.getLogger(__name__)


def sent(template: str, email: str, context: dict[str, Any]) -> bool:
    try:
        get_adapter().deliver(template, email, context)
    except OSError:  # also smtplib's
        logger.exception("The mail %s could not be sent.", template)
        return False
    return True
