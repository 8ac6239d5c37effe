"""Settings, URL map and Celery application: wiring only, imported by nobody."""

from registry.config.celery import app

__all__ = ["app"]
