"""Short messages and WeChat template messages, by one gateway: the provider's template stands beside them."""

from __future__ import annotations

from functools import partial

from notifications.channel_names import Channel
from notifications.channels import gateway, provider
from notifications.channels.envelope import Envelope
from notifications.channels.gateway.line import NO_GATEWAY
from notifications.channels.handing_over import NotHandedOver, Receipt, Transport
from notifications.wordings import Rendered
from notifications.wordings.fields import Addressee


def transport(channel: Channel) -> Transport:
    """Return what hands over by SMS, with the branch's sign, or by WeChat, to who follows its account."""
    return Transport(send, missing=partial(_missing, channel))


def send(envelope: Envelope, rendered: Rendered, address: str, to: Addressee) -> Receipt:
    """
    Hand one over; refused before anything leaves while sign or template is not approved.

    :param address: a number; for WeChat, the person's id at the branch's account.
    :raises NotHandedOver: if it surely was not handed over. :raises Unclear: if nobody can tell.
    """
    line = gateway.line()
    if line is None:
        raise NotHandedOver(NO_GATEWAY)
    signed = {"sign": provider.sign_of(to.branch)} if envelope.channel == Channel.SMS else {}
    said = {
        "channel": envelope.channel.lower(),
        "to": address,
        **signed,
        "template": provider.template_of(rendered.version, envelope.channel, to.language),
        "text": rendered.text,
    }
    return line.send(str(envelope.pk), said, began=envelope.began, again=envelope.again)


def _missing(channel: Channel, rendered: Rendered, to: Addressee) -> str:
    """Return what the provider has still to approve, as a code; "" if nothing."""
    return provider.missing(rendered.version, channel, to)
