"""Turn a finished draft into a donor: the one call by which a volunteer is registered at a drive."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent import actions as consents
from consent.forms import LinesForm
from consent.models import Text
from foundation import trail, vault
from foundation.calendar import add_working_days
from foundation.vault import Capacity, DataKey, Subject
from registry.donors import actions as donors
from registry.donors.models import CallKind
from registry.donors.records import ContactPerson, Person
from registry.drives.actions import drafts
from registry.drives.answers import Answers, Facts, as_data
from registry.drives.models import Draft, Drive
from registry.drives.states import DriveState, Step
from registry.samples import actions as samples

if TYPE_CHECKING:
    from foundation.trail import Actor
    from registry.donors.models import Donor


class CannotEnrol(ValueError):
    """A draft cannot become a donor. ``sentences`` say why, in the reader's words."""

    sentence = _("This volunteer cannot be enrolled now.")

    @property
    def sentences(self) -> list[str]:
        """Say why."""
        return [str(self.sentence)]


class AlreadyRegistered(CannotEnrol):
    """Somebody with this document is registered already; nothing more is said."""

    sentence = _("This volunteer is already registered.")


class DriveNotOpen(CannotEnrol):
    """The drive is not open, so nobody can be enrolled at it."""

    sentence = _("This drive is not open. Open it first, then go on; the draft is kept.")


class DocumentNotSeen(CannotEnrol):
    """An own form became nobody's record yet: no coordinator has seen the document."""

    sentence = _("See the document first: the volunteer filled this form alone.")


class NotFinished(CannotEnrol):
    """A step of the draft is not answered yet."""

    sentence = _("A step is not finished yet.")

    def __init__(self, step: Step) -> None:
        super().__init__(step.value)
        self.step = step


@transaction.atomic
def enrol(draft: Draft, *, by: Actor, at: datetime) -> Donor:
    """
    Register the volunteer of a draft, with their consents and their tube, all or nothing.

    The draft's key is destroyed in the same transaction. Called again for the same
    draft it returns the same donor and changes nothing.

    :raises AlreadyRegistered: if the document is registered anywhere in the registry.
    :raises DriveNotOpen: if the drive was closed meanwhile.
    :raises DocumentNotSeen: if it is an own form whose document no coordinator has seen.
    :raises NotFinished: if a step is not answered.
    :raises moves.Refused: with every sentence that stands against the registration or the tube.
    """
    held = Draft.objects.select_for_update(of=("self", "drive"))
    draft = held.select_related("drive__branch").get(pk=draft.pk)
    if draft.donor is not None:
        return draft.donor
    answers = _finished(draft)
    drive = draft.drive
    person = person_of(answers, language=draft.language)
    subject = _subject(person, drive, at=at)
    _record_consents(subject, drive, answers, by=by, at=at)
    donor = donors.register(
        subject,
        person,
        contacts_of(answers),
        branch=drive.branch,
        by=by,
        at=at,
        on=drive,
        drive=drive,
        document_seen=not draft.wants_to_be_seen,
    )
    _collect(donor, drive, answers.facts(Step.TUBE), by=by, at=at)
    if answers.facts(Step.CONTACTS)["family_talk"]:
        _plan_family_talk(donor, at=at)
    _destroy(draft, donor, at=at)
    trail.record("draft.enrolled", by=by, at=at, object=donor, branch=drive.branch_id, drive=str(drive.pk))
    return donor


def person_of(answers: Answers, *, language: str) -> Person:
    """Return the volunteer as the document and the person themself say."""
    document, contacts, health = (answers.facts(s) for s in (Step.DOCUMENT, Step.CONTACTS, Step.HEALTH))
    return Person(
        name=document["name"],
        document_kind=document["kind"],
        document_number=document["number"],
        sex=document["sex"],
        born_on=date.fromisoformat(document["born_on"]),
        ethnic_group=document.get("ethnic_group", ""),
        phone=contacts["phone"],
        email=contacts.get("email", ""),
        address=contacts["address"],
        workplace=contacts["workplace"],
        graduates_on=date.fromisoformat(contacts["graduates_on"]) if contacts["graduates_on"] else None,
        blood_group=health["blood_group"],
        weight_kg=_decimal(health["weight_kg"]),
        language=language,
    )


def contacts_of(answers: Answers) -> list[ContactPerson]:
    """Return the two people who always know where the volunteer is."""
    return [ContactPerson(**contact) for contact in answers.facts(Step.CONTACTS)["contacts"]]


def _finished(draft: Draft) -> Answers:
    if draft.drive.state != DriveState.OPEN:
        raise DriveNotOpen
    if draft.wants_to_be_seen:
        raise DocumentNotSeen
    answers = drafts.read(draft)
    if answers.first_open is not None:
        raise NotFinished(answers.first_open)
    return answers


def _subject(person: Person, drive: Drive, *, at: datetime) -> Subject:
    document = vault.index.document(person.document_kind, person.document_number)
    try:
        return vault.create_subject(
            capacity=Capacity.DONOR,
            branch=drive.branch,
            document_index=document,
            at=at,
            language=person.language,
        )
    except vault.AlreadyThere:
        raise AlreadyRegistered from None


def _record_consents(subject: Subject, drive: Drive, answers: Answers, *, by: Actor, at: datetime) -> None:
    """Record the answers under the text that was shown, which may have been replaced since."""
    facts = answers.facts(Step.CONSENTS)
    text = Text.objects.get(pk=facts["text"])
    typed = as_data(answers.typed(Step.CONSENTS) or {})
    form = LinesForm(typed, text=text, language=facts["language"])
    if not form.is_valid():
        raise NotFinished(Step.CONSENTS)
    result = form.result()
    consents.record(
        subject,
        text=text,
        language=facts["language"],
        given=result.given,
        declined=result.declined,
        evidence=result.evidence,
        teach_back=result.teach_back,
        by=by,
        at=at,
        on=drive,
    )


def _collect(donor: Donor, drive: Drive, tube: Facts, *, by: Actor, at: datetime) -> None:
    samples.collect(
        donor,
        barcode=tube["barcode"],
        kind=tube["kind"],
        volume_ml=_decimal(tube["volume_ml"]),
        taken_at=at,
        by=by,
        at=at,
        on=drive,
    )


def _plan_family_talk(donor: Donor, *, at: datetime) -> None:
    """Put the talk that the volunteer wished for on the list of calls."""
    due_on = add_working_days(timezone.localdate(at), settings.FAMILY_TALK_WORKING_DAYS)
    donors.open_task(donor, CallKind.FAMILY_TALK, due_on=due_on, at=at)


def _destroy(draft: Draft, donor: Donor, *, at: datetime) -> None:
    key_id = draft.key_id
    draft.donor, draft.done_at, draft.touched_at, draft.step = donor, at, at, Step.DONE
    draft.key = draft.answers = None
    draft.save(update_fields=["donor", "done_at", "touched_at", "step", "key", "answers"])
    DataKey.objects.filter(pk__in=[key_id]).delete()


def _decimal(text: str | None) -> Decimal | None:
    return Decimal(text) if text else None
