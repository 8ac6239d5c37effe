"""What can be wrong with a row of a paper list, and how it is mended."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Code(TextChoices):
    """
    Why a row is not taken. The label says what is wrong and how to mend it.

    Where several things are wrong, the first of this order is the one that is reported.
    """

    ID_CHECKSUM = (
        "id_checksum",
        _("The document number is not valid. Compare it with the card; an old one of 15 digits does not do."),
    )
    ID_LOST_DIGITS = (
        "id_lost_digits",
        _("The spreadsheet has cut digits off the document number. Type it again as text."),
    )
    AGE_OUT_OF_RANGE = (
        "age_out_of_range",
        _("On the day of registration people are 18 to 45. Thank this person; they cannot be registered."),
    )
    SEX_CONTRADICTS_ID = (
        "sex_contradicts_id",
        _("The sex is missing or is not what the document says. Look at the card and correct it."),
    )
    BIRTH_DATE_CONTRADICTS_ID = (
        "birth_date_contradicts_id",
        _("The birth date is not the one in the document number. Look at the card and correct it."),
    )
    NAME_MISSING = (
        "name_missing",
        _("The name is missing or is no name. Write it as it stands on the document."),
    )
    PHONE_INVALID = (
        "phone_invalid",
        _("A telephone number is missing or not valid. Look at the paper form, or ask the person."),
    )
    CONTACT_MISSING = (
        "contact_missing",
        _("Two relatives or friends are needed, each with a name and a number. Ask the person for them."),
    )
    CONTACT_IS_SELF = (
        "contact_is_self",
        _("A contact has the volunteer's own number. Ask for the number of the relative or friend."),
    )
    WEIGHT_TOO_LOW = (
        "weight_too_low",
        _("The weight is missing, not readable or too low: women need 45 kg, men 50 kg."),
    )
    DATE_UNREADABLE = (
        "date_unreadable",
        _("A date is missing, not readable or still to come. Write it as year-month-day: 2025-03-05."),
    )
    DUPLICATE_IN_FILE = (
        "duplicate_in_file",
        _("The same document stands further up in this sheet. Delete the row that is wrong."),
    )
    BARCODE_DUPLICATE = (
        "barcode_duplicate",
        _("This tube number belongs to somebody else, or is no tube number. Look at the label of the tube."),
    )
    ALREADY_REGISTERED = (
        "already_registered",
        _("This volunteer is already registered. Take the tube out."),
    )
    ERASED = (
        "erased",
        _("This person was erased from the register. Leave the row out; who wants to return joins anew."),
    )
    # of the records a branch kept before
    STATE_UNKNOWN = (
        "state_unknown",
        _("The state is missing or not known. Write it as the registry does, for example 在库可用 or 暂缓."),
    )
    LISTED_ON_MISSING = (
        "listed_on_missing",
        _("Somebody in this state has been listed. Write the day in the column 入库日期."),
    )
    TYPING_UNREADABLE = (
        "typing_unreadable",
        _("The typing is not written as one: A*02:01+A*11:01^B*46:01+B*40:01^DRB1*09:01+DRB1*15:01."),
    )
    NATIONAL_NO_UNREADABLE = (
        "national_no_unreadable",
        _(
            "This is no national number: it is too long, an ID or telephone number, or the spreadsheet has "
            "cut its digits. Type it as text."
        ),
    )
    NATIONAL_NO_DUPLICATE = (
        "national_no_duplicate",
        _("Somebody else has this national number. If they are one person, delete the row that is wrong."),
    )
