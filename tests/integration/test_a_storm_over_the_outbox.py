"""Workers, broker, database and mail server fail again and again: no second condolence.

Source: issue 4, "Held to"; the whole run, five times, is `manage.py bench outbox`
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.storm import passing, scene

pytestmark = [pytest.mark.slow, pytest.mark.both_databases, pytest.mark.django_db(transaction=True)]
PEOPLE, SECONDS = 40, 8.0


class TestAStorm:
    def test_sends_nobody_a_second_condolence(self, tmp_path: Path) -> None:
        found, weather = passing.storm(scene.people(PEOPLE), tmp_path, seconds=SECONDS, seed=1)
        assert found.faults == [], found
        assert found.states["SENT"] > PEOPLE
        assert weather.kills > 0
