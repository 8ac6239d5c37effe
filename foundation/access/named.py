"""People named on one thing: a helper on a drive, a companion on a case. Guardian keeps the names."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Model, QuerySet
from guardian.models import UserObjectPermission
from guardian.shortcuts import assign_perm, get_objects_for_user, get_users_with_perms, remove_perm

from foundation.access.models import Staff


def codename(model: type[Model]) -> str:
    """Return guardian's word for being named on a thing; the model lists it in its Meta.permissions."""
    return f"work_on_{model._meta.model_name}"


def add(staff: Staff, thing: Model) -> None:
    """Name a person on one thing."""
    assign_perm(f"{thing._meta.app_label}.{codename(type(thing))}", staff, thing)


def remove(staff: Staff, thing: Model) -> None:
    """Take a person's name off one thing."""
    remove_perm(f"{thing._meta.app_label}.{codename(type(thing))}", staff, thing)


def ids(staff_id: UUID, model: type[Model]) -> list[UUID]:
    """Return the ids of the things of a kind that a person is named on."""
    staff = Staff.objects.get(pk=staff_id)
    permission = f"{model._meta.app_label}.{codename(model)}"
    things = get_objects_for_user(staff, permission, klass=model, accept_global_perms=False)
    return list(things.values_list("pk", flat=True))


def staff_on(thing: Model) -> list[Staff]:
    """Return who is named on a thing."""
    people: QuerySet[Staff] = get_users_with_perms(  # type: ignore[assignment]  # a list only with attach_perms
        thing,
        only_with_perms_in=[codename(type(thing))],
        with_superusers=False,
        with_group_users=False,
    )
    return list(people.order_by("pk"))


def things(model: type[Model]) -> set[UUID]:
    """Return the ids of the things of a kind that anybody is named on."""
    names = UserObjectPermission.objects.filter(
        permission__codename=codename(model), permission__content_type__app_label=model._meta.app_label
    )
    return {UUID(pk) for pk in names.values_list("object_pk", flat=True).distinct()}


def includes(staff_id: UUID, thing: Model) -> bool:
    """Return whether a person is named on a thing, or on the thing it belongs to (``named_things``)."""
    things: tuple[Model, ...] = getattr(thing, "named_things", (thing,))
    return any(one.pk in ids(staff_id, type(one)) for one in things if _can_name(type(one)))


def _can_name(model: type[Model]) -> bool:
    return codename(model) in {name for name, _ in model._meta.permissions}
