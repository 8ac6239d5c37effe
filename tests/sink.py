"""
A mail server that keeps what it takes on disk before it says so, and misbehaves when asked to: aiosmtpd's.

`python -m tests.sink PORT FOLDER` runs one; `running()` runs one beside a test. Each mail becomes a file
of `mails`, synced before it is answered. What it took stands in `taken.jsonl` too, one line a mail, with
whether the line broke before the sender can have heard of it.
How it misbehaves stands in `manners.json`, read anew for each mail:
`slow` seconds until it hears MAIL, and as many until it answers, `busy` the share of mails it puts off
(451), `reset` the share whose line it cuts once they are on disk.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from aiosmtpd.smtp import SMTP, Envelope, Session

from foundation.management import supervisor
from tests import servers

PATIENCE = 30  # seconds until it listens, or hears what it waits for
AT_ONCE = 64  # mails that are synced at the same time
_ID = re.compile(rb"^Message-ID: <([^@>]+)@", re.MULTILINE)


@dataclass(frozen=True)
class Sink:
    """A mail server that runs beside this process."""

    port: int
    folder: Path

    @property
    def url(self) -> str:
        """Return what ``EMAIL_URL`` is to say."""
        return f"smtp://127.0.0.1:{self.port}"

    def behave(self, **manners: float) -> None:
        """Say how it is to misbehave from now on; without a word it does not."""
        beside = self.folder / "manners.new"
        beside.write_text(json.dumps(manners))
        beside.replace(self.folder / "manners.json")

    def taken(self) -> list[dict[str, Any]]:
        """Return every mail it took: its id, to whom, when MAIL FROM was said, whether the line broke."""
        return self._lines("taken.jsonl")

    def begun(self) -> list[dict[str, Any]]:
        """Return every MAIL FROM that it heard, with the address that followed."""
        return self._lines("begun.jsonl")

    def wait_for(self, count: int) -> None:
        """Wait until it has heard so many MAIL FROM."""
        until = time.monotonic() + PATIENCE
        while len(self.begun()) < count and time.monotonic() < until:
            time.sleep(0.02)

    def kept(self) -> int:
        """Return how many mails are on its disk."""
        return sum(1 for _ in (self.folder / "mails").iterdir())

    def a_mail(self) -> bytes:
        """Return one of the mails it took, whole."""
        return next((self.folder / "mails").iterdir()).read_bytes()

    def broken(self) -> set[str]:
        """Return the ids of mails after which a line ended without a farewell, whoever ended it."""
        return {line["id"] for line in self._lines("gone.jsonl")}

    def _lines(self, name: str) -> list[dict[str, Any]]:
        file = self.folder / name
        if not file.exists():
            return []
        return [
            json.loads(line) for line in file.read_text().splitlines(keepends=True) if line.endswith("\n")
        ]


@contextmanager
def running(folder: Path) -> Iterator[Sink]:
    """Run a mail server in a process of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    port = servers.free_port()
    command = [sys.executable, "-m", "tests.sink", str(port), str(folder)]
    base = Path(__file__).resolve().parent.parent
    process = subprocess.Popen(
        command,
        cwd=base,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=supervisor._die_with_parent,  # noqa: PLW1509  no threads here
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "ready"
        yield Sink(port, folder)
    finally:
        process.terminate()
        process.wait(PATIENCE)
        if process.stdout:
            process.stdout.close()


class Disk:
    """Where all lines keep what they hear."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lock = threading.Lock()
        self.mails = folder / "mails"
        self.mails.mkdir(exist_ok=True)
        self.files = {name: (folder / f"{name}.jsonl").open("ab") for name in ("taken", "begun", "gone")}

    def manners(self) -> dict[str, float]:
        """Return how to misbehave."""
        try:
            found: dict[str, float] = json.loads((self.folder / "manners.json").read_text())
        except FileNotFoundError:
            return {}
        return found

    def keep(self, mail: bytes) -> None:
        """Put a mail on disk; it is there when this returns."""
        handle = os.open(self.mails / f"{uuid4().hex}.eml", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(handle, mail)
            os.fsync(handle)
        finally:
            os.close(handle)

    def note(self, name: str, **line: Any) -> None:
        """Write a line down."""
        file = self.files[name]
        with self.lock:
            file.write(json.dumps(line).encode() + b"\n")
            file.flush()


class Conversation:
    """What is answered on one line, as aiosmtpd asks for it."""

    def __init__(self, disk: Disk) -> None:
        self.disk = disk
        self.said_mail_at = 0.0
        self.last = ""
        self.farewell = False

    async def handle_EHLO(  # noqa: N802  aiosmtpd names it
        self, _line: SMTP, session: Session, _envelope: Envelope, hostname: str, offers: list[str]
    ) -> list[str]:
        """Offer what every mail server of today does: to hear several commands in one go."""
        session.host_name = hostname
        return [offers[0], "250-PIPELINING", *offers[1:]]

    async def handle_MAIL(  # noqa: N802
        self, _line: SMTP, _session: Any, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Hear MAIL FROM; be slow, or put it off."""
        manners = self.disk.manners()
        slow = manners.get("slow", 0.0)
        await asyncio.sleep(slow)
        self.said_mail_at = time.time()
        await asyncio.sleep(slow)
        if random.random() < manners.get("busy", 0.0):  # noqa: S311
            return "451 later"
        envelope.mail_from = address
        return "250 ok"

    async def handle_RCPT(  # noqa: N802
        self, _line: SMTP, _session: Any, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Write down who is meant."""
        envelope.rcpt_tos.append(address)
        self.disk.note("begun", at=self.said_mail_at, to=address)
        return "250 ok"

    async def handle_DATA(self, line: SMTP, _session: Any, envelope: Envelope) -> str:  # noqa: N802
        """Put a mail on disk, then say so; or cut the line before that is heard."""
        mail = envelope.original_content or b""
        found = _ID.search(mail)
        self.last = found[1].decode() if found else ""
        reset = random.random() < self.disk.manners().get("reset", 0.0)  # noqa: S311
        taking = asyncio.get_running_loop().run_in_executor(
            None, self.take, mail, envelope.rcpt_tos[-1], reset
        )
        await asyncio.shield(taking)  # whole, though the line ends meanwhile
        if reset:
            assert line.transport is not None
            line.transport.abort()
            raise asyncio.CancelledError
        return f"250 ok queued as {self.last}"

    async def handle_QUIT(self, *_line: Any) -> str:  # noqa: N802
        """Hear the farewell."""
        self.farewell = True
        return "221 bye"

    def take(self, mail: bytes, address: str, reset: bool) -> None:  # noqa: FBT001  run_in_executor
        """Keep a mail, and write down that it was taken."""
        self.disk.keep(mail)
        self.disk.note(
            "taken", id=self.last, to=address, at=time.time(), mail=self.said_mail_at, reset=reset
        )  # fmt: skip

    def gone(self) -> None:
        """Write down that the line ended without a farewell, and after which mail."""
        if self.last and not self.farewell:
            self.disk.note("gone", id=self.last)


class Line(SMTP):
    """One line, that hears out whoever ended it: one that was killed may have said all before."""

    event_handler: Conversation

    def eof_received(self) -> bool:
        """Go on with what was said; aiosmtpd would drop it."""
        asyncio.StreamReaderProtocol.eof_received(self)
        return True

    async def handle_exception(self, error: Exception) -> str:
        """End the line when all is heard; half a mail is none."""
        if not isinstance(error, asyncio.IncompleteReadError):
            return await super().handle_exception(error)
        if self.transport is not None:
            self.transport.close()
        return "421 gone"

    def connection_lost(self, error: Exception | None) -> None:
        """Write it down."""
        self.event_handler.gone()
        super().connection_lost(error)


async def serve(port: int, folder: Path) -> None:
    """Listen until this process ends; one thread for all lines, and one a mail that is synced."""
    disk, loop = Disk(folder), asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(AT_ONCE))
    made = partial(Line, hostname="sink", loop=loop)
    server = await loop.create_server(lambda: made(Conversation(disk)), "127.0.0.1", port, backlog=128)
    print("ready", flush=True)  # noqa: T201  the one who started it waits for this
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
