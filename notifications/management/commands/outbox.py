"""`outbox status | hold | release | reconcile FILE`: look after the messages that are to be sent."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from foundation import access
from foundation.trail import anchor, sealing
from notifications import outbox
from notifications.outbox import epoch, faults, queries


class Command(BaseCommand):
    """Say how the outbox stands, hold everything, let it go, or settle what a provider accepted."""

    help = (
        "status: how many stand where, and whether all is held. hold: send nothing more. "
        "release: after a restore or a hold, send again. reconcile: settle unknown messages by a list."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the act, and a file to reconcile with."""
        acts = parser.add_subparsers(dest="act", required=True)
        for act in ("status", "hold", "release"):
            acts.add_parser(act)
        acts.add_parser("reconcile").add_argument("file", type=Path)

    def handle(self, *_: Any, act: str, file: Path | None = None, **__: Any) -> None:
        """Do one of the four."""
        try:
            match act:
                case "status":
                    self._status()
                case "hold":
                    self._hold()
                case "release":
                    self._release()
                case _ if file:
                    self._reconcile(file)
        except (OSError, outbox.EpochProblem) as fault:
            raise CommandError(str(fault)) from fault
        if act != "status":
            sealing.seal(at=timezone.now())
            anchor.anchor()

    def _status(self) -> None:
        held = epoch.look(at=timezone.now())
        if held:
            why = queries.held_because()
            self.stdout.write(f"Everything is held ({why}): nothing is sent before `outbox release`.")
        for state, count in queries.counts().items():
            self.stdout.write(f"{state:<10} {count}")
        for code, count in queries.kept_back().items():
            self.stdout.write(f"{count} wait, and are tried each hour, for a fault of ours: {code}")
        if late := queries.late(at=timezone.now()):
            self.stdout.write(f"{late} are due for more than five minutes. Do worker and beat run?")
        with translation.override("en"):
            for fault in faults.standing(at=timezone.now()):
                self._say(fault)

    def _say(self, fault: faults.Fault) -> None:
        since = f"{timezone.localtime(fault.since):%Y-%m-%d %H:%M}" if fault.since else fault.since_day
        waiting = f" {fault.waiting} wait." if fault.waiting else ""
        when = f"Since {since}: " if since else ""
        self.stdout.write(f"{when}{fault.kind.words}{waiting} {fault.kind.mend}")

    def _hold(self) -> None:
        outbox.hold_everything(by=access.command_actor(), at=timezone.now())
        self.stdout.write("Everything is held.")

    def _release(self) -> None:
        left = outbox.release_everything(by=access.command_actor(), at=timezone.now())
        self.stdout.write(
            f"Messages go again. {left} may have been sent or done before the restore: "
            "a person decides about each."
            if left
            else "Messages go again."
        )

    def _reconcile(self, file: Path) -> None:
        with file.open() as lines:
            found = outbox.reconcile(lines, by=access.command_actor(), at=timezone.now())
        self.stdout.write(
            f"{found.settled} were sent, {found.known} were decided before, {found.strange} lines name "
            f"no message of ours. {queries.counts().get('UNKNOWN', 0)} stay for a person to decide."
        )
