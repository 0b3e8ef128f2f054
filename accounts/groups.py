"""Two ready groups of staff. They are made when the database is; what operators change of them afterwards stays."""

from typing import Any

from django.apps import apps as installed
from django.contrib.auth.models import Group, Permission
from django.db import router

from chatpoc import live

# By app: `model` or `verb_model`, as Django calls its permissions.
MODERATOR = {
    "accounts": ["view_user", "suspend_user", "end_sessions"],
    "chat": [
        "view_message", "delete_message", "view_room", "change_room",
        "view_membership", "add_membership", "change_membership", "delete_membership",
        "view_report", "change_report", "view_complaint", "view_heldmessage", "change_heldmessage",
        "view_holdrule", "add_holdrule", "change_holdrule", "delete_holdrule",
    ],
    "presence": ["view_connection", "delete_connection"],
    "usersessions": ["view_usersession"],
}  # fmt: skip
ADMINISTRATOR = {
    "accounts": ["change_user", "delete_user", "reset_two_factor", "view_auditentry"],
    "chat": ["read_direct_messages"],
    "account": ["view_emailaddress"],
    "mfa": ["view_authenticator"],
    "usersessions": ["delete_usersession"],
    "auth": ["view_group"],
}
MODERATORS, ADMINISTRATORS = "Moderators", "Administrators"
GROUPS = {MODERATORS: [MODERATOR], ADMINISTRATORS: [MODERATOR, ADMINISTRATOR]}


def make_groups(sender: Any, using: str, apps: Any = installed, **_: Any) -> None:
    """Called after each app's migrations; by the last of them all permissions are there."""
    with_models = [config for config in installed.get_app_configs() if config.models_module]
    if sender != with_models[-1] or not _is_there(apps, using):
        return
    there = set(Group.objects.using(using).filter(name__in=GROUPS).values_list("name", flat=True))
    if there == set(GROUPS):
        return
    found = Permission.objects.using(using).values_list("content_type__app_label", "codename", "pk")
    numbers = {(app, codename): number for app, codename, number in found}
    with live.exactly():  # nobody is in them yet
        for name, tables in GROUPS.items():
            if name not in there:
                group = Group.objects.using(using).create(name=name)
                group.permissions.add(*(numbers[key] for table in tables for key in _keys(table) if key in numbers))


def _keys(table: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(app, codename) for app, codenames in table.items() for codename in codenames]


def _is_there(apps: Any, using: str) -> bool:
    """Not where only some migrations are run."""
    try:
        apps.get_model("auth", "Group")
    except LookupError:
        return False
    return bool(router.allow_migrate_model(using, Group))
