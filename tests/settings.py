"""The settings of the tests: a home of its own in a temporary folder, and no fsync."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

HOME = Path(tempfile.mkdtemp(prefix="life-relay-test-"))
atexit.register(shutil.rmtree, HOME, ignore_errors=True)
SERVER = os.environ.get("TEST_DATABASE_URL", "")
SETTINGS = (
    "ALLOWED_HOSTS ANCHOR_URL BROKER_URL CACHE_URL CIPHER_SUITE DATABASE_URL DEBUG EMAIL_FROM EMAIL_URL "
    "HLA_REFERENCE_DIR KEYRING LEDGER_URL SECRET_KEY SITE_URL SMS_URL TIME_ZONE TRUSTED_PROXIES"
)
for _name in SETTINGS.split():
    os.environ.pop(_name, None)
os.environ["DATA_DIR"] = str(HOME)
os.environ.setdefault("LOG_LEVEL", "WARNING")

from foundation.keyring.ring import Keyring  # noqa: E402
from registry.config.environment import Environment  # noqa: E402
from registry.config.settings import *  # noqa: E402, F403  the home is set first
from registry.config.settings import BASE_DIR, DATABASES  # noqa: E402

os.close(os.open(HOME / "keyring.json", os.O_CREAT, 0o600))
(HOME / "keyring.json").write_text(Keyring.fresh().write())

if SERVER:
    DATABASES["default"] = {**Environment({"DATABASE_URL": SERVER}, BASE_DIR).database(), "CONN_MAX_AGE": 0}
else:
    DATABASES["default"]["TEST"] = {"NAME": str(HOME / "test.sqlite3")}  # a file: threads race on it
    DATABASES["default"]["OPTIONS"]["init_command"] = (
        "PRAGMA journal_mode=WAL; PRAGMA secure_delete=ON; PRAGMA synchronous=OFF;"
    )
WHITENOISE_AUTOREFRESH = True  # every Client reads the list of static files anew otherwise
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast; Argon2 is tested by name
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CELERY_BROKER_URL = os.environ.get("TEST_BROKER_URL", "memory://")
