"""Start the program with an invented province in it: web, worker and beat, on one terminal."""

import json
import os
import socket
import sys
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser
from importlib import import_module
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils import timezone

from foundation.access import Role, Staff
from foundation.access.models import RoleAt
from foundation.management import supervisor
from registry.management import demo_home

PATIENCE = 120  # seconds until the web server must answer
STEP_SECONDS = 30  # RFC 6238 section 5.2


class Command(BaseCommand):
    """Runs the demo, or prints the second factor of one of its logins."""

    help = (
        "Start the program with an invented province in it. `demo code NAME` prints a login's second factor."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take a port, a fresh start, filling alone, or the name to print a code for."""
        parser.add_argument("--port", type=int, default=8000, help="where the web server listens")
        parser.add_argument("--fresh", action="store_true", help="clear what an earlier demo made")
        parser.add_argument("--fill", action="store_true", help="make and fill the home, then end")
        parser.add_argument("words", nargs="*", metavar="code NAME", help="print the second factor of NAME")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run the demo."""
        demo_home.check_allowed()
        os.umask(0o077)  # what the demo writes is its owner's alone, also what web and worker write
        match options["words"]:
            case []:
                self._run(options["port"], fresh=options["fresh"], fill_only=options["fill"])
            case ["code", name]:
                self.stdout.write(code_of(name))
            case _:
                raise CommandError("Write `demo`, or `demo code NAME`.")

    def _run(self, port: int, *, fresh: bool, fill_only: bool) -> None:
        with demo_home.alone():
            if not fill_only:
                check_port(port)
            # Links in messages lead here: to the children by the environment, to the filling by the settings.
            settings.SITE_URL = os.environ.setdefault("SITE_URL", address(port))
            self.stderr.write("Making the home ready …")
            demo = import_module("registry.config.demo")  # the province, invented
            demo_home.make(fresh=fresh, at=timezone.now(), fill=demo.fill)
            if fill_only:
                self.stdout.write("The demo is filled.")
                return
            supervisor.run(
                children(port), once_started=lambda: self._welcome(port, demo.PASSWORD), say=self.stderr.write
            )

    def _welcome(self, port: int, password: str) -> None:
        wait_until_ready(port)
        self.stdout.write(f"\nLife Relay runs at {address(port)}/\n\n")
        for role, name, branch in logins():
            self.stdout.write(f"  {name:<24} {role:<24} {branch}")
        self.stdout.write(
            f"\nThe password of each is {password}\n"
            "Its second factor: python3 manage.py demo code NAME\n\n"
            "Nothing leaves this machine. What people would have received, with links to open:\n"
            f"Short messages: {address(port)}{reverse('gateway:phone')}\n"
            f"E-mails: {address(port)}{reverse('gateway:mails')}\n\n"
            "Ctrl-C ends the demo.\n"
        )
        self.stdout.flush()


def address(port: int) -> str:
    """Return where the demo is found."""
    return f"http://127.0.0.1:{port}"


def children(port: int) -> list[supervisor.Child]:
    """Return web, worker and beat; each writes its log in the home."""
    celery = [sys.executable, "-m", "celery", "--app", "registry.config"]
    web = [sys.executable, "-m", "gunicorn", "registry.config.wsgi", "--bind", f"127.0.0.1:{port}"]
    commands = {
        "web": [
            *web,
            "--worker-class",
            "gthread",
            "--threads",
            "8",
            "--graceful-timeout",
            "4",
            "--no-control-socket",
        ],
        "worker": [
            *celery,
            "worker",
            "--loglevel",
            "INFO",
            "--pool",
            "threads",
            "--concurrency",
            "2",
            "--without-mingle",
        ],
        "beat": [*celery, "beat", "--pidfile", ""],
    }
    return [
        supervisor.Child(name, command, settings.DATA_DIR / f"{name}.log")
        for name, command in commands.items()
    ]


def check_port(port: int) -> None:
    """
    Check that the port is free.

    :raises CommandError: if another program listens there.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as fault:
            raise CommandError(
                f"Another program listens on port {port}: choose one with `demo --port {port + 1}`."
            ) from fault


def wait_until_ready(port: int) -> None:
    """
    Wait until the web server says that all is there.

    :raises CommandError: if it does not within two minutes, with what it said last.
    """
    until, said = time.monotonic() + PATIENCE, "The web server does not answer."
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10):
                return
        except urllib.error.HTTPError as answer:
            said = what_is_missing(answer)
        except OSError:
            pass
        time.sleep(0.3)
    raise CommandError(f"{said} See {settings.DATA_DIR / 'web.log'}.")


def what_is_missing(answer: urllib.error.HTTPError) -> str:
    """Return the sentences of an answer of /healthz that is not yet 200."""
    try:
        return " ".join(json.loads(answer.read())["missing"])
    except (ValueError, KeyError):
        return str(answer)


def logins() -> list[tuple[str, str, str]]:
    """Return one login for each role, the first that was made: the role, the login's name, its branch."""
    held: dict[str, tuple[str, str, str]] = {}
    for row in RoleAt.objects.select_related("staff", "branch").order_by("staff_id"):
        held.setdefault(row.role, (str(row.role), row.staff.username, row.branch.name))
    return [held[role] for role in Role.values if role in held]


def code_of(name: str) -> str:
    """
    Return the six digits that a login's app would show now.

    :raises CommandError: if there is no such login, or it has no second factor.
    """
    staff = Staff.objects.filter(username=name).first()
    if staff is None:
        raise CommandError(f"There is no login {name} in this demo.")
    factor = Authenticator.objects.filter(user=staff, type=Authenticator.Type.TOTP).first()
    if factor is None:
        raise CommandError(f"The login {name} has no second factor yet: sign in and set one up.")
    step = int(timezone.now().timestamp()) // STEP_SECONDS
    if step <= factor.data.get("last_step", 0):  # no code opens twice: wait for the next
        step += 1
        time.sleep(max(0.0, step * STEP_SECONDS - timezone.now().timestamp()))
    return str(format_hotp_value(hotp_value(decrypt(factor.data["secret"]), step)))
