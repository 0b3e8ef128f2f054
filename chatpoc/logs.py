"""A line of the log is one event: nothing that people type can begin another, or steer the terminal that shows it. What is no
error of ours, a wrong request or a database that is away, has no traceback."""

import logging
import re
import time

from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.http.multipartparser import MultiPartParserError

from chatpoc.database import trouble

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
# PostgreSQL tells the row that broke a rule, with all that is in it, to the end of what an exception says.
ROW = re.compile(r"\nDETAIL:.*?(?=\n\nThe above exception|\n\nDuring handling|\Z)", re.DOTALL)
THEIRS = (BadRequest, PermissionDenied, SuspiciousOperation, MultiPartParserError)  # each is answered with 400 or 403
SELDOM = 10  # seconds


class OneLine(logging.Formatter):
    """Times are UTC. The lines of a traceback follow their event, each behind a bar."""

    converter = time.gmtime  # type: ignore[assignment]  # the stubs forget that it may be called without a time
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  (logging's name)
        return shown(super().formatMessage(record))

    def formatException(self, ei: object) -> str:  # noqa: N802
        return behind_a_bar(ROW.sub("", super().formatException(ei)))  # type: ignore[arg-type]

    def formatStack(self, stack_info: str) -> str:  # noqa: N802
        return behind_a_bar(super().formatStack(stack_info))


def shown(text: str) -> str:
    r"""A control character as its code: \x0a."""
    return CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def behind_a_bar(text: str) -> str:
    return "\n".join(f"  | {shown(line)}" for line in text.splitlines())


class Brief(logging.Filter):
    """Django logs these with a traceback, some of them as errors: anybody could fill the log, and hide in it what matters."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and isinstance(record.exc_info[1], THEIRS):
            record.exc_info = record.exc_text = None
            record.levelno, record.levelname = logging.WARNING, "WARNING"
        return True


class InOneLine(logging.Filter):
    """A log that says what is the matter with the database, and not for each request from where it was called. The words of the
    database are left out."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and (why := trouble(record.exc_info[1])):
            said = record.getMessage().partition("\n")[0].replace(str(record.exc_info[1]), "")
            record.msg, record.args = "%s (the database: %s)", (said, why)
            record.exc_info = record.exc_text = None
        return True


class Seldom(logging.Filter):
    """Whoever says the same again and again is heard every SELDOM seconds: the pool, of each try to connect."""

    def __init__(self) -> None:
        super().__init__()
        self.said_at: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        news = abs(record.created - self.said_at.get(record.msg, 0)) >= SELDOM  # a clock that was set back is no reason
        if news:
            self.said_at[record.msg] = record.created
        return news
