"""Clear what a deleted key leaves behind: SQLite keeps old pages in its write-ahead log until it is emptied.

PostgreSQL keeps a deleted row until VACUUM and in its own log; `docs/security.md` says what follows.
"""

from django.db import connection

PATIENCE_MS = 250  # readers are not waited for longer: the task of the next minute tries again


def clear() -> bool:
    """
    Empty SQLite's write-ahead log, and return whether nothing is left of it.

    The database file itself overwrites what is deleted (``secure_delete``).
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return connection.vendor != "sqlite"
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        (before,) = cursor.fetchone()
        cursor.execute(f"PRAGMA busy_timeout = {PATIENCE_MS}")
        try:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            busy, *_ = cursor.fetchone()
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {int(before)}")
    return not busy
