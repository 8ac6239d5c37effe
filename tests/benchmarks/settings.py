"""The settings of the measurements: those of the tests, but with durable writes and real password hashes."""

from tests.settings import *  # noqa: F403

DEBUG = False
