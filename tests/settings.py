"""The settings of the tests: a home of its own in a temporary folder, and no fsync."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

HOME = Path(tempfile.mkdtemp(prefix="life-relay-test-"))
atexit.register(shutil.rmtree, HOME, ignore_errors=True)
SERVER = os.environ.pop("TEST_DATABASE_URL", "")
for _name in ("DATABASE_URL", "BROKER_URL", "CACHE_URL", "EMAIL_URL", "KEYRING", "ANCHOR_URL", "LEDGER_URL", "DEBUG",
              "SECRET_KEY", "ALLOWED_HOSTS", "TRUSTED_PROXIES", "SMS_URL", "CIPHER_SUITE", "TIME_ZONE"):  # fmt: skip
    os.environ.pop(_name, None)
os.environ["DATA_DIR"] = str(HOME)
os.environ.setdefault("LOG_LEVEL", "WARNING")

from registry.config.settings import *  # noqa: E402, F403  the home is set first
from registry.config.environment import Environment  # noqa: E402
from registry.config.settings import BASE_DIR, DATABASES  # noqa: E402

if SERVER:
    DATABASES["default"] = {**Environment({"DATABASE_URL": SERVER}, BASE_DIR).database(), "CONN_MAX_AGE": 0}
else:
    DATABASES["default"]["TEST"] = {"NAME": str(HOME / "test.sqlite3")}  # a file: threads race on it
    DATABASES["default"]["OPTIONS"]["init_command"] = (
        "PRAGMA journal_mode=WAL; PRAGMA secure_delete=ON; PRAGMA synchronous=OFF;"
    )
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast; Argon2 is tested by name
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CELERY_BROKER_URL = os.environ.pop("TEST_BROKER_URL", "memory://")
CELERY_TASK_ALWAYS_EAGER = False
