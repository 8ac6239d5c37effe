"""Which channels hand messages over."""

from __future__ import annotations

from notifications import channels
from notifications.channel_names import Channel
from notifications.channels import short
from notifications.channels.email import sending as email


def register() -> None:
    """Register each channel that a machine sends by."""
    channels.register(Channel.EMAIL, channels.Transport(email.send, email.prepare, email.is_open))
    for channel in (Channel.SMS, Channel.WECHAT):
        channels.register(channel, short.transport(channel))
