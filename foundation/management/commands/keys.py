"""`keys create | status | rotate | backup-verified | destroy EPOCH`: look after master and index keys."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from foundation import access, keyring
from foundation.trail import anchor, sealing
from foundation.vault import reindexing, rotation

WHERE_TO_REMOVE = (
    "Epoch {epoch} is gone from the database. Its secret is kept outside the program: remove the master key "
    '"{epoch}" from the text that KEYRING reads, then start every process again.'
)

OLD_INDEX_KEYS = (
    "Everything is found under index key {now}. Other index keys are kept outside the program: remove "
    "{others} from the text that KEYRING reads, then start every process again."
)


class Command(BaseCommand):
    """Make, count, rotate and destroy keys. Secrets are never printed."""

    help = "create: a new keyring file. status: count. rotate: new epoch and re-wrap. destroy: an old epoch."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the act, and an epoch to destroy."""
        acts = parser.add_subparsers(dest="act", required=True)
        for name in ("create", "status", "backup-verified"):
            acts.add_parser(name)
        rotate = acts.add_parser("rotate")
        rotate.add_argument("--resume", action="store_true", help="go on re-wrapping, without a new epoch")
        rotate.add_argument("--index", action="store_true", help="the index key instead of the master key")
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
        except (keyring.KeyringProblem, rotation.CannotDestroy, reindexing.CannotChange) as fault:
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
        for line in _index_lines(reindexing.standing()):
            self.stdout.write(line)

    def _rotate(self, *, resume: bool, index: bool, **_: Any) -> None:
        if index:
            self._rotate_index(resume=resume)
            return
        waiting = sum(epoch.keys for epoch in rotation.status() if not epoch.newest)
        if not resume and not waiting:
            rotation.begin(by=access.command_actor(), at=timezone.now())
        done = rotation.rewrap(progress=self._show)
        self.stdout.write(f"{done} keys re-wrapped.")

    def _rotate_index(self, *, resume: bool) -> None:
        by, at = access.command_actor(), timezone.now()
        if not resume and not reindexing.is_under_way():
            reindexing.begin(by=by, at=at)
        try:
            reindexing.go_on(by=by, at=at, progress=self._show)
        except keyring.KeyringReadOnly:
            now = reindexing.standing()
            self.stdout.write(OLD_INDEX_KEYS.format(now=now.now, others=", ".join(now.no_longer_needed)))
        else:
            self.stdout.write(f"Everything is found under index key {reindexing.standing().now}.")

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


def _index_lines(standing: reindexing.Standing) -> Iterator[str]:
    """Say which index key is in use, and how far a change is."""
    if not standing.next:
        yield f"index key {standing.now}: in use" + (
            f", {standing.waiting} rows still hold the one before" if standing.waiting else ""
        )
    else:
        rows = f"{standing.waiting} rows to be {'turned over' if standing.filled else 'filled'}"
        yield f"index key {standing.now}: gives way to index key {standing.next}, {rows}"
    for key_id in standing.not_in_keyring:
        yield f"index key {key_id}: NOT IN THE KEYRING. Run keys rotate --index before anybody works."
    for key_id in standing.no_longer_needed:
        yield f"index key {key_id}: in the keyring, in no row"
