import json
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandParser
from django.core.validators import validate_email

import accounts.doctor  # noqa: F401
import presence.doctor  # noqa: F401  (each declares its checks)
from chatpoc import commands
from chatpoc.commands import BadArguments
from chatpoc.doctor import (  # noqa: F401
    DOUBTFUL,
    SIGNS,
    WRONG,
    Check,
    Result,
    checks,
    clock,
    database,
    examine,
    files,
    mail,
    outbox,
    redis,
    replica,
    settings,
)

ORDER = (
    "database", "migrations", "replica", "redis", "layer", "cache", "media", "static", "mail", "clock", "settings", "people",
    "leases", "outbox",
)  # fmt: skip
LIMIT = 5.0  # seconds for each


class Command(commands.Command):
    help = """Looks at everything that the chat needs, and says in words what is wrong and how it is mended.

✓ is well, ! is worth a thought, ✗ is wrong. Each look has a time limit, so a server that does not answer is told of, and not
waited for. It changes nothing but a file, a word in the cache and one on the layer, which it takes away again. No secret is
shown: what it says can be sent to somebody who helps."""
    codes = """exit codes:
  0  all is well, or only worth a thought
  1  something is wrong; with --strict, also what is worth a thought
  2  the arguments are wrong; nothing was looked at
"""
    examples = """
  manage.py doctor
  manage.py doctor --only database redis layer    some of it
  manage.py doctor --mail-to me@example.org       send a mail, too
  manage.py doctor --json                         for a monitor

  before a new version takes over:
  manage.py migrate && manage.py doctor --strict && systemctl restart chat
"""

    def add_arguments(self, parser: CommandParser) -> None:
        names = ", ".join(ORDER)
        parser.add_argument("--only", nargs="+", choices=ORDER, metavar="CHECK", default=[], help=f"of: {names}")
        parser.add_argument("--mail-to", metavar="EMAIL", default="", help="send a mail to this address")
        parser.add_argument("--timeout", type=float, default=LIMIT, metavar="SECONDS", help="for each look (5)")
        parser.add_argument("--strict", action="store_true", help="exit with 1 also for what is worth a thought")
        parser.add_argument("--json", action="store_true", help="as one JSON object")

    def run(self, **options: Any) -> None:
        if not 0 < options["timeout"] <= 600:
            raise BadArguments("--timeout takes seconds, more than 0 and at most 600.")
        names = [name for name in ORDER if not options["only"] or name in options["only"]]
        if options["mail_to"]:
            names.append(declare_sending(options["mail_to"]))
        results = []
        for result in examine(names, options["timeout"]):
            results.append(result)
            if not options["json"]:
                self.say(result)
        levels = {result.level for result in results}
        failed = WRONG in levels or (options["strict"] and DOUBTFUL in levels)
        self.stdout.write(as_json(results, failed=failed) if options["json"] else summary(results))
        self.stdout.flush()
        if failed:
            raise SystemExit(1)

    def say(self, result: Result) -> None:
        for finding in result.findings:
            self.stdout.write(f"{SIGNS[finding.level]} {result.name + ':':<12} {finding.text}")
            if finding.cure:
                self.stdout.write(f"{'':<15}→ {finding.cure}")
        self.stdout.flush()


def declare_sending(address: str) -> str:
    try:
        validate_email(address)
    except ValidationError:
        raise BadArguments(f"“{address}” is no email address.") from None
    checks["sending"] = Check("sending", lambda: mail.send_to(address), "", mail.CURE)
    return "sending"


def summary(results: list[Result]) -> str:
    findings = [finding.level for result in results for finding in result.findings]
    bad, thought = findings.count(WRONG), findings.count(DOUBTFUL)
    if not bad and not thought:
        return "All is well."
    return f"{bad} wrong, {thought} worth a thought, {len(findings) - bad - thought} well."


def as_json(results: list[Result], *, failed: bool) -> str:
    told = [
        {
            "check": result.name,
            "level": result.level,
            "seconds": round(result.seconds, 3),
            "findings": [vars(finding) for finding in result.findings],
        }
        for result in results
    ]
    return json.dumps({"well": not failed, "checks": told}, ensure_ascii=False, indent=2)
