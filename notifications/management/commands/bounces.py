"""`bounces FILE…`: take in e-mails that came back, or that answer ours, as a mail server keeps them."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from foundation import access
from notifications.answers import actions, mails


class Command(BaseCommand):
    """Read each e-mail: a returned one marks the address, an answer holds and waits to be read."""

    help = "Take in e-mails that came back or answer ours: files, folders, or - for one on stdin."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the files."""
        parser.add_argument("files", nargs="+", metavar="FILE")

    def handle(self, *_: Any, files: list[str], **__: Any) -> None:
        """Take them in one by one; what nobody can read is counted, and stays where it is."""
        by, counts = access.command_actor(), Counter[str]()
        for raw in self._raws(files):
            counts[actions.mail(raw, by=by, at=timezone.now())] += 1
        self.stdout.write(
            f"{counts['came_back']} came back, {counts['reply']} answers, {counts['nothing']} left aside."
        )

    def _raws(self, names: list[str]) -> list[bytes]:
        try:
            if names == ["-"]:
                return [sys.stdin.buffer.read(mails.LARGEST + 1)]
            return [file.read_bytes() for name in names for file in _files(Path(name))]
        except OSError as fault:
            raise CommandError(f"This cannot be read: {fault.strerror}.") from fault


def _files(path: Path) -> list[Path]:
    return sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]
