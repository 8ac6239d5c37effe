"""Columns that hold sealed values and refuse anything else."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.db import models

from foundation.vault.sealing import Sealed


class SealedField(models.BinaryField):  # type: ignore[type-arg]
    """
    A column of ``Sealed`` values.

    Plaintext is a TypeError wherever it would reach the database: in ``save``,
    ``update``, ``bulk_create`` and look-ups alike.
    """

    def __init__(self, *args: Any, binary: bool = False, **kwargs: Any) -> None:
        self.binary = binary
        kwargs.setdefault("null", True)
        kwargs.setdefault("blank", True)
        kwargs["editable"] = False
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """Keep whether the plaintext is bytes."""
        name, path, args, kwargs = super().deconstruct()
        if self.binary:
            kwargs["binary"] = True
        return name, path, args, kwargs

    def from_db_value(self, value: Any, *_: object) -> Sealed | None:
        """Read the column as a sealed value."""
        return None if value is None else Sealed(bytes(value))

    def get_prep_value(self, value: Any) -> Any:
        """Refuse whatever is not sealed."""
        if value is None:
            return None
        if not isinstance(value, Sealed):
            message = f"{self.name} is a sealed column: it takes a Sealed value, from vault.seal."
            raise TypeError(message)
        return value.blob

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:  # noqa: FBT001, FBT002
        """Hand the bytes to the driver."""
        blob = value if prepared and isinstance(value, bytes) else self.get_prep_value(value)
        return None if blob is None else connection.Database.Binary(blob)

    def to_python(self, value: Any) -> Any:
        """Leave sealed values as they are."""
        return value

    def value_to_string(self, obj: models.Model) -> str:
        """Serialise as hexadecimal, for dumps of our own tests only."""
        sealed = self.value_from_object(obj)
        return "" if sealed is None else sealed.blob.hex()


class SealedModel(models.Model):
    """A row with sealed cells, all of them sealed at one version."""

    seal_version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        abstract = True


@lru_cache(maxsize=64)
def sealed_fields(model: type[models.Model]) -> tuple[SealedField, ...]:
    """Return the sealed columns of a model."""
    return tuple(f for f in model._meta.concrete_fields if isinstance(f, SealedField))
