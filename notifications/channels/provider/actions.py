"""Write down what the provider said of a branch's sign and of a wording's template."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from foundation import access, moves, trail
from foundation.access import Branch, Permission
from foundation.trail import Actor, ActorKind
from foundation.vault import normal
from notifications.channels.provider import queries, signals
from notifications.channels.provider.models import ProviderSign, ProviderTemplate, Standing
from notifications.wordings.models import WordingBody

LONGEST_SIGN: Final = 20
SHORTEST_SIGN: Final = 2
TRIED_OUT: Final = "LOCAL"  # the number of a template at the gateway of a demo


class _TopOfTheTree:
    """Templates hold for the whole installation: who changes them holds the right at the top."""

    def __init__(self) -> None:
        top = Branch.objects.order_by("path").values_list("path", flat=True).first()
        self.branch_paths = (top,) if top else ()


@transaction.atomic
def record_sign(branch: Branch, *, words: str, standing: str, by: Actor, at: datetime) -> ProviderSign:
    """
    Keep the sign of a branch, and what the provider said of it.

    :param words: without the brackets.
    :raises moves.Refused: if it is no sign.
    :raises moves.NotAllowed: if the actor may not change settings there.
    """
    _check_right(branch, by=by, at=at)
    words = normal.text(words).strip("【】[] ")
    if not SHORTEST_SIGN <= len(words) <= LONGEST_SIGN or not words.isprintable():
        raise moves.Refused([_("A sign has two to twenty characters.")])
    sign = ProviderSign.objects.select_for_update().filter(branch=branch).first()
    before = {"standing": sign.standing} if sign else None
    sign = sign or ProviderSign(branch=branch)
    sign.branch_path, sign.words, sign.standing, sign.changed_at = branch.path, words, Standing(standing), at
    _say_who(sign, by)
    sign.save()
    after = {"standing": str(sign.standing)}
    trail.record("sign.recorded", by=by, at=at, object=sign, branch=branch.pk, before=before, after=after)
    if sign.standing == Standing.APPROVED:
        signals.sign_approved.send(ProviderSign, sign=sign, by=by, at=at)
    return sign


@transaction.atomic
def record_template(
    body: WordingBody, *, number: str, standing: str, by: Actor, at: datetime
) -> ProviderTemplate:
    """
    Keep the provider's number for one text, and whether it is approved.

    :raises moves.Refused: if it is approved without a number.
    :raises moves.NotAllowed: if the actor may not change settings at the top of the tree.
    """
    _check_right(_TopOfTheTree(), by=by, at=at)
    number = "".join(normal.text(number).split())
    if standing == Standing.APPROVED and not number:
        raise moves.Refused([_("An approved template has a number.")])
    template = ProviderTemplate.objects.filter(
        version=body.version_id, channel=body.channel, language=body.language
    ).first()
    before = {"standing": template.standing} if template else None
    template = template or ProviderTemplate(
        version_id=body.version_id, channel=body.channel, language=body.language
    )
    template.number, template.standing, template.changed_at = number[:64], Standing(standing), at
    _say_who(template, by)
    template.save()
    after = {"standing": str(template.standing)}
    trail.record("template.recorded", by=by, at=at, object=template, before=before, after=after)
    if template.standing == Standing.APPROVED:
        signals.template_approved.send(ProviderTemplate, template=template, by=by, at=at)
    return template


@transaction.atomic
def approve_for_trying_out(*, sign: str, by: Actor, at: datetime) -> int:
    """Let the local gateway of a demo take every text in use, signed with one sign; return how many."""
    top = Branch.objects.order_by("path").first()
    if top is not None:
        record_sign(top, words=sign, standing=Standing.APPROVED, by=by, at=at)
    waiting = [line.body for line in queries.texts_in_use() if line.standing != Standing.APPROVED]
    for place, body in enumerate(waiting, start=1):
        record_template(body, number=f"{TRIED_OUT}{place:04}", standing=Standing.APPROVED, by=by, at=at)
    return len(waiting)


def _check_right(on: object, *, by: Actor, at: datetime) -> None:
    if by.kind == ActorKind.COMMAND or access.may(by, Permission.SETTINGS, on=on, at=at):
        return
    raise moves.NotAllowed(Permission.SETTINGS.value)


def _say_who(row: ProviderSign | ProviderTemplate, by: Actor) -> None:
    for name, value in by.columns().items():
        setattr(row, name, value)
