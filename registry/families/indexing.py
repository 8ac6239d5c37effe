"""Make the blind indexes of those who gave and of their relatives anew, when the index key changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from foundation import vault
from foundation.vault import Capacity, Subject
from foundation.vault.indexed import Indexed, Rows, register
from foundation.vault.indexes import Blind
from registry.families.models import Giver, Member

Indexes = Mapping[str, Blind] | None


def answer_for_families() -> None:
    """Answer for the indexes of those who gave, of their documents, and of relatives."""
    register(Indexed(Giver.objects.all, of_givers))
    register(Indexed(Member.objects.all, of_members))
    register(Indexed(_subjects, of_subjects))


def of_givers(givers: Sequence[Giver]) -> list[Indexes]:
    """Return the name of each; None where it does not open."""
    return [
        {"name_index": vault.index.name(words["name"])} if isinstance(words["name"], str) else None
        for words in vault.open(givers, ["name"])
    ]


def of_members(members: Sequence[Member]) -> list[Indexes]:
    """Return name and phone of each; None where the name does not open."""
    return [_of_words(words["name"], words["phone"]) for words in vault.open(members, ["name", "phone"])]


def of_subjects(subjects: Sequence[Subject]) -> list[Indexes]:
    """Return the document of each who gave; None where it does not open."""
    givers = list(
        Giver.objects.filter(subject__in=subjects).only(
            "subject", "document_kind", "document", "seal_version"
        )
    )
    documents = {
        giver.subject_id: {"document_index": vault.index.document(giver.document_kind, words["document"])}
        for giver, words in zip(givers, vault.open(givers, ["document"]), strict=True)
        if isinstance(words["document"], str)
    }
    return [documents.get(subject.pk) for subject in subjects]


def _of_words(name: object, phone: object) -> Indexes:
    if not isinstance(name, str):
        return None
    made: dict[str, Blind] = {"name_index": vault.index.name(name)}
    if isinstance(phone, str):
        made["phone_index"] = vault.index.phone(phone)
    return made


def _subjects() -> Rows:
    return Subject.objects.filter(capacity=Capacity.GIVER)
