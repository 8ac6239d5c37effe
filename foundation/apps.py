"""The foundation as a Django app: what everything stands on; it knows no donor."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

ROOMS = ["foundation.trail", "foundation.vault", "foundation.desk"]


class FoundationConfig(AppConfig):
    """Registers what the rooms of the foundation show at the desk."""

    name = "foundation"
    verbose_name = _("Foundation")

    def ready(self) -> None:
        """Let each room register itself."""
        from foundation import rooms  # noqa: PLC0415  models can be imported only now

        rooms.register(ROOMS)
