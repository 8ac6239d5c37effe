"""`trail verify | seal | export FOLDER`: look after the trail."""

from __future__ import annotations

import os
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from foundation import access, trail
from foundation.trail import anchor, exporting, sealing, verifying


class Command(BaseCommand):
    """Verify, seal or hand out the trail."""

    help = "verify: check rows, roots, signatures and anchors. seal: and anchor now. export: for an outsider."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the act, and a folder for the export."""
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("verify")
        acts.add_parser("seal")
        acts.add_parser("export").add_argument("folder", type=Path)

    def handle(self, *_: Any, act: str, folder: Path | None = None, **__: Any) -> None:
        """Do one of the three."""
        try:
            if act == "verify":
                self._verify()
            elif act == "seal":
                self._seal()
            elif folder:
                self._export(folder)
        except (OSError, anchor.AnchorProblem) as fault:
            raise CommandError(str(fault)) from fault

    def _verify(self) -> None:
        started = time.perf_counter()
        report = verifying.verify(processes=os.cpu_count() or 1)
        seconds = max(time.perf_counter() - started, 1e-9)
        if not report.holds:
            where = ", ".join(f"{name} {value}" for name, value in report.where.items())
            message = f"The trail does not hold. {report.fault} ({where})"
            raise CommandError(message)
        self.stdout.write(
            f"The trail holds: {report.rows} rows in {report.batches} batches, {report.anchors} anchors, "
            f"{report.unsealed} waiting to be sealed ({report.rows / seconds:,.0f} rows/s)."
        )

    def _seal(self) -> None:
        at = timezone.now()
        sealed = sealing.seal(at=at, everything=True)
        anchored = anchor.anchor()
        self.stdout.write(f"{sealed} rows sealed, {anchored} roots anchored.")

    def _export(self, folder: Path) -> None:
        at = timezone.now()
        trail.record("trail.exported", by=access.command_actor(), at=at)
        sealing.seal(at=at)
        anchor.anchor()
        self.stdout.write(f"{exporting.export(folder)} rows written to {folder}.")
