"""
`import_donors FILE --drive ID [--dry-run] [--strict] [--format json]`: bring a paper list in.

`import_donors --existing FILE --branch CODE` takes over the registry a branch already has.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from foundation import access
from foundation.access import Branch
from foundation.trail import anchor, sealing
from registry.drives.imports import existing, import_rows
from registry.drives.models import Drive
from registry.drives.sheets import Report

Work = Callable[..., Any]  # what is left to say is who, when and how


class Command(BaseCommand):
    """Register the volunteers of a sheet; refused rows are named, and make the exit code 1."""

    help = "Take the good rows of a paper list in one transaction, and name what is wrong with the others."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file, the drive or the branch, and how to go about it."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--drive", type=_uuid, metavar="ID")
        parser.add_argument("--existing", action="store_true", help="the registry a branch already has")
        parser.add_argument("--branch", default="", metavar="CODE", help="the branch whose registry it is")
        parser.add_argument("--box", default="", help="where the papers of these people lie")
        parser.add_argument("--dry-run", action="store_true", help="check everything, insert nothing")
        parser.add_argument("--strict", action="store_true", help="insert nothing if any row is refused")
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *_: Any, **options: Any) -> None:
        """Import, print the report, and exit with 1 if a row was refused."""
        work = _take_over(options) if options["existing"] else _bring_in(options)
        report = self._do(work, options)
        self._print(report, as_json=options["format"] == "json")
        if report.rejected:
            sys.exit(1)

    def _do(self, work: Work, options: dict[str, Any]) -> Report:
        try:
            report: Report = work(
                by=access.command_actor(),
                at=timezone.now(),
                dry_run=options["dry_run"],
                strict=options["strict"],
                progress=self._progress,
            ).report
        except ValueError as fault:
            sentences = getattr(fault, "sentences", None)
            if not sentences:
                raise
            raise CommandError(" ".join(map(str, sentences))) from None
        sealing.seal(at=timezone.now(), everything=True)
        anchor.anchor()
        return report

    def _progress(self, done: int, _total: int | None) -> None:
        if sys.stderr.isatty():
            self.stderr.write(f"\r{done:,}", ending="")

    def _print(self, report: Report, *, as_json: bool) -> None:
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
        if isinstance(report, existing.Report) and report.round_trip:
            self._print_round_trip(report.round_trip)

    def _print_round_trip(self, trip: existing.RoundTrip) -> None:
        for number, columns in sorted(trip.differing.items()):
            self.stdout.write(f"{number}: ≠ {', '.join(columns)}")
        self.stdout.write(trip.sentence)


def _bring_in(options: dict[str, Any]) -> Work:
    drive = Drive.objects.select_related("branch", "paper_text").filter(pk=options["drive"]).first()
    if drive is None:
        raise CommandError("There is no such drive.")
    return partial(import_rows, options["file"], drive)


def _take_over(options: dict[str, Any]) -> Work:
    if not options["branch"]:
        raise CommandError("Say whose registry it is: --branch CODE.")
    branch = Branch.objects.filter(code=options["branch"]).first()
    if branch is None:
        raise CommandError("There is no such branch.")
    return partial(existing.import_existing, options["file"], branch, box=options["box"])


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise CommandError("There is no such drive.") from None
