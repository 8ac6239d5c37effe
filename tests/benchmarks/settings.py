"""The settings of the measurements: those of the tests, but with durable writes and real password hashes."""

import os

from tests.settings import *  # noqa: F403
from tests.settings import BASE_DIR, DATABASES, SERVER

# isort: split
from registry.config import settings  # only now: it reads the home that those of the tests made
from registry.config.environment import Environment

DEBUG = False
PASSWORD_HASHERS = settings.PASSWORD_HASHERS
if not SERVER:  # with fsync, as the embedded database runs at an office
    DATABASES["default"]["OPTIONS"] = Environment(os.environ, BASE_DIR).database()["OPTIONS"]
