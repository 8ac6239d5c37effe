"""
Write an e-mail down as bytes: plain and HTML, with a subject that names nobody.

Whatever breaks a line (CR, LF, U+2028 and their kin) is made a space in what stands in a header,
and refused in an address. The standard library splits headers at all of them.
"""

from __future__ import annotations

import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final

from django.conf import settings

from notifications.channels.handing_over import NotHandedOver
from notifications.outbox.models import Message
from notifications.recipients import Recipient
from notifications.wordings import Rendered

HOST: Final = "life-relay.invalid"  # of our ids; nothing is ever sent there
_BREAKS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_LOCAL: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}")  # RFC 5321, without quoted ones
_DOMAIN: Final = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+|localhost")


def one_line(text: str) -> str:
    """Return text that breaks no line: each run of breaks and control characters is one space."""
    return _BREAKS.sub(" ", text).strip()


def envelope_address(text: str) -> str:
    """
    Return an address as a mail server takes it.

    :raises NotHandedOver: for good, if it is none.
    """
    local, _, domain = text.strip().rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        domain = ""
    if not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain):
        raise NotHandedOver("bad_address", permanent=True)
    return f"{local}@{domain}"


def id_of(message: Message) -> str:
    """Return the Message-ID: of our own id, so that a provider's list can be read back."""
    return f"<{message.pk}@{HOST}>"


def compose(
    message: Message, rendered: Rendered, address: str, recipient: Recipient, *, at: datetime
) -> bytes:
    """
    Return the whole e-mail; where these messages can be stopped, a mail program is told how (RFC 8058).

    :raises NotHandedOver: for good, if the address is none.
    """
    mail = EmailMessage(policy=SMTP)
    mail["Message-ID"] = id_of(message)
    mail["Date"] = format_datetime(at)
    mail["From"] = Address(one_line(recipient.branch.name), addr_spec=settings.DEFAULT_FROM_EMAIL)
    mail["To"] = envelope_address(address)
    mail["Subject"] = one_line(rendered.subject)
    mail["Content-Language"] = recipient.language
    mail["Auto-Submitted"] = "auto-generated"
    if message.stop_url:
        mail["List-Unsubscribe"] = f"<{one_line(message.stop_url)}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(rendered.text, cte="base64")
    if rendered.html:
        mail.add_alternative(rendered.html, subtype="html", cte="base64")
    return mail.as_bytes()
