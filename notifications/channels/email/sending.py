"""Hand e-mails over by SMTP; without a mail server they become files of the embedded home."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils import timezone

from notifications.channels.email import composing
from notifications.channels.email.line import Line
from notifications.channels.handing_over import NotHandedOver, Receipt
from notifications.outbox.models import Message
from notifications.recipients import Recipient
from notifications.wordings import Rendered

line: Final = Line()


def prepare() -> None:
    """
    Open the line to the mail server.

    :raises NotHandedOver: if there is none.
    """
    if by_server():
        line.open()


def is_open() -> bool:
    """Return whether the line is open, or none is needed."""
    return not by_server() or line.is_open


def send(message: Message, rendered: Rendered, address: str, recipient: Recipient) -> Receipt:
    """
    Hand one e-mail over.

    :raises NotHandedOver: if it surely was not taken.
    :raises Unclear: if nobody can tell.
    """
    at = message.begun_at or timezone.now()
    mail = composing.compose(message, rendered, address, recipient, at=at)
    if not by_server():
        return Receipt(_as_file(message, mail))
    to = composing.envelope_address(address)
    said = line.hand_over(settings.DEFAULT_FROM_EMAIL, to, mail, began=message.begun)
    return Receipt(said)


def by_server() -> bool:
    """Return whether ``EMAIL_URL`` names a mail server."""
    return str(settings.EMAIL_BACKEND).endswith("smtp.EmailBackend")


def _as_file(message: Message, mail: bytes) -> str:
    """Write the e-mail whole into the folder that the demo's catcher shows."""
    folder = Path(settings.EMAIL_FILE_PATH)  # type: ignore[misc]  # set where there is no server
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = folder / f".{message.pk}.{os.getpid()}"
        beside.write_bytes(mail)
        beside.replace(folder / f"{message.pk}.eml")
    except OSError as fault:
        raise NotHandedOver("no_folder") from fault
    return str(message.pk)
