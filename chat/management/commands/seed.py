from typing import Any

from django.core.management.base import BaseCommand, CommandError

from chat import demo
from chatpoc.env import PRODUCTION


class Command(BaseCommand):
    help = "Makes demo people, rooms and a history, if nobody is there yet. All sign in with the same password."

    def handle(self, *args: Any, **options: Any) -> None:
        if PRODUCTION:
            raise CommandError(
                "The demo people have a password that everyone knows, so they are not made in production."
            )
        if demo.seed():
            self.stdout.write(f"Made {len(demo.PEOPLE)} demo people and their conversations.")
        elif options["verbosity"] > 1:
            self.stdout.write("There are people already; nothing was changed.")
