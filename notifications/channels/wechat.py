"""WeChat template messages, by the same gateway as short messages."""

from __future__ import annotations

from notifications.channel_names import Channel
from notifications.channels import gateway, provider
from notifications.channels.gateway.line import NO_GATEWAY
from notifications.channels.handing_over import NotHandedOver, Receipt
from notifications.outbox.models import Message
from notifications.recipients import Recipient
from notifications.wordings import Rendered


def send(message: Message, rendered: Rendered, address: str, recipient: Recipient) -> Receipt:
    """
    Hand a template message over to the one who follows the branch's account.

    :param address: the person's id at that account.
    :raises NotHandedOver: if it surely was not handed over. :raises Unclear: if nobody can tell.
    """
    line = gateway.line()
    if line is None:
        raise NotHandedOver(NO_GATEWAY)
    said = {
        "channel": "wechat",
        "to": address,
        "template": provider.template_of(rendered.version, Channel.WECHAT, recipient.language),
        "text": rendered.text,
    }
    return line.send(str(message.pk), said, began=message.begun)


def missing(rendered: Rendered, recipient: Recipient) -> str:
    """Return what the provider has still to approve, as a code; "" if nothing."""
    return provider.missing(rendered.version, Channel.WECHAT, recipient)
