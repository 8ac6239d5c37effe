"""Send what is due: claimed, asked again, handed over by its channel, and written down."""

from notifications.delivery.delivering import deliver, deliver_all

__all__ = ["deliver", "deliver_all"]
