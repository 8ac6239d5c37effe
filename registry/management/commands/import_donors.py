"""`import_donors FILE --drive ID [--dry-run] [--strict] [--format json]`: bring a paper list in."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from foundation import access
from foundation.trail import anchor, sealing
from registry.drives.imports import Imported, import_rows
from registry.drives.models import Drive


class Command(BaseCommand):
    """Register the volunteers of a sheet; refused rows are named, and make the exit code 1."""

    help = "Take the good rows of a paper list in one transaction, and name what is wrong with the others."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file, the drive, and how to go about it."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--drive", required=True, type=_uuid, metavar="ID")
        parser.add_argument("--dry-run", action="store_true", help="check everything, insert nothing")
        parser.add_argument("--strict", action="store_true", help="insert nothing if any row is refused")
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *_: Any, **options: Any) -> None:
        """Import, print the report, and exit with 1 if a row was refused."""
        drive = Drive.objects.select_related("branch", "paper_text").filter(pk=options["drive"]).first()
        if drive is None:
            raise CommandError("There is no such drive.")
        imported = self._import(drive, options)
        self._print(imported, as_json=options["format"] == "json")
        if imported.report.rejected:
            sys.exit(1)

    def _import(self, drive: Drive, options: dict[str, Any]) -> Imported:
        try:
            imported = import_rows(
                options["file"],
                drive,
                by=access.command_actor(),
                at=timezone.now(),
                dry_run=options["dry_run"],
                strict=options["strict"],
                progress=self._progress,
            )
        except ValueError as fault:
            sentences = getattr(fault, "sentences", None)
            if not sentences:
                raise
            raise CommandError(" ".join(map(str, sentences))) from None
        sealing.seal(at=timezone.now(), everything=True)
        anchor.anchor()
        return imported

    def _progress(self, done: int, _total: int | None) -> None:
        if sys.stderr.isatty():
            self.stderr.write(f"\r{done:,}", ending="")

    def _print(self, imported: Imported, *, as_json: bool) -> None:
        report = imported.report
        if as_json:
            self.stdout.write(json.dumps(report.as_json()))
            return
        for number, sentences in report.lines():
            self.stdout.write(f"{number}: {' '.join(sentences)}")
        for number, columns in sorted(report.differing.items()):
            self.stdout.write(f"{number}: = {', '.join(columns)}")
        self.stdout.write(
            f"{report.rows} rows, {report.accepted} accepted, {report.unchanged} unchanged, "
            f"{len(report.rejected)} refused; {'imported' if report.imported else 'nothing imported'}."
        )


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise CommandError("There is no such drive.") from None
