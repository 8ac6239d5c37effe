"""Branches in a tree, staff, and the roles they hold there from one day to another."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _
from tree_queries.models import TreeNode

from foundation.access.querysets import BranchQuerySet, RoleQuerySet
from foundation.access.roles import Role
from foundation.ids import uuid7
from foundation.trail.models import ActedBy


class BranchKind(models.TextChoices):
    """Levels of the society, and the organisations that stand beside it."""

    PROVINCE = "province", _("Province")
    PREFECTURE = "prefecture", _("Prefecture")
    COUNTY = "county", _("County")
    STATION = "station", _("Station")
    LABORATORY = "laboratory", _("Laboratory")
    HOSPITAL = "hospital", _("Hospital")
    OPO = "opo", _("Organ procurement organisation")


ORGANISATIONS = frozenset({BranchKind.LABORATORY, BranchKind.HOSPITAL, BranchKind.OPO})


class Branch(TreeNode):  # type: ignore[misc]
    """
    A place in the tree.

    ``path`` is four digits a level, so that a subtree is one range of an index on
    every database and collation.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=12, choices=BranchKind)
    code = models.CharField(max_length=16, unique=True)
    path = models.CharField(max_length=32, unique=True)
    phone = models.CharField(max_length=24, blank=True)  # the landline volunteers are told
    active = models.BooleanField(default=True)
    # What a branch leaves open is as the nearest above it says; see ``branches.inherited``.
    address = models.CharField(max_length=120, blank=True)  # letters come back to it; it names nobody
    counts_the_day = models.BooleanField(null=True, blank=True)  # so many days on: is that day the first?

    objects = BranchQuerySet.as_manager(with_tree_fields=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="access_top_is_province",
                condition=models.Q(parent__isnull=False) | models.Q(kind=BranchKind.PROVINCE),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def branch_paths(self) -> tuple[str, ...]:
        """Where this branch stands: at itself."""
        return (self.path,)

    @property
    def is_organisation(self) -> bool:
        """Whether it is a laboratory, a hospital or an OPO, and no branch of the society."""
        return self.kind in ORGANISATIONS


class Staff(AbstractUser):
    """A person who works here. What they may do is in their roles, never on this row."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("name"), max_length=40, blank=True)
    language = models.CharField(max_length=8, blank=True)
    left_at = models.DateTimeField(null=True)

    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.name or self.username


class RoleAt(ActedBy):
    """A role held at a branch, reaching down its subtree, from one day to another."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="roles")
    role = models.CharField(max_length=24, choices=Role)
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="roles")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)  # the last day
    ended_at = models.DateTimeField(null=True)  # ended early
    granted_at = models.DateTimeField()

    objects = RoleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="access_role_ends_after_it_starts",
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("starts_on")),
            ),
            models.UniqueConstraint(
                name="access_role_once_from_a_day",
                fields=["staff", "role", "branch", "starts_on"],
                condition=models.Q(ended_at__isnull=True),
            ),
        ]
        indexes = [models.Index(name="access_roles_of_staff", fields=["staff", "starts_on"])]

    def __str__(self) -> str:
        return f"{self.role} {self.branch_id}"

    @property
    def branch_paths(self) -> tuple[str, ...]:
        """Where the role is held; read with ``select_related("branch")``."""
        return (self.branch.path,)


class HandOver(ActedBy):
    """One person's open work in the hands of another, until it returns by itself."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    from_staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="handed_over")
    to_staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="taken_over")
    kind = models.CharField(max_length=32)  # the key of the registered open work
    item = models.CharField(max_length=64)
    starts_on = models.DateField()
    ends_on = models.DateField()
    handed_at = models.DateTimeField()
    returned_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="access_item_handed_over_once",
                fields=["kind", "item"],
                condition=models.Q(returned_at__isnull=True),
            ),
            models.CheckConstraint(
                name="access_hand_over_ends_after_it_starts",
                condition=models.Q(ends_on__gte=models.F("starts_on")),
            ),
            models.CheckConstraint(
                name="access_hand_over_to_another",
                condition=~models.Q(from_staff=models.F("to_staff")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.item}"
