"""What is said: rooms, their members and their messages; and what moderators look at."""

from chat.models.held import HeldMessage, HoldRule
from chat.models.membership import Membership
from chat.models.message import Message
from chat.models.report import Complaint, Report
from chat.models.room import Room

__all__ = ["Complaint", "HeldMessage", "HoldRule", "Membership", "Message", "Report", "Room"]
