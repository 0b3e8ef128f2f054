from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from chatpoc.theme.sources import BUILT, stamp


class Command(BaseCommand):
    help = "Builds static/css/app.css from its sources and notes in it which they were. Needs Node."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("tailwind", "install")
        call_command("tailwind", "build")
        stamp()
        self.stdout.write(f"Built {BUILT.name}, {BUILT.stat().st_size // 1024} KiB.")
