"""A person of a household: what they were to the one who gave, and how they are reached."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.ids import uuid7
from foundation.trail.models import ActedBy
from foundation.vault import SealedField, SealedModel
from registry.families.querysets import MemberQuerySet


class Kin(models.TextChoices):
    """What a member of the family was to the one who gave."""

    SPOUSE = "SPOUSE", _("Husband or wife")
    PARENT = "PARENT", _("Parent")
    CHILD = "CHILD", _("Child")
    SIBLING = "SIBLING", _("Brother or sister")
    GRANDPARENT = "GRANDPARENT", _("Grandparent")
    OTHER = "OTHER", _("Other")


class Member(SealedModel, ActedBy):
    """A person of a household: a subject of capacity ``relative``. ``by_*`` say who entered them."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject = models.OneToOneField("foundation.Subject", models.PROTECT, related_name="member")
    family = models.ForeignKey("registry.Family", models.PROTECT, related_name="members")
    kin = models.CharField(max_length=12, choices=Kin)
    order = models.PositiveSmallIntegerField(default=0)  # 0 is asked and written to first
    born_on = models.DateField(null=True, blank=True)  # cut to the year by erasure
    time_zone = models.CharField(max_length=40, default="Asia/Shanghai")
    name = SealedField(null=True)
    phone = SealedField(null=True)
    email = SealedField(null=True)
    wechat = SealedField(null=True)
    address = SealedField(null=True)
    name_index = models.IntegerField(null=True)
    phone_index = models.CharField(max_length=64, null=True)  # noqa: DJ001  erased is not empty
    name_index_next = models.IntegerField(null=True)  # these two only while the index key changes
    phone_index_next = models.CharField(max_length=64, null=True)  # noqa: DJ001
    no_more_at = models.DateTimeField(null=True, blank=True)  # wants to hear nothing more
    added_at = models.DateTimeField()

    objects = MemberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="families_member_has_their_place", fields=["family", "order"]),
        ]
        indexes = [
            models.Index(name="families_members_by_phone", fields=["phone_index"]),
            models.Index(name="families_members_by_name", fields=["name_index"]),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def branch_paths(self) -> tuple[str, ...]:
        """Where the member's household stands in the tree; read with the family."""
        return (self.family.branch_path,)

    @property
    def may_hear(self) -> bool:
        """Whether anything may still come to them; read with the subject and the family."""
        gone = (self.subject.died_reported_at, self.subject.erased_at)
        return not any((*gone, self.no_more_at, self.family.stopped_at))
