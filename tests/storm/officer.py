"""Somebody at the care desk, who reads, holds, releases and decides by the web while the storm blows."""

from __future__ import annotations

import http.client
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.test import Client
from django.urls import reverse

from foundation.access import Role, Staff
from registry.families.models import Member
from tests.factories.foundation import StaffFactory, signed_in
from tests.sink import Sink
from tests.storm.crew import Crew

PAUSE = 0.2  # seconds between two acts
PATIENCE = 60.0  # seconds for an answer, and for the web server to start
READ = ("desk:today", "care:home", "care:unclear", "care:not-sent")
ACTS = ("read", "read", "hold", "hold", "let_go", "let_go", "decide")
PAGE, DONE, GONE, REFUSED, NO_DATABASE = 200, 302, 404, 422, 503
_DECIDE = re.compile(r'action="(/care/unclear/([0-9a-f-]{36})/)"')


@dataclass
class Officer:
    """One login and its browser. ``heard`` counts the answers to each act; ``wrong`` names bad ones."""

    port: int
    cookies: str
    sink: Sink
    touchpoints: Sequence[UUID]
    chance: random.Random
    held: list[UUID] = field(default_factory=list)
    heard: Counter[tuple[str, int]] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def work(self, ended: threading.Event) -> None:
        """Do one thing after another until somebody says that it is enough."""
        while not ended.wait(PAUSE):
            act = self.chance.choice(ACTS)
            try:
                getattr(self, act)()
            except (OSError, http.client.HTTPException) as fault:
                self.wrong.append(f"{act}: {type(fault).__name__}")

    def read(self) -> None:
        """Read a page."""
        page = reverse(self.chance.choice(READ))
        if self.chance.random() < 1 / 2:
            page = reverse("care:touchpoint", args=[self.chance.choice(self.touchpoints)])
        self.ask("read", page)

    def hold(self) -> None:
        """Hold something; it may have left already."""
        pk = self.chance.choice(self.touchpoints)
        if self.tell("hold", reverse("care:hold", args=[pk]), REFUSED, why="not_sure") == DONE:
            self.held.append(pk)

    def let_go(self) -> None:
        """Lift one's hold, and release it anew."""
        if not self.held:
            return
        pk = self.held[0]
        lifted = self.tell("lift", reverse("care:release", args=[pk]), REFUSED)
        if lifted != NO_DATABASE:
            self.held.remove(pk)
            self.tell("release", reverse("care:approve", args=[pk]), REFUSED, channel="")

    def decide(self) -> None:
        """Look with the provider whether something arrived of which nobody knows, and say so."""
        unknown = _DECIDE.findall(self.ask("read", reverse("care:unclear"))[1])
        if unknown:
            url, pk = self.chance.choice(unknown)
            word = "arrived" if any(line["id"] == pk for line in self.sink.taken()) else "not"
            self.tell("decide", url, GONE, word=word)

    def tell(self, act: str, path: str, *fine: int, **typed: str) -> int:
        """Send a form, and return how it was answered: by a redirect, or as is fine besides."""
        return self.ask(act, path, {**typed, "csrfmiddlewaretoken": TOKEN}, fine=(DONE, *fine))[0]

    def ask(
        self, act: str, path: str, typed: dict[str, str] | None = None, *, fine: Sequence[int] = (PAGE,)
    ) -> tuple[int, str]:
        """Ask for a page or send a form, and note how it was answered."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        head = {"Cookie": self.cookies, "Content-Type": "application/x-www-form-urlencoded"}
        with closing(line):
            line.request("GET" if typed is None else "POST", path, urlencode(typed or {}), head)
            answer = line.getresponse()
            words = answer.read().decode()
        self.heard[act, answer.status] += 1
        if answer.status not in {*fine, NO_DATABASE}:
            self.wrong.append(f"{act}: {answer.status}")
        if "/account/" in answer.getheader("Location", ""):
            self.wrong.append(f"{act}: signed out")
        return answer.status, words

    def count(self, act: str, status: int) -> int:
        """Return how often an act was answered so."""
        return self.heard[act, status]


@contextmanager
def at_the_desk(
    hands: Crew, mail: Sink, members: Sequence[Member], touchpoints: Sequence[UUID], *, seed: int
) -> Iterator[Officer]:
    """Let somebody who looks after these families work beside."""
    staff = StaffFactory(role=Role.FAMILY_CARE, branch=members[0].family.branch)
    officer = Officer(hands.port, _cookies(staff), mail, touchpoints, random.Random(seed))  # noqa: S311
    ended = threading.Event()
    worker = threading.Thread(target=officer.work, args=[ended])
    worker.start()
    try:
        yield officer
    finally:
        ended.set()
        worker.join()


def wait_for_web(hands: Crew) -> None:
    """Wait until the web server answers, whatever it says."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        line = http.client.HTTPConnection("127.0.0.1", hands.port, timeout=PATIENCE)
        with closing(line), suppress(OSError):
            line.request("GET", "/healthz")
            line.getresponse().read()
            return
        hands.look()
        time.sleep(0.1)


def _cookies(staff: Staff) -> str:
    client: Any = signed_in(Client(), staff)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    return f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={TOKEN}"


TOKEN = "t" * 32  # against forged requests: a browser's cookie and form need but agree
