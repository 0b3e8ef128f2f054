"""A new password."""

from allauth.account.views import password_change
from django.db import transaction

# The other sockets of this browser look again once the password is written. They must not find the session between two keys,
# so that is written together with the session's own.
change_password = transaction.atomic(password_change)
