"""Hand e-mails over by SMTP; without a mail server they become files of the embedded home."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from django.conf import settings

from notifications.channels.email import composing
from notifications.channels.email.line import Line
from notifications.channels.envelope import Envelope
from notifications.channels.handing_over import NotHandedOver, Receipt
from notifications.wordings import Rendered
from notifications.wordings.fields import Addressee

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


def send(envelope: Envelope, rendered: Rendered, address: str, to: Addressee) -> Receipt:
    """
    Hand one e-mail over.

    :raises NotHandedOver: if it surely was not taken.
    :raises Unclear: if nobody can tell.
    """
    mail = composing.compose(envelope, rendered, address, to)
    if not by_server():
        return Receipt(_as_file(envelope, mail))
    mailbox = composing.envelope_address(address)
    return Receipt(line.hand_over(settings.DEFAULT_FROM_EMAIL, mailbox, mail, began=envelope.began))


def by_server() -> bool:
    """Return whether ``EMAIL_URL`` names a mail server."""
    return str(settings.EMAIL_BACKEND).endswith("smtp.EmailBackend")


def _as_file(envelope: Envelope, mail: bytes) -> str:
    """Write the e-mail whole into the folder that the demo's catcher shows."""
    folder = Path(settings.EMAIL_FILE_PATH)  # type: ignore[misc]  # set where there is no server
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = folder / f".{envelope.pk}.{os.getpid()}"
        beside.write_bytes(mail)
        beside.replace(folder / f"{envelope.pk}.eml")
    except OSError as fault:
        raise NotHandedOver("no_folder") from fault
    return str(envelope.pk)
