"""Make the blind indexes of donors anew, from their words, when the index key changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from foundation import vault
from foundation.vault import Capacity, Subject
from foundation.vault.indexed import Indexed, Rows, register
from foundation.vault.indexes import Blind
from registry.donors import names
from registry.donors.models import Donor

Indexes = Mapping[str, Blind] | None


def answer_for_donors() -> None:
    """Answer for the indexes of donors, and of the subjects who are donors."""
    register(Indexed(Donor.objects.all, of_donors))
    register(Indexed(_subjects, of_subjects))


def of_donors(donors: Sequence[Donor]) -> list[Indexes]:
    """Return name, initials and phone of each donor; None where the name does not open."""
    return [_of_words(words["name"], words["phone"]) for words in vault.open(donors, ["name", "phone"])]


def of_subjects(subjects: Sequence[Subject]) -> list[Indexes]:
    """Return the document of each subject; None where it does not open."""
    donors = list(
        Donor.objects.filter(subject__in=subjects).only(
            "subject", "document_kind", "document", "seal_version"
        )
    )
    opened = zip(donors, vault.open(donors, ["document"]), strict=True)
    documents = {
        donor.subject_id: {"document_index": vault.index.document(donor.document_kind, words["document"])}
        for donor, words in opened
        if isinstance(words["document"], str)
    }
    return [documents.get(subject.pk) for subject in subjects]


def _of_words(name: object, phone: object) -> Indexes:
    if not isinstance(name, str):
        return None
    made: dict[str, Blind] = {
        "name_index": vault.index.name(name),
        "initials_index": vault.index.initials(names.initials(name)),
    }
    if isinstance(phone, str):
        made["phone_index"] = vault.index.phone(phone)
    return made


def _subjects() -> Rows:
    return Subject.objects.filter(capacity=Capacity.DONOR)
