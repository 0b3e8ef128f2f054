"""A line of the log is one event: nothing that people type can begin another, or steer the terminal that shows it."""

import logging
import re
import time

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
# PostgreSQL tells the row that broke a rule, with all that is in it, to the end of what an exception says.
ROW = re.compile(r"\nDETAIL:.*?(?=\n\nThe above exception|\n\nDuring handling|\Z)", re.DOTALL)


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
