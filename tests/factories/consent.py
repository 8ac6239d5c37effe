"""Texts, signatures and consents, each the plainest valid one."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

import factory
from PIL import Image, ImageDraw

from consent import actions, evidence
from consent.actions.publishing import FIRST
from consent.models import Consent, Text, TextBody
from consent.purposes import CORE, Purpose
from consent.states import State, TextState
from foundation import vault
from foundation.access import Branch
from foundation.trail import Actor, ActorKind
from foundation.vault import Capacity, Subject

if TYPE_CHECKING:
    from collections.abc import Collection

HPC = "hpc_recruitment"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
SIGNED_AT = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
TAKER = Actor(ActorKind.COMMAND, "tests")
_brought_in: list[tuple[Text, list[TextBody]]] = []  # the first texts as the action left them, once a process


def text() -> Text:
    """Return the recruitment text in force, brought in if need be."""
    there = set(Text.objects.values_list("document", "version"))
    if not there:
        _bring_in()
    elif not there.issuperset(FIRST):
        actions.install_first_texts(by=TAKER, at=LONG_AGO)
    return Text.objects.get(document=HPC, state=TextState.PUBLISHED)


def _bring_in() -> None:
    """Let the action bring the first texts in, or lay the same rows down again."""
    if _brought_in:
        Text.objects.bulk_create(made for made, _bodies in _brought_in)
        TextBody.objects.bulk_create(body for _made, bodies in _brought_in for body in bodies)
        return
    actions.install_first_texts(by=TAKER, at=LONG_AGO)
    _brought_in.extend((made, list(made.bodies.all())) for made in Text.objects.order_by("pk"))


@cache
def png(*, drawn: bool = True) -> bytes:
    """Return a signature as the page sends it: a PNG with a line on it, or an empty one."""
    picture = Image.new("RGB", (600, 200), "white")
    if drawn:
        ImageDraw.Draw(picture).line([(40, 120), (200, 60), (360, 150), (520, 80)], fill="black", width=4)
    written = BytesIO()
    picture.save(written, "PNG")
    return written.getvalue()


@cache
def jpeg() -> bytes:
    """Return the photograph of a signed page."""
    picture = Image.new("RGB", (620, 877), "white")
    ImageDraw.Draw(picture).line([(80, 700), (300, 640), (420, 720)], fill="navy", width=5)
    written = BytesIO()
    picture.save(written, "JPEG")
    return written.getvalue()


@cache
def drawn(document_seen: bool = True) -> evidence.NewEvidence:  # noqa: FBT001, FBT002
    """Return signatures in all five places, drawn on the screen."""
    slots = ("register", "sensitive", "sample", "share", "contact")
    return evidence.drawn(dict.fromkeys(slots, png()), document_seen=document_seen)


def subject(branch: Branch | None = None, *, at: datetime = SIGNED_AT) -> Subject:
    """Return a person known as a donor, at a county."""
    from tests.factories.foundation import BranchFactory  # noqa: PLC0415

    return vault.create_subject(
        capacity=Capacity.DONOR, branch=branch or BranchFactory(), document_index=None, at=at
    )


def sign(
    person: Subject,
    *,
    given: Collection[Purpose] = (*CORE, Purpose.CONTACT_PHONE),
    proof: evidence.NewEvidence | None = None,
    by: Actor = TAKER,
    at: datetime = SIGNED_AT,
    **more: Any,
) -> list[Consent]:
    """Record a signing of the recruitment text; on the screen unless told otherwise."""
    return actions.record(
        person, text=text(), language="zh-hans", given=given, evidence=proof or drawn(), by=by, at=at, **more
    )


class ConsentFactory(factory.Factory[Consent]):
    """One consent in force; ``state=State.SIGNED`` gives one on paper, ``scan=True`` brings its scan."""

    class Meta:
        model = Consent

    purpose = Purpose.REGISTER_HPC
    state = State.ACTIVE
    subject: Any = None
    scan = False

    @classmethod
    def _create(cls, model_class: type[Consent], *args: Any, **kwargs: Any) -> Consent:
        person = kwargs["subject"] or subject()
        on_paper = kwargs["state"] == State.SIGNED
        proof = evidence.paper() if on_paper else drawn()
        (made,) = sign(person, given=[kwargs["purpose"]], proof=proof)
        if kwargs["scan"]:
            actions.attach_scan(person, jpeg(), by=TAKER, at=SIGNED_AT)
        return Consent.objects.select_related("subject", "evidence").get(pk=made.pk)
