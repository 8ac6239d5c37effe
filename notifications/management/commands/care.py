"""`care plan --on DATE [--format json]`: say what falls on a day. It changes nothing."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from foundation import calendar
from notifications import looking_ahead


class Command(BaseCommand):
    """What would fall due on a day, counted by programme, step and state; no name stands in it."""

    help = "Say what is planned and what would go out on a day."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what to do, the day and how to write it."""
        parser.add_argument("act", choices=["plan"])
        parser.add_argument("--on", metavar="DATE", help="as 2027-04-05; today if left out")
        parser.add_argument("--format", choices=["table", "json"], default="table")

    def handle(self, *_: Any, **options: Any) -> None:
        """Print the day."""
        on = _day(options["on"])
        found = looking_ahead.on(on)
        if options["format"] == "json":
            said = {"on": on.isoformat(), "lines": [line.said() for line in found]}
            self.stdout.write(json.dumps(said, ensure_ascii=False))
            return
        if not found:
            self.stdout.write(f"Nothing falls on {on}.")
        for line in found:
            self.stdout.write(f"{line.programme:<16} {line.step:<16} {line.what:<12} {line.count:>8,}")


def _day(text: str | None) -> date:
    if text is None:
        return calendar.day_of(timezone.now())
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandError("This is no day. Write it as 2027-04-05.") from None
