"""What the log says of a request that cannot be served: one line. A traceback is for an error of ours."""

import logging

from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.http.multipartparser import MultiPartParserError

THEIRS = (BadRequest, PermissionDenied, SuspiciousOperation, MultiPartParserError)  # each is answered with 400 or 403


class Brief(logging.Filter):
    """Django logs these with a traceback, some of them as errors: anybody could fill the log, and hide in it what matters."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and isinstance(record.exc_info[1], THEIRS):
            record.exc_info = record.exc_text = None
            record.levelno, record.levelname = logging.WARNING, "WARNING"
        return True
