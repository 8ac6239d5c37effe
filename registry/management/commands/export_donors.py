"""`export_donors FILE --branch CODE [--open --reason CODE]`: write donors as a sheet."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from foundation import access
from foundation.access import Branch
from foundation.trail import anchor, sealing
from registry.donors.exports import asking, making, taking
from registry.donors.exports.fields import BY_KEY, USUAL
from registry.donors.exports.taking import Form
from registry.donors.models import Export, ExportReason
from registry.donors.states import DonorState

MODE = 0o600
UNWRITABLE = "The sheet cannot be written there. Name another folder."


class Command(BaseCommand):
    """Personal columns are masked unless a second person agreed to this very sheet."""

    help = "Write the donors of a branch as a sheet: masked, or in full once a second person agreed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file, the branch and what stands in the sheet; or a sheet that was agreed to."""
        parser.add_argument("file", type=Path, help="ends in .xlsx or .csv; it must not exist yet")
        parser.add_argument("--branch", metavar="CODE")
        parser.add_argument("--state", choices=DonorState.values, default="")
        parser.add_argument("--columns", default=",".join(USUAL), help=", ".join(BY_KEY))
        parser.add_argument(
            "--open", action="store_true", help="personal columns in full: asks somebody first"
        )
        parser.add_argument("--reason", choices=ExportReason.values, default=ExportReason.CHECK)
        parser.add_argument("--export", metavar="ID", help="write a sheet that was asked for with --open")

    def handle(self, *_: Any, **options: Any) -> None:
        """Ask, and where nobody else need agree write the file."""
        if os.path.lexists(options["file"]):
            raise CommandError("This file exists. Name another one.")
        if not os.access(options["file"].absolute().parent, os.W_OK | os.X_OK):
            raise CommandError(UNWRITABLE)  # now, not after the whole sheet was made
        try:
            export = _asked_before(options["export"]) if options["export"] else _ask(options)
            if export.opened and not options["export"]:
                self.stdout.write(
                    "A colleague of the branch above must agree, under “Second person”. Then run: "
                    f"export_donors {options['file'].name} --export {export.pk}"
                )
                return
            self._write(export, options["file"])
        except ValueError as fault:
            sentences = getattr(fault, "sentences", None)
            if not sentences:
                raise
            raise CommandError(" ".join(map(str, sentences))) from None
        finally:
            sealing.seal(at=timezone.now(), everything=True)
            anchor.anchor()

    def _write(self, export: Export, path: Path) -> None:
        at, by = timezone.now(), access.command_actor()
        if export.opened and not asking.agreed(export):
            raise CommandError("Nobody has agreed to this sheet yet.")
        if export.ready_at is None:
            making.make(export, at=at, progress=self._progress)
        form = Form.CSV if path.suffix.lower() == ".csv" else Form.XLSX
        try:
            _save(taking.take(export, form, by=by, at=timezone.now()), path)
        except OSError:
            if not export.opened:  # what somebody agreed to can be written elsewhere
                _throw_away(export)
            raise CommandError(UNWRITABLE) from None
        _throw_away(export)
        self.stdout.write(f"{export.people} people.")

    def _progress(self, done: int, total: int | None) -> None:
        if sys.stderr.isatty():
            self.stderr.write(f"\r{done:,} / {total or 0:,}", ending="")


def _ask(options: dict[str, Any]) -> Export:
    branch = Branch.objects.filter(code=options["branch"] or "").first()
    if branch is None:
        raise CommandError("There is no such branch. Name one by its code: --branch CODE.")
    keys = [key.strip() for key in options["columns"].split(",")]
    if unknown := [key for key in keys if key not in BY_KEY]:
        raise CommandError(f"There is no column {', '.join(unknown)}; there are {', '.join(BY_KEY)}.")
    return asking.ask(
        branch,
        columns=keys,
        filters={"state": options["state"], "whose": "", "mark": ""},
        opened=options["open"],
        reason=options["reason"],
        by=access.command_actor(),
        at=timezone.now(),
    )


def _asked_before(text: str) -> Export:
    """Return a sheet that a command asked for: what staff ask for is taken on their page."""
    try:
        found = Export.objects.select_related("branch").filter(pk=UUID(text), by_kind="command").first()
    except ValueError:
        found = None
    if found is None:
        raise CommandError("No sheet with this number was asked for with --open.")
    return found


def _throw_away(export: Export) -> None:
    of_it = Export.objects.filter(pk=export.pk)
    taking.throw_away(of_it, by=access.command_actor(), at=timezone.now())


def _save(content: Iterable[bytes], path: Path) -> None:
    """Write a file that its owner alone can read; half a file is none."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE)
    try:
        with os.fdopen(descriptor, "wb") as file:
            for piece in content:
                file.write(piece)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
