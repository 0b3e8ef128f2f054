"""A room, or what is somebody's own, as JSON lines and files. See `manage.py export --help`."""

from chat.exporting.archive import Archive, archive
from chat.exporting.people import export_person
from chat.exporting.rooms import export_room

__all__ = ["Archive", "archive", "export_person", "export_room"]
