"""
`import_donors FILE --drive ID [--dry-run] [--strict] [--format json] [--mend FILE]`: bring a paper list in.

`import_donors --existing FILE --branch CODE` takes over the registry a branch already has.
"""

from __future__ import annotations

import json
import os
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation import access
from foundation.access import Branch
from foundation.trail import anchor, sealing
from registry.donors.columns import Column
from registry.drives.imports import Imported, existing, import_rows, mending
from registry.drives.models import Drive
from registry.drives.sheets import Report

STOPPED = gettext_lazy("Stopped. Give the same command again: it adds only what is new.")
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
        parser.add_argument("--mend", type=Path, metavar="FILE", help="write the refused rows here, to mend")

    def handle(self, *_: Any, **options: Any) -> None:
        """Import, print the report, and exit with 1 if a row was refused."""
        work = _take_over(options) if options["existing"] else _bring_in(options)
        done = self._do(work, options)
        self._print(done.report, as_json=options["format"] == "json")
        if options["mend"] and isinstance(done, Imported):
            self._hand_back(done, options["mend"])
        if done.report.rejected:
            sys.exit(1)

    def _do(self, work: Work, options: dict[str, Any]) -> Any:
        try:
            done = work(
                by=access.command_actor(),
                at=timezone.now(),
                dry_run=options["dry_run"],
                strict=options["strict"],
                progress=self._progress,
            )
        except KeyboardInterrupt:
            raise CommandError(str(STOPPED), returncode=130) from None
        except (ValueError, OSError) as fault:
            sentences = getattr(fault, "sentences", None)
            if not sentences:
                raise
            raise CommandError(" ".join(map(str, sentences))) from None
        finally:
            self._end_of_line()
        sealing.seal(at=timezone.now(), everything=True)
        anchor.anchor()
        return done

    def _progress(self, done: int, total: int | None) -> None:
        if self.stderr.isatty():
            of_how_many = f" / {total:,}" if total else ""
            self.stderr.write(f"\r{done:,}{of_how_many}", ending="")

    def _end_of_line(self) -> None:
        if self.stderr.isatty():
            self.stderr.write("")

    def _hand_back(self, done: Imported, path: Path) -> None:
        """Write the refused rows for nobody but the one who asked to read."""
        kept = mending.to_keep(done)
        is_old = isinstance(done, existing.TakenOver)
        content = (existing.sheet_to_mend(kept) if is_old else mending.sheet_of(kept)).content
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        except OSError:
            raise CommandError(_("The sheet to mend cannot be written there.")) from None
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)

    def _print(self, report: Report, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(report.as_json()))
            return
        for number, sentences in report.lines():
            self.stdout.write(
                _("Row %(number)s: %(words)s") % {"number": number, "words": " ".join(sentences)}
            )
        for number, columns in sorted(report.differing.items()):
            words = _("known already, written differently and not changed: %(columns)s.")
            words %= {"columns": "、".join(Column(column).label for column in columns)}
            self.stdout.write(_("Row %(number)s: %(words)s") % {"number": number, "words": words})
        self.stdout.write(_sum_of(report))
        if isinstance(report, existing.Report) and report.round_trip:
            self._print_round_trip(report.round_trip)

    def _print_round_trip(self, trip: existing.RoundTrip) -> None:
        for number, columns in sorted(trip.differing.items()):
            self.stdout.write(f"{number}: ≠ {'、'.join(Column(column).label for column in columns)}")
        self.stdout.write(trip.sentence)


def _sum_of(report: Report) -> str:
    counts = {
        "rows": report.rows,
        "accepted": report.accepted,
        "unchanged": report.unchanged,
        "refused": len(report.rejected),
    }
    counted = _("%(rows)s rows: %(accepted)s accepted, %(unchanged)s known already, %(refused)s to mend.")
    end = _("The good rows are in.") if report.imported else _("Nothing was brought in.")
    return f"{counted % counts} {end}"


def _bring_in(options: dict[str, Any]) -> Work:
    if options["drive"] is None:
        raise CommandError(_("Say of which drive the list is: --drive ID."))
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
