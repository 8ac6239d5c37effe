"""Somebody starts the demo on their laptop, signs in, ends it, and starts it again."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from foundation.access import Role
from registry.cases.models import WonBack
from registry.cases.states import CaseState
from registry.donors.states import DonorState
from tests.servers import free_port

BASE = Path(__file__).resolve().parent.parent.parent
LONGEST = 600  # seconds until it is ready; alone on two cores it takes about two minutes
MEI = """
import django, json; django.setup()
from collections import Counter
from datetime import timedelta
from django.utils import timezone
from foundation.access import Permission, Staff, branches, scope_of
from notifications.care import queries
from notifications.care.work import Work
from notifications.channels import post
from notifications.events.models import Event
from notifications.outbox import Message
from notifications.plans.models import Touchpoint
now = timezone.now()
today = timezone.localdate(now)
scope = scope_of(Staff.objects.get(username="mei"), Permission.CARE_SEND, at=now)
letters = post.letters_of(queries.to_do(scope, Work.PRINT, today=today), at=now)
events = Event.objects.visible_to(scope)
here = Touchpoint.objects.visible_to(scope)
print(json.dumps({
    "letters": dict(Counter(letter.why for letter in letters)),
    "comes_back_to": [branches.inherited(letter.branch, "address") for letter in letters],
    "work": queries.counts(scope, today=today),
    "unknown": Message.objects.visible_to(scope).to_decide().filter(bereaved=True).count(),
    "coming": events.filter(starts_at__gt=now, invitations__people__gt=0).distinct().count(),
    "this_week": here.filter(on_date__range=(today, today + timedelta(days=6))).count(),
    "years": here.dates("on_date", "year").count(),
    "failed": sorted(set(Message.objects.filter(state="FAILED").values_list("channel", "why"))),
}))
"""
LACKING = """
SELECT count(*) > 0 FROM registry_matchcase
WHERE state = 'SCHEDULED' AND final_consent_at IS NOT NULL AND hospital_message_at IS NULL
"""
JUST_LEFT = """
SELECT count(*) > 0 FROM registry_exit e JOIN registry_withdrawal w ON w.at = e.at
WHERE e.parent = 'PR' AND e.stage = 'HR_LAB'
"""
DRAWN = """
SELECT c.state, m."group", count(*), count(m.verified_on), count(m.left_on)
FROM notifications_campaignmember m JOIN notifications_campaign c ON c.id = m.campaign_id GROUP BY 1, 2
"""
WRITTEN = """
SELECT state, count(*) FROM notifications_message WHERE occasion LIKE 'campaign:%' GROUP BY state
"""
LATELY = """
SELECT purpose, count(*) FROM notifications_link
WHERE used_at > datetime('now', '-30 days') GROUP BY purpose
"""
pytestmark = pytest.mark.slow


class Demo:
    """A demo in a home of its own."""

    def __init__(self, home: Path) -> None:
        self.environment = {"PATH": os.environ["PATH"], "DATA_DIR": str(home)}
        self.home = home
        self.said = home.parent / "said"
        self.port = free_port()

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "manage.py", "demo", *arguments]
        return subprocess.run(
            command, cwd=BASE, env=self.environment, capture_output=True, text=True, check=False
        )

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        command = [sys.executable, "manage.py", "demo", "--port", str(self.port)]
        with self.said.open("wb") as out:
            process = subprocess.Popen(command, cwd=BASE, env=self.environment, stdout=out, stderr=out)
        try:
            until(lambda: "Ctrl-C" in self.said.read_text() or process.poll() is not None, LONGEST)
            assert process.poll() is None, self.said.read_text()
            yield process
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)

    def asked(self, question: str) -> list[tuple[Any, ...]]:
        """Return what the demo's database answers; nobody else reads it now."""
        with closing(sqlite3.connect(self.home / "relay.sqlite3")) as database:
            return database.execute(question).fetchall()

    def what_mei_has(self) -> dict[str, Any]:
        """Return what the demo laid out for who looks after families."""
        settings = {"DJANGO_SETTINGS_MODULE": "registry.config.settings", "LOG_LEVEL": "ERROR"}
        done = subprocess.run(
            [sys.executable, "-c", MEI],
            cwd=BASE,
            env=self.environment | settings,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return found

    def answers(self) -> int:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=10) as answer:
            return int(answer.status)


def until(true: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.2)


