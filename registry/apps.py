"""The registry as a Django app: the donors and everything that is known of them."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

ROOMS = ["registry.donors", "registry.samples", "registry.drives", "registry.families", "registry.cases"]


class RegistryConfig(AppConfig):
    """Registers what its rooms show in, and ask of, the rooms below."""

    name = "registry"
    verbose_name = _("Registry")

    def ready(self) -> None:
        """Let each room register itself."""
        from foundation import rooms  # noqa: PLC0415  models can be imported only now
        from foundation.desk import health  # noqa: PLC0415
        from registry.management import demo_home  # noqa: PLC0415

        rooms.register(ROOMS)
        health.register(demo_home.unready)
