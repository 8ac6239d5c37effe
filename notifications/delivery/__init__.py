"""Send what is due: claimed, asked again, handed over by its channel, and written down."""

from notifications.delivery.delivering import deliver

__all__ = ["deliver"]
