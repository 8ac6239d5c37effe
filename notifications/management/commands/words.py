"""`words install`: bring in the texts, wordings and programmes that come with the program, as drafts."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from foundation import access
from foundation.trail import anchor, sealing
from notifications import first_contents


class Command(BaseCommand):
    """Every one is a draft until people of the branch approved it; run twice, it changes nothing."""

    help = "Bring in the consent texts, wordings and programmes that come with the program, as drafts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what to do."""
        parser.add_argument("act", choices=["install"])

    def handle(self, *_: Any, **__: Any) -> None:
        """Bring them in, say how many, and what is to be approved."""
        at = timezone.now()
        made = first_contents.install(by=access.command_actor(), at=at)
        sealing.seal(at=at)
        anchor.anchor()
        self.stdout.write(
            f"Brought in as drafts: {made.texts} consent texts, {made.wordings} wordings, "
            f"{made.programmes} programmes."
        )
        for sentence in first_contents.unapproved():
            self.stdout.write(sentence)
