#!/usr/bin/env python3
"""The door of every command. On a bare machine it first makes `.venv` from the locks."""

import os
import sys
from importlib import import_module

from foundation import bootstrap

RUNNERS = {"test": "tests.runner", "bench": "tests.benchmarks.runner"}  # they choose their own settings


def main(arguments: list[str]) -> int:
    """Run one command and return its exit code."""
    try:
        bootstrap.prepare(arguments)
    except bootstrap.CannotPrepare as fault:
        bootstrap.say(str(fault))
        return 1
    command = arguments[1] if len(arguments) > 1 else ""
    if command == "setup":
        bootstrap.say("Ready. Start the demo with `python3 manage.py demo`.")
        return 0
    if command in RUNNERS:
        return int(import_module(RUNNERS[command]).main(arguments[2:]))
    return run_with_settings(arguments)


def run_with_settings(arguments: list[str]) -> int:
    """Run one of Django's commands or ours; a wrong setting is told in sentences, without a traceback."""
    from django.conf import settings  # noqa: PLC0415  installed only now
    from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415  installed only now
    from django.core.management import execute_from_command_line  # noqa: PLC0415  installed only now

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registry.config.settings")
    try:
        _ = settings.INSTALLED_APPS
    except ImproperlyConfigured as fault:
        bootstrap.say(str(fault))
        return 1
    from foundation.keyring import KeyringProblem  # noqa: PLC0415  needs Django

    try:
        execute_from_command_line(arguments)
    except KeyringProblem as fault:
        bootstrap.say(str(fault))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
