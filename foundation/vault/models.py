"""Epochs of the master key, data keys, and subjects: a person in one capacity."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.ids import uuid7
from foundation.vault.querysets import SubjectQuerySet


class Capacity(models.TextChoices):
    """In what a person is known. One human may be several subjects."""

    DONOR = "donor", _("Donor")
    PLEDGER = "pledger", _("Pledger")
    GIVER = "giver", _("One who gave")
    RELATIVE = "relative", _("Relative")
    PATIENT = "patient", _("Patient")
    VISITOR = "visitor", _("Somebody expected at a drive")


class Epoch(models.Model):
    """A master key's time in use. The row goes before the secret does, and never while a key needs it."""

    id = models.CharField(primary_key=True, max_length=8)
    created_at = models.DateTimeField()
    backed_up_at = models.DateTimeField(null=True)  # a backup made under this epoch was restored and verified

    def __str__(self) -> str:
        return self.id


class DataKey(models.Model):
    """One wrapped key. Destroying the row destroys everything sealed under it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    epoch = models.ForeignKey(Epoch, on_delete=models.PROTECT, related_name="keys")
    suite = models.PositiveSmallIntegerField()
    wrapped = models.BinaryField()
    # Of the program's own keys; null for a person's.
    label = models.CharField(max_length=32, null=True, unique=True)  # noqa: DJ001 - unique where known

    def __str__(self) -> str:
        return str(self.id)


class IndexTurn(models.Model):
    """
    Under which index key the blind indexes stand, and which key they are being changed to.

    One row. Who writes an index reads it under a lock that only a step of the change
    waits for, so that nobody writes as if the step before still held.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    now = models.CharField(max_length=8)
    next = models.CharField(max_length=8, blank=True)
    began_at = models.DateTimeField(null=True)
    filled_at = models.DateTimeField(null=True)  # each second column is full: the first ones are changed

    class Meta:
        constraints = [
            models.CheckConstraint(name="vault_turns_once_at_a_time", condition=models.Q(id=1)),
            models.CheckConstraint(
                name="vault_turn_says_to_which_key",
                condition=models.Q(next="", began_at__isnull=True, filled_at__isnull=True)
                | ~models.Q(next="") & models.Q(began_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.now} → {self.next}" if self.next else self.now


class Subject(models.Model):
    """A person in one capacity: their own key, consents, messages and branch."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    capacity = models.CharField(max_length=12, choices=Capacity)
    branch = models.ForeignKey("foundation.Branch", on_delete=models.PROTECT, related_name="+")
    branch_path = models.CharField(max_length=32)
    document_index = models.CharField(max_length=64, null=True)  # noqa: DJ001 - unique where known
    document_index_next = models.CharField(max_length=64, null=True)  # noqa: DJ001 - while the key changes
    key = models.OneToOneField(DataKey, on_delete=models.SET_NULL, null=True, related_name="subject")
    language = models.CharField(max_length=8, default="zh-hans")
    created_at = models.DateTimeField()
    died_reported_at = models.DateTimeField(null=True)
    restricted_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)

    objects = SubjectQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="vault_document_once_per_capacity", fields=["capacity", "document_index"]
            ),
            models.UniqueConstraint(
                name="vault_document_once_under_the_next_key",
                fields=["capacity", "document_index_next"],
                condition=models.Q(document_index_next__isnull=False),
            ),
            models.CheckConstraint(
                name="vault_erased_keeps_no_index",
                condition=models.Q(erased_at__isnull=True)
                | models.Q(document_index__isnull=True, document_index_next__isnull=True, key__isnull=True),
            ),
        ]
        indexes = [
            models.Index(name="vault_subject_by_document", fields=["document_index"]),
            models.Index(
                name="vault_subject_by_next",
                fields=["document_index_next"],
                condition=models.Q(document_index_next__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.capacity} {self.id}"

    @property
    def branch_paths(self) -> tuple[str, ...]:
        """Where this person stands in the tree."""
        return (self.branch_path,)


class LedgerLine(models.Model):
    """
    One withdrawal, erasure or reversal, to be written outside the database too.

    It waits here until the ledger has it, so that neither a crash nor a full disk
    loses it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=16)
    subject_id = models.UUIDField()
    at = models.DateTimeField()
    written_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="vault_ledger_line_once", fields=["kind", "subject_id", "at"]),
        ]
        indexes = [
            models.Index(
                name="vault_ledger_waiting", fields=["id"], condition=models.Q(written_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id}"
