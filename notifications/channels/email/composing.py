"""
Write an e-mail down as bytes: plain and HTML, with a subject that names nobody.

Whatever breaks a line (CR, LF, U+2028 and their kin) is made a space in what stands in a header,
and refused in an address. The standard library splits headers at all of them.

It takes the library longer to write the headers than us to ask everything again, so it is asked once for
what many mails have in common. The bodies are base64, in which nothing can look like a header or a mark.
"""

from __future__ import annotations

import re
from base64 import encodebytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache
from typing import Final

from django.conf import settings
from django.utils.encoding import iri_to_uri

from notifications.channels.envelope import Envelope
from notifications.channels.handing_over import NotHandedOver
from notifications.wordings import Rendered
from notifications.wordings.fields import Addressee

HOST: Final = "life-relay.invalid"  # of our ids; nothing is ever sent there
_BETWEEN: Final = b"=_life-relay_="  # never within base64, which has no "_"
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


def id_of(envelope: Envelope) -> str:
    """Return the Message-ID: of our own id, so that a provider's list can be read back."""
    return f"<{envelope.pk}@{HOST}>"


def compose(envelope: Envelope, rendered: Rendered, address: str, to: Addressee) -> bytes:
    """
    Return the whole e-mail; where these messages can be stopped, a mail program is told how (RFC 8058).

    :raises NotHandedOver: for good, if the address is none.
    """
    plain, page = _body("plain", rendered.text), _body("html", rendered.html) if rendered.html else b""
    head = [
        f"Message-ID: {id_of(envelope)}".encode(),
        f"Date: {format_datetime(envelope.begun_at)}".encode(),
        _sender(one_line(to.branch.name), settings.DEFAULT_FROM_EMAIL),
        f"To: {envelope_address(address)}".encode(),
        _subject(one_line(rendered.subject)),
        f"Content-Language: {to.language}".encode(),
        b"Auto-Submitted: auto-generated",
    ]
    if envelope.stop_url:
        head.append(f"List-Unsubscribe: <{iri_to_uri(one_line(envelope.stop_url))}>".encode())
        head.append(b"List-Unsubscribe-Post: List-Unsubscribe=One-Click")
    head.append(b"MIME-Version: 1.0")
    return b"\r\n".join([*head, _alternatives(plain, page) if page else plain])


def _alternatives(*bodies: bytes) -> bytes:
    parts = b"".join(b"--%b\r\n%b\r\n" % (_BETWEEN, body) for body in bodies)
    return b'Content-Type: multipart/alternative; boundary="%b"\r\n\r\n%b--%b--\r\n' % (
        _BETWEEN, parts, _BETWEEN,
    )  # fmt: skip


def _body(kind: str, words: str) -> bytes:
    """Return one body with its own headers; its lines end as those of a mail do."""
    lines = b"".join(line + b"\r\n" for line in words.encode(errors="replace").splitlines())
    written = encodebytes(lines).replace(b"\n", b"\r\n")
    head = f'Content-Type: text/{kind}; charset="utf-8"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    return head.encode() + written


@lru_cache(maxsize=512)
def _sender(name: str, address: str) -> bytes:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(name, addr_spec=address)
    return mail.as_bytes().strip()


@lru_cache(maxsize=512)
def _subject(words: str) -> bytes:
    """Return the subject, which names nobody: it is the same for many."""
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = words
    return mail.as_bytes().strip()
