"""What was typed on the public page for a new number, until it is compared with the register."""

from __future__ import annotations

from django.db import models

from foundation.ids import uuid7
from foundation.vault import SealedField, SealedModel


class MovedNote(SealedModel):
    """
    A name, a document and a new number, sealed under a key of their own, for some minutes.

    The page only puts it here, so that it answers the same and as fast for everybody. Who
    is meant is found afterwards, and the note is destroyed with its key whether or not
    anybody was.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key = models.ForeignKey("foundation.DataKey", on_delete=models.PROTECT, related_name="+")
    said = SealedField(null=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.pk)
