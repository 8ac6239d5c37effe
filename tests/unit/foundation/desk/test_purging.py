"""Rows of the embedded broker that were delivered do not stay for ever."""

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from kombu import Connection

from foundation.desk.tasks import purge_broker

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning")  # kombu's own


@pytest.fixture
def broker(settings, tmp_path: Path) -> Path:
    """Return a broker's file with one waiting message, one delivered just now and one long ago."""
    file = tmp_path / "broker.sqlite3"
    settings.CELERY_BROKER_URL = f"sqla+sqlite:///{file}"
    with Connection(settings.CELERY_BROKER_URL) as connection, connection.SimpleQueue("celery") as queue:
        for body in ("waiting", "just now", "long ago"):
            queue.put({"body": body})
        connection.default_channel.session.bind.dispose()
    now = datetime.now()  # noqa: DTZ005  as kombu writes it
    with closing(sqlite3.connect(file)) as database, database:
        for row, at in ((2, now), (3, now - timedelta(hours=25))):
            database.execute(
                "UPDATE kombu_message SET visible = 0, timestamp = ? WHERE id = ?", [str(at), row]
            )
    return file


class TestPurgeBroker:
    def test_deletes_what_was_delivered_long_ago_and_nothing_else(self, broker) -> None:
        purge_broker()

        with closing(sqlite3.connect(broker)) as database:
            assert database.execute("SELECT id FROM kombu_message ORDER BY id").fetchall() == [(1,), (2,)]

    def test_leaves_redis_alone(self, settings) -> None:
        settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"

        purge_broker()
