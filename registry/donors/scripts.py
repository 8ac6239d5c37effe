"""What to say on the telephone, by what the call is for and by whether the other may know."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registry.donors.models import CallKind, Contact

Words = str | Promise
_FIRST: Final = _("Ask whether it is a good moment, and whether they can talk freely.")
_LAST: Final = _("Thank them. Whatever they decide is right.")

_FOR: Final[dict[str, tuple[Words, ...]]] = {
    CallKind.PRE_LISTING: (
        _("You gave a sample some weeks ago. Its typing is here, and you could now be listed."),
        _(
            "Three questions first: Does your family support it? Do you know what happens if you match? "
            "Would you go on?"
        ),
        _("Not sure is a good answer too: we can pause, or call again."),
    ),
    CallKind.RESAMPLE: (
        _("The laboratory could not use the sample. It is nobody's fault. May we take another?"),
    ),
    CallKind.HOLD_ENDED: (
        _("Ask how they are. The pause they asked for is over; nothing happens by itself."),
        _("Would you like to go on, pause longer, or leave? All three are fine."),
    ),
    CallKind.OBJECTION: (
        _("Somebody near you told us that they do not want this. We stopped everything for now."),
        _("What would you like yourself? We do what you say, and nobody else."),
    ),
    CallKind.NEW_NUMBER: (_("Somebody left this as your new number. Is it yours? Ask one fact to be sure."),),
    CallKind.CONTACT_CHECK: (_("We only check that we can reach you. Is this still the best number?"),),
    CallKind.AGE_LIMIT: (_("You have stood by for many years. Soon the age limit is reached. Thank you."),),
}
_MAY_KNOW: Final = _("They know. You may say what it is about, and ask how the volunteer is best reached.")
_MAY_NOT: Final = _(
    "They do not know. Say only: the Red Cross would like to update a number. Not a word of donation."
)


def for_donor(kind: str) -> list[Words]:
    """Return what to say to the volunteer, line by line."""
    return [_FIRST, *_FOR.get(kind, ()), _LAST]


def for_contact(contact: Contact) -> Words:
    """Return what to say to a relative or friend; whoever may not know hears nothing of donation."""
    return _MAY_KNOW if contact.may_know else _MAY_NOT
