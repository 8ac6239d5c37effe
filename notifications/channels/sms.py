"""Short messages by the gateway: the branch's sign before them, the provider's template beside them."""

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
    Hand a short message over; refused before anything leaves while sign or template is not approved.

    :raises NotHandedOver: if it surely was not handed over. :raises Unclear: if nobody can tell.
    """
    line = gateway.line()
    if line is None:
        raise NotHandedOver(NO_GATEWAY)
    said = {
        "channel": "sms",
        "to": address,
        "sign": provider.sign_of(recipient.branch),
        "template": provider.template_of(rendered.version, Channel.SMS, recipient.language),
        "text": rendered.text,
    }
    return line.send(str(message.pk), said, began=message.begun)


def missing(rendered: Rendered, recipient: Recipient) -> str:
    """Return what the provider has still to approve, as a code; "" if nothing."""
    return provider.missing(rendered.version, Channel.SMS, recipient)
