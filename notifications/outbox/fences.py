"""One record that cannot be seen to keeps no other back: what it raised stands in the log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import structlog
from django.db import transaction

log = structlog.get_logger(__name__)


@contextmanager
def fenced(event: str, pk: UUID | None = None) -> Iterator[None]:
    """
    Go on after what fails within; whatever it did to the database by then is as if it had not been.

    Within a transaction it raises: nothing can be asked there any more.

    :param event: what the log says, beside the kind of fault.
    :param pk: which record it was.
    """
    try:
        yield
    except Exception as fault:
        if transaction.get_connection().needs_rollback:
            raise
        log.error(event, record=str(pk or ""), fault=type(fault).__name__)
