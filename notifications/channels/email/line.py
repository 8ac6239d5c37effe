"""
One line to a mail server, kept open by each thread of a process, that knows when the words had left.

Until the closing dot is sent, no server can have taken a message; once it is sent, only the server's
answer tells. `smtplib` alone does not say on which side of it a line broke.
"""

from __future__ import annotations

import os
import re
import smtplib
import socket
import ssl
import threading
import time
from contextlib import suppress
from typing import Final

from django.conf import settings

from notifications.channels.handing_over import NotHandedOver, Unclear, in_time

TIMEOUT: Final = 20.0  # seconds for one answer of the server; five of them are shorter than a lease
IDLE: Final = 30.0  # seconds after which a server may have hung up
AT_MOST: Final = 200  # messages on one line
MORE: Final = getattr(socket, "MSG_MORE", 0)  # Linux alone waits for what follows
YES: Final = {"mail": {250, 251}, "rcpt": {250, 251}, "data": {354}}  # RFC 5321
TAKEN: Final = range(200, 300)
REFUSED: Final = range(400, 600)
# A mailbox that is not there; a server without enhanced codes says so by the first three alone. RFC 3463, 3.2
NOBODY: Final = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"})
NO_MAILBOX: Final = frozenset({550, 551, 553})
_ENHANCED: Final = re.compile(rb"\s*([245]\.\d{1,3}\.\d{1,3})\b")
_OF_US: Final = re.compile(rb"relay|polic|spam|block|den(y|ied)|limit|frequen|reputation|auth", re.IGNORECASE)
_QUEUED: Final = re.compile(r"\bqueued as ([\w.-]+)|\bid=([\w.-]+)", re.IGNORECASE)


class Line(threading.local):
    """The line of this thread."""

    def __init__(self) -> None:
        self.smtp: smtplib.SMTP | None = None
        self.pid = 0
        self.used_at = 0.0
        self.count = 0

    @property
    def is_open(self) -> bool:
        """Whether the line is there, this process's, and young enough to take another."""
        return self._is_mine and self.count < AT_MOST and time.monotonic() - self.used_at < IDLE

    @property
    def _is_mine(self) -> bool:
        return self.smtp is not None and self.pid == os.getpid()

    def open(self) -> smtplib.SMTP:
        """
        Return the line, opened anew where it is not there, is another process's, or is old.

        :raises NotHandedOver: if the server does not answer, or does not let us in.
        """
        if self.is_open and self.smtp:
            return self.smtp
        if self._is_mine:
            self.close()
        try:
            self.smtp = _connect()
        except (OSError, smtplib.SMTPException) as fault:
            self.smtp = None
            raise NotHandedOver("no_line") from fault
        self.pid, self.count, self.used_at = os.getpid(), 0, time.monotonic()
        return self.smtp

    def close(self) -> None:
        """Hang up, and never wait for it."""
        smtp, self.smtp = self.smtp, None
        if smtp is not None:
            with suppress(OSError, smtplib.SMTPException):
                smtp.close()

    def hand_over(self, sender: str, address: str, mail: bytes, *, began: float | None = None) -> str:
        """
        Hand one e-mail over, and return the server's id of it, if it gave one.

        :param began: when its hand-over began, by the monotonic clock; without it, now.
        :raises NotHandedOver: if it surely was not taken.
        :raises Unclear: if the line broke once all had left.
        """
        began = time.monotonic() if began is None else began
        smtp = self.open()
        in_time(began)
        fresh = self.count == 0
        self.count += 1
        self.used_at = time.monotonic()
        first, *others = _envelope(smtp, sender, address)
        try:
            _ask(smtp, *first)
        except NotHandedOver as fault:
            self.close()
            if fresh or fault.code != "line_broke":
                raise
            return self.hand_over(sender, address, mail, began=began)  # an old line had died: on a new one
        try:
            for commands in others:
                _ask(smtp, *commands)
            return _words(smtp, mail)
        except (NotHandedOver, Unclear):
            self.close()
            raise
        finally:
            self.used_at = time.monotonic()


def _connect() -> smtplib.SMTP:
    secure = bool(getattr(settings, "EMAIL_USE_SSL", False))
    name = next(iter(settings.ALLOWED_HOSTS), "localhost").lstrip(".") or "localhost"
    address = (settings.EMAIL_HOST, settings.EMAIL_PORT)
    if secure:
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(
            *address, local_hostname=name, timeout=TIMEOUT, context=ssl.create_default_context()
        )
    else:
        smtp = smtplib.SMTP(*address, local_hostname=name, timeout=TIMEOUT)
    if smtp.sock is not None:  # the closing dot waits for no acknowledgement of the words before it
        smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    smtp.ehlo_or_helo_if_needed()
    if getattr(settings, "EMAIL_USE_TLS", False):
        smtp.starttls(context=ssl.create_default_context())
        smtp.ehlo()
    if settings.EMAIL_HOST_USER:
        smtp.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
    return smtp


def _envelope(smtp: smtplib.SMTP, sender: str, address: str) -> list[list[str]]:
    """Return what is said before the words; in one go where the server lets us (RFC 2920)."""
    commands = [f"mail FROM:<{sender}>", f"rcpt TO:<{address}>", "data"]
    return [commands] if smtp.has_extn("pipelining") else [[one] for one in commands]


def _ask(smtp: smtplib.SMTP, *commands: str) -> None:
    """
    Send commands that stand before the words, and hear the answer to each.

    :raises NotHandedOver: whatever goes wrong: nothing has left yet.
    """
    try:
        smtp.send("".join(f"{command}\r\n" for command in commands))
        for command in commands:
            _check(command[:4], *smtp.getreply())
    except (OSError, smtplib.SMTPException) as fault:
        raise NotHandedOver("line_broke") from fault


def _check(verb: str, code: int, said: bytes) -> None:
    if code in YES[verb]:
        return
    if verb == "rcpt" and _is_nobodys(code, said):
        raise NotHandedOver(f"rcpt_{code}", permanent=True)
    raise NotHandedOver(f"refused_{code}")


def _is_nobodys(code: int, said: bytes) -> bool:
    """Return whether the server says that nobody has the address, not that it wants none of ours."""
    if found := _ENHANCED.match(said):
        return code in range(500, 600) and found[1].decode() in NOBODY
    return code in NO_MAILBOX and not _OF_US.search(said)


def _send(smtp: smtplib.SMTP, body: bytes) -> None:
    """Send the words, to leave in one packet with the dot where that can be."""
    if type(smtp.sock) is socket.socket:
        smtp.sock.sendall(body, MORE)
    else:
        smtp.send(body)


def _words(smtp: smtplib.SMTP, mail: bytes) -> str:
    """Send the words, then the dot that closes them, and hear the answer."""
    body = mail.replace(b"\r\n.", b"\r\n..")
    body = b"." + body if body.startswith(b".") else body
    try:
        _send(smtp, body if body.endswith(b"\r\n") else body + b"\r\n")
    except (OSError, smtplib.SMTPException) as fault:
        raise NotHandedOver("line_broke") from fault
    try:
        smtp.send(b".\r\n")
        code, said = smtp.getreply()
    except (OSError, smtplib.SMTPException) as fault:
        raise Unclear("no_answer") from fault
    if code in REFUSED:
        raise NotHandedOver(f"refused_{code}")
    if code not in TAKEN:  # -1 is an answer that cannot be read
        raise Unclear("strange_answer")
    found = _QUEUED.search(said.decode(errors="replace"))
    return next((group for group in found.groups() if group), "") if found else ""
