"""
A mail server that keeps what it takes on disk before it says so, and misbehaves when asked to.

`python -m tests.sink PORT FOLDER` runs one; `running()` runs one beside a test. Each mail becomes a file
of `mails`, synced before it is answered. What it took stands in `taken.jsonl` too, one line a mail, with
whether the line broke before the sender can have heard of it.
How it misbehaves stands in `manners.json`, read anew for each mail:
`slow` seconds until it hears MAIL, and as many until it answers, `busy` the share of mails it puts off
(451), `reset` the share whose line it cuts once they are on disk.
"""

from __future__ import annotations

import json
import os
import random
import re
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from foundation.management import supervisor
from tests import servers

PATIENCE = 30  # seconds until it listens, or hears what it waits for
_ID = re.compile(rb"^Message-ID: <([^@>]+)@", re.MULTILINE)
_ADDRESS = re.compile(r"<([^>]*)>")


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


class Server(socketserver.ThreadingTCPServer):
    """One thread a line; one disk for all."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, folder: Path) -> None:
        super().__init__(("127.0.0.1", port), Conversation)
        self.folder = folder
        self.disk = threading.Lock()
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
        with self.disk:
            file.write(json.dumps(line).encode() + b"\n")
            file.flush()


class Conversation(socketserver.StreamRequestHandler):
    """One line: as much of RFC 5321 as a sender needs."""

    server: Server
    said_mail_at = 0.0
    address = ""
    last = ""

    def handle(self) -> None:
        """Talk until either side ends it."""
        self.say("220 sink")
        try:
            while line := self.rfile.readline(2000):
                if not self.answer(line.decode(errors="replace").strip()):
                    return
        except OSError:
            pass
        if self.last:
            self.server.note("gone", id=self.last)

    def say(self, words: str) -> None:
        """Send one line."""
        self.wfile.write(words.encode() + b"\r\n")

    def answer(self, line: str) -> bool:
        """Answer one command; False ends the line."""
        verb = line[:4].upper()
        if verb in {"EHLO", "HELO"}:
            self.say("250 sink")
        elif verb == "MAIL":
            self.mail()
        elif verb == "RCPT":
            self.address = _ADDRESS.findall(line)[0]
            self.server.note("begun", at=self.said_mail_at, to=self.address)
            self.say("250 ok")
        elif verb == "DATA":
            self.say("354 go on")
            return self.take()
        elif verb == "QUIT":
            self.say("221 bye")
            return False
        else:
            self.say("250 ok")
        return True

    def mail(self) -> None:
        """Hear MAIL FROM; be slow, or put it off."""
        manners = self.server.manners()
        time.sleep(manners.get("slow", 0.0))
        self.said_mail_at = time.time()
        time.sleep(manners.get("slow", 0.0))
        self.say("451 later" if random.random() < manners.get("busy", 0.0) else "250 ok")  # noqa: S311

    def take(self) -> bool:
        """Read a mail up to its dot, put it on disk, then say so; or cut the line before that is heard."""
        body = bytearray()
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return False  # half a mail is none
            body += line
        found = _ID.search(bytes(body))
        self.last = found[1].decode() if found else ""
        reset = random.random() < self.server.manners().get("reset", 0.0)  # noqa: S311
        self.server.keep(bytes(body))
        self.server.note(
            "taken", id=self.last, to=self.address, at=time.time(), mail=self.said_mail_at,
            reset=reset,
        )  # fmt: skip
        if reset:
            self.server.note("gone", id=self.last)
            return False
        self.say(f"250 ok queued as {self.last}")
        return True


if __name__ == "__main__":
    with Server(int(sys.argv[1]), Path(sys.argv[2])) as server:
        print("ready", flush=True)  # noqa: T201  the one who started it waits for this
        server.serve_forever()
