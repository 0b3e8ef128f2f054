from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from accounts.models import User
from chat import demo


class Command(BaseCommand):
    help = "Brings an embedded chat up to date before it starts: migrations, and demo data when the database is empty."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=0, interactive=False)
        call_command("seed", stdout=self.stdout)
        if User.objects.filter(email="alice@example.com", is_active=True).exists():
            self.stdout.write(
                f"Sign in as alice@example.com or bob@example.com; the password of both is “{demo.PASSWORD}”."
            )
