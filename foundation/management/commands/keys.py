"""`keys create | status | rotate | backup-verified | destroy EPOCH`: look after the master keys."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from foundation import access, keyring
from foundation.trail import anchor, sealing
from foundation.vault import rotation

WHERE_TO_REMOVE = (
    "Epoch {epoch} is gone from the database. Its secret is kept outside the program: remove the master key "
    '"{epoch}" from the text that KEYRING reads, then start every process again.'
)


class Command(BaseCommand):
    """Make, count, rotate and destroy master keys. Secrets are never printed."""

    help = "create: a new keyring file. status: count. rotate: new epoch and re-wrap. destroy: an old epoch."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the act, and an epoch to destroy."""
        acts = parser.add_subparsers(dest="act", required=True)
        for name in ("create", "status", "backup-verified"):
            acts.add_parser(name)
        rotate = acts.add_parser("rotate")
        rotate.add_argument("--resume", action="store_true", help="go on re-wrapping, without a new epoch")
        acts.add_parser("destroy").add_argument("epoch")

    def handle(self, *_: Any, act: str, **options: Any) -> None:
        """Do one of the acts; each is on the trail."""
        acts: dict[str, Callable[..., None]] = {
            "create": self._create,
            "status": self._status,
            "rotate": self._rotate,
            "backup-verified": self._note_backup,
            "destroy": self._destroy,
        }
        try:
            acts[act](**options)
        except (keyring.KeyringProblem, rotation.CannotDestroy) as fault:
            raise CommandError(str(fault)) from fault
        if act != "create":
            sealing.seal(at=timezone.now())
            anchor.anchor()

    def _create(self, **_: Any) -> None:
        kind, _colon, rest = str(settings.KEYRING).partition(":")
        if kind != "file":
            message = "KEYRING is not a file: make the keys where they are kept."
            raise CommandError(message)
        try:
            keyring.create(Path(rest))
        except FileExistsError as fault:
            message = "There is a keyring already; it is never overwritten."
            raise CommandError(message) from fault
        self.stdout.write("A new keyring was made. Keep a copy in a safe place, apart from the backups.")

    def _status(self, **_: Any) -> None:
        for epoch in rotation.status():
            marks = [
                "newest" if epoch.newest else "",
                "" if epoch.in_keyring else "NOT IN THE KEYRING",
                f"backup verified {epoch.backed_up_at:%Y-%m-%d}"
                if epoch.backed_up_at
                else "no verified backup",
            ]
            words = ", ".join(mark for mark in marks if mark)
            self.stdout.write(
                f"epoch {epoch.id}: {epoch.keys} keys, since {epoch.created_at:%Y-%m-%d}, {words}"
            )

    def _rotate(self, *, resume: bool, **_: Any) -> None:
        waiting = sum(epoch.keys for epoch in rotation.status() if not epoch.newest)
        if not resume and not waiting:
            rotation.begin(by=access.command_actor(), at=timezone.now())
        done = rotation.rewrap(progress=self._show)
        self.stdout.write(f"{done} keys re-wrapped.")

    def _show(self, done: int, total: int) -> None:
        self.stderr.write(f"{done} of {total}")

    def _note_backup(self, **_: Any) -> None:
        epoch = rotation.note_backup(by=access.command_actor(), at=timezone.now())
        self.stdout.write(f"Noted: a backup under epoch {epoch.pk} was restored and verified.")

    def _destroy(self, *, epoch: str, **_: Any) -> None:
        try:
            rotation.destroy(epoch, by=access.command_actor(), at=timezone.now())
        except keyring.KeyringReadOnly:
            self.stdout.write(WHERE_TO_REMOVE.format(epoch=epoch))
        else:
            self.stdout.write(f"Epoch {epoch} is destroyed.")
