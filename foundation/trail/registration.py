"""Make the trail's triggers again whenever Django has migrated or flushed."""

from django.db.models.signals import post_migrate

from foundation.trail import triggers


def register() -> None:
    """Listen to migrations."""
    post_migrate.connect(triggers.after_migrate, dispatch_uid="trail.triggers")