class TestDemo:
    def test_starts_prints_its_logins_ends_and_starts_again(self, tmp_path) -> None:
        demo = Demo(tmp_path / "home")
        with demo.running() as process:
            assert demo.answers() == 200
            assert demo.run("--fill").returncode == 1  # one demo in a home
            logins = re.findall(r"^  (\S+) +(\w+) ", demo.said.read_text(), re.MULTILINE)
            assert sorted(role for _name, role in logins) == sorted(Role.values)
            assert re.fullmatch(r"\d{6}\n", demo.run("code", logins[0][0]).stdout)
            self.opens_a_link_that_was_sent(demo)
            asked = time.monotonic()
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 0
            assert time.monotonic() - asked < 15
        self.holds_a_province(demo)
        self.lays_out_the_week_of_family_care(demo)
        self.follows_forty_matches(demo)
        self.keeps_in_touch(demo)

        with demo.running():
            assert demo.answers() == 200

    def opens_a_link_that_was_sent(self, demo: Demo) -> None:
        """The newest link on the demo's phones leads to where the demo runs, and is there."""
        sent = (file.read_text() for file in sorted(demo.home.glob("sms/*.json"), reverse=True))
        ours = re.compile(rf"http://127\.0\.0\.1:{demo.port}(/s/[\w-]+/)")
        path = next(found[1] for text in sent if (found := ours.search(text)))
        with urllib.request.urlopen(f"http://127.0.0.1:{demo.port}{path}", timeout=10) as answer:
            assert answer.status == 200

    def holds_a_province(self, demo: Demo) -> None:
        """All branches, somebody in every role, donors in every state, three drives, sixty families."""
        kinds = dict(demo.asked("SELECT kind, count(*) FROM foundation_branch GROUP BY kind"))
        assert kinds == {"province": 1, "prefecture": 3, "county": 12, "laboratory": 1, "hospital": 2}
        donors = dict(demo.asked("SELECT state, count(*) FROM registry_donor GROUP BY state"))
        assert sorted(donors) == sorted(DonorState.values)
        assert sum(donors.values()) >= 2_000
        days = {day for (day,) in demo.asked("SELECT on_date FROM registry_drive WHERE on_date IS NOT NULL")}
        assert len(days) == 3
        assert demo.asked("SELECT count(*) FROM registry_family") == [(60,)]
        held = {role for (role,) in demo.asked("SELECT DISTINCT role FROM foundation_roleat")}
        assert sorted(held) == sorted(Role.values)

    def follows_forty_matches(self, demo: Demo) -> None:
        """In every state, each with its steps; one lacks something for conditioning, one just ended."""
        states = dict(demo.asked("SELECT state, count(*) FROM registry_matchcase GROUP BY state"))
        assert sorted(states) == sorted(CaseState.values)
        assert sum(states.values()) == 40
        stepless = (
            "SELECT count(*) FROM registry_matchcase WHERE id NOT IN (SELECT object_id FROM foundation_step)"
        )
        assert demo.asked(stepless) == [(0,)]
        assert demo.asked(LACKING) == [(True,)]
        assert demo.asked(JUST_LEFT) == [(True,)]
        asked_back = {result for (result,) in demo.asked("SELECT result FROM registry_winback")}
        assert asked_back == set(WonBack.values)

    def keeps_in_touch(self, demo: Demo) -> None:
        """One campaign with both its groups, another as a draft, and people who used links of these weeks."""
        states = dict(demo.asked("SELECT state, count(*) FROM notifications_campaign GROUP BY state"))
        assert states == {"RUNNING": 1, "DRAFT": 1}
        drawn = {group: rest for state, group, *rest in demo.asked(DRAWN) if state == "RUNNING"}
        assert drawn.keys() == {"WRITTEN_TO", "LEFT_ALONE"}
        (told, answered, left), (alone, verified, _left) = drawn["WRITTEN_TO"], drawn["LEFT_ALONE"]
        assert told > alone > verified > 0
        assert answered / told > verified / alone
        assert left > 0
        sent = dict(demo.asked(WRITTEN))
        assert sent.keys() == {"SENT", "FAILED"}
        assert sum(sent.values()) == told
        used = dict(demo.asked(LATELY))
        assert used.keys() == {"CONFIRM", "PAUSE", "PHONE", "ONLY_IF_MATCHED"}
        assert max(used, key=lambda purpose: used[purpose]) == "CONFIRM"

    def lays_out_the_week_of_family_care(self, demo: Demo) -> None:
        """Years of plans, work of every kind, letters with a return address, an event, three unclear."""
        found = demo.what_mei_has()
        assert found["letters"] == {"": 12}
        assert all(found["comes_back_to"])
        assert found["work"].keys() == {"approve", "print", "call", "held", "unknown", "failed"}
        assert found["work"]["print"] == 12
        assert found["unknown"] == 3
        assert found["coming"] == 1
        assert found["this_week"] > 0
        assert found["years"] >= 4  # three that were, and what is ahead
        assert ["EMAIL", "gateway_invalid_number"] not in found["failed"]
        assert len(found["failed"]) > 0
