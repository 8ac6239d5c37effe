"""Consent as a Django app: what a subject agreed to, in which words, with what evidence."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

ROOMS = ["consent"]


class ConsentConfig(AppConfig):
    """Registers what its rooms show in, and ask of, the rooms below."""

    name = "consent"
    verbose_name = _("Consent")

    def ready(self) -> None:
        """Let each room register itself."""
        from foundation import rooms  # noqa: PLC0415  models can be imported only now

        rooms.register(ROOMS)
