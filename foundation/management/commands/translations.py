"""Keep the catalogues of the pages' words: take new ones in, compile them, or say what is missing."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from foundation.pages import catalogues


class Command(BaseCommand):
    """``manage.py translations`` updates and compiles; ``--check`` only looks."""

    help = "Update and compile the catalogues of translations; with --check, say what is missing."
    requires_system_checks: list[str] = []  # words need no database

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add ``--check``."""
        parser.add_argument("--check", action="store_true", help="change nothing; exit 1 on a gap")

    def handle(self, *_args: Any, **options: Any) -> None:
        """
        Update or check.

        :raises CommandError: with ``--check``, if a text is missing, untranslated, fuzzy or not compiled.
        """
        messages = catalogues.extract(settings.BASE_DIR)
        if not options["check"]:
            for locale in catalogues.LOCALES:
                catalogues.update(settings.BASE_DIR, locale, messages)
                catalogues.compile_catalogue(settings.BASE_DIR, locale)
        found = catalogues.problems(settings.BASE_DIR, messages)
        for line in found:
            self.stdout.write(line)
        if found and options["check"]:
            message = f"{len(found)} translations are not right."
            raise CommandError(message)
        self.stdout.write(
            f"{len(messages)} texts in {len(catalogues.LOCALES)} languages, {len(found)} to do."
        )
