"""`ledger status | apply`: look after the ledger of withdrawals and erasures outside the database."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from foundation import access
from foundation.trail import anchor, sealing
from foundation.vault import ledger, replaying
from foundation.vault.models import LedgerLine


class Command(BaseCommand):
    """Compare the ledger with the database, or apply it after a restore."""

    help = "status: what is not applied or not written. apply: after a restore, do what the backup lacks."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the act."""
        parser.add_argument("act", choices=["status", "apply"])

    def handle(self, *_: Any, act: str, **__: Any) -> None:
        """Do one of the two."""
        try:
            if act == "status":
                self._status()
            else:
                self._apply()
        except (OSError, ledger.LedgerProblem) as fault:
            raise CommandError(str(fault)) from fault

    def _status(self) -> None:
        waiting = LedgerLine.objects.filter(written_at__isnull=True).count()
        unknown = len(ledger.unknown_here())
        self.stdout.write(f"{unknown} lines are not applied here, {waiting} wait to be written outside.")

    def _apply(self) -> None:
        done = replaying.replay(by=access.command_actor(), at=timezone.now())
        sealing.seal(at=timezone.now())
        anchor.anchor()
        self.stdout.write(f"{done} lines applied.")
