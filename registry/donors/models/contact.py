"""Relatives and friends of a donor, what they know and think, and words beside a move."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.ids import uuid7
from foundation.trail.models import ActedBy
from foundation.vault import SealedField, SealedModel


class Relation(models.TextChoices):
    """What somebody is to the donor."""

    SPOUSE = "SPOUSE", _("Husband, wife or partner")
    PARENT = "PARENT", _("Parent")
    CHILD = "CHILD", _("Child")
    SIBLING = "SIBLING", _("Brother or sister")
    RELATIVE = "RELATIVE", _("Relative")
    FRIEND = "FRIEND", _("Friend")
    CLASSMATE = "CLASSMATE", _("Classmate or room-mate")
    COLLEAGUE = "COLLEAGUE", _("Colleague")
    OTHER = "OTHER", _("Other")


class Stance(models.TextChoices):
    """What a contact thinks of the donation, as the donor or they themselves say."""

    SUPPORTS = "SUPPORTS", _("Supports it")
    UNSURE = "UNSURE", _("Is not sure")
    AGAINST = "AGAINST", _("Is against it")
    NOT_TOLD = "NOT_TOLD", _("Does not know")
    NOT_ASKED = "NOT_ASKED", _("Not asked yet")


class Contact(SealedModel):
    """
    A person the branch may ask where the donor is, sealed under the donor's key.

    Where `may_know` is no, they hear only that the Red Cross would like to update a number.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    donor = models.ForeignKey("registry.Donor", models.CASCADE, related_name="contacts")
    order = models.PositiveSmallIntegerField()
    relation = models.CharField(max_length=12, choices=Relation, default=Relation.OTHER)
    may_know = models.BooleanField(default=False)
    stance = models.CharField(max_length=12, choices=Stance, default=Stance.NOT_ASKED)
    stance_on = models.DateField(null=True)
    name = SealedField(null=True)
    phone = SealedField(null=True)
    phone_since = models.DateTimeField(null=True)  # calls before it went to another number
    phone_wrong_on = models.DateField(null=True)  # it is somebody else's, or there is none such
    verified_on = models.DateField(null=True)  # reached at this number

    class Meta:
        constraints = [
            models.UniqueConstraint(name="donors_contact_has_its_place", fields=["donor", "order"]),
            models.CheckConstraint(
                name="donors_contact_stance_is_known", condition=Q(stance__in=Stance.values)
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class MoveNote(SealedModel, ActedBy):
    """Words somebody wrote beside a move or a call, sealed under the donor's key."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    donor = models.ForeignKey("registry.Donor", models.CASCADE, related_name="notes")
    about = models.CharField(max_length=32)
    at = models.DateTimeField()
    words = SealedField(null=True)

    class Meta:
        indexes = [models.Index(name="donors_notes", fields=["donor", "-id"])]

    def __str__(self) -> str:
        return str(self.pk)
