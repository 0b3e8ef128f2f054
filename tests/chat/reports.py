"""What the tests of reports share."""

from typing import Any

from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import User
from chat.models import Message, Report
from tests.conftest import make_person

WRONG = {"reason": "spam", "details": "He sells watches."}


def moderator(handle: str = "dora", name: str = "Dora Diaz", *codenames: str) -> User:
    """Staff who may look at reports and work on them, and whatever else is named."""
    person = make_person(handle, name, is_staff=True)
    wanted = codenames or ("view_report", "change_report", "delete_message")
    person.user_permissions.set(Permission.objects.filter(codename__in=wanted))
    return person


def page_of(message: Message) -> str:
    return f"/rooms/{message.room_id}/messages/{message.seq}/report/"


def complaint_of(message: Message, by: User, reason: str = "spam", details: str = "") -> Report:
    complaint, _new = Report.objects.of_message(message, by=by, reason=reason, details=details)
    report: Report = complaint.report
    return report


def do(client: Client, report: Report, what: str, **fields: Any) -> Any:
    """Press a button of the report's page in the admin."""
    return client.post(admin_page(report), {"do": what, **fields})


def admin_page(report: Report) -> str:
    return f"/admin/chat/report/{report.pk}/change/"
