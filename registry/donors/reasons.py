"""Why a donor is held, lost or gone: WMDA reasons, our children of them, and neutral words.

The codes are for staff and statistics. On the person's own copy, which they may
read (PIPL art. 45), `neutral_words` are used and nothing else.
"""

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Parent(models.TextChoices):
    """Reasons as the WMDA writes them, verbatim. Source: EMDIS data dictionary, field 417."""

    PR = "PR", _("Personal reasons")
    UC = "UC", _("Unable to contact")
    MO = "MO", _("Moved to another registry or abroad")
    MR = "MR", _("Medical reasons")
    DO = "DO", _("Too old")
    DD = "DD", _("Died")
    TX = "TX", _("After a transplantation")
    TQ = "TQ", _("Typing questionable")
    OT = "OT", _("Other")
    UK = "UK", _("Unknown")


class Reason(models.TextChoices):
    """Our own children of the WMDA reasons; the part before the first `_` is the parent."""

    PR_FAM_SPOUSE = "PR_FAM_SPOUSE", _("Husband, wife or partner is against it")
    PR_FAM_PARENT = "PR_FAM_PARENT", _("A parent is against it")
    PR_FAM_CHILD = "PR_FAM_CHILD", _("A child is against it")
    PR_FEAR_HEALTH = "PR_FEAR_HEALTH", _("Fears for their health")
    PR_NOT_INFORMED = "PR_NOT_INFORMED", _("Was not told enough")
    PR_AMBIVALENT = "PR_AMBIVALENT", _("Is not sure any more")
    PR_WORK_STUDY = "PR_WORK_STUDY", _("Work or study")
    PR_MATERNITY_PLAN = "PR_MATERNITY_PLAN", _("Plans a child")
    PR_CUSTOM_FAITH = "PR_CUSTOM_FAITH", _("Custom or faith")
    PR_PRIVACY = "PR_PRIVACY", _("Privacy")
    PR_BAD_SERVICE = "PR_BAD_SERVICE", _("Was not treated well")
    PR_ONLINE_RUMOUR = "PR_ONLINE_RUMOUR", _("Read a rumour online")
    PR_PAY_REQUEST = "PR_PAY_REQUEST", _("Asks to be paid")
    PR_NOT_STATED = "PR_NOT_STATED", _("Did not say why")
    UC_WRONG_NO = "UC_WRONG_NO", _("Wrong number")
    UC_NO_ANSWER = "UC_NO_ANSWER", _("Does not answer")
    UC_REFUSED_CALL = "UC_REFUSED_CALL", _("Declines calls")
    UC_MOVED_NO_TRACE = "UC_MOVED_NO_TRACE", _("Moved without a trace")
    MO_OTHER_REGISTRY = "MO_OTHER_REGISTRY", _("Joined another registry")
    MO_ABROAD = "MO_ABROAD", _("Lives abroad")
    MR_T_PREGNANT = "MR_T_PREGNANT", _("Pregnant")
    MR_T_LACTATION = "MR_T_LACTATION", _("Breastfeeding")
    MR_T_MEDICATION = "MR_T_MEDICATION", _("Takes a medicine")
    MR_T_ILLNESS = "MR_T_ILLNESS", _("Is ill for a while")
    MR_T_SURGERY = "MR_T_SURGERY", _("After an operation")
    MR_T_WEIGHT = "MR_T_WEIGHT", _("Weight")
    MR_T_VACCINE = "MR_T_VACCINE", _("After a vaccination")
    MR_P_INFECTION = "MR_P_INFECTION", _("An infection")
    MR_P_AUTOIMMUNE = "MR_P_AUTOIMMUNE", _("An autoimmune illness")
    MR_P_MALIGNANCY = "MR_P_MALIGNANCY", _("A malignant illness")
    MR_P_CARDIO = "MR_P_CARDIO", _("Heart or circulation")
    MR_P_DIABETES = "MR_P_DIABETES", _("Diabetes")
    MR_P_OTHER = "MR_P_OTHER", _("Another lasting illness")
    DO = "DO", _("Too old")
    DD = "DD", _("Died")
    TX = "TX", _("After a transplantation")
    TQ = "TQ", _("Typing questionable")
    TQ_MIXED_UP = "TQ_MIXED_UP", _("Tubes were mixed up")
    OT = "OT", _("Other")
    UK = "UK", _("Unknown")
    LEGACY = "LEGACY", _("Taken over from the records before")
    MERGED = "MERGED", _("Joined with another record of the same person")


class SampleReason(models.TextChoices):
    """Why a laboratory could not use a tube."""

    HAEMOLYSED = "HAEMOLYSED", _("Haemolysed")
    CLOTTED = "CLOTTED", _("Clotted")
    UNLABELLED = "UNLABELLED", _("Unlabelled")
    INSUFFICIENT = "INSUFFICIENT", _("Too little")
    LOST = "LOST", _("Lost on the way")
    MIXED_UP = "MIXED_UP", _("Mixed up")
    DUPLICATE = "DUPLICATE", _("A second tube of the same person")


def _children(*parents: Parent) -> tuple[Reason, ...]:
    return tuple(reason for reason in Reason if reason.value.partition("_")[0] in parents)


PERSONAL = _children(Parent.PR)
OUT_OF_CONTACT = _children(Parent.UC)
LEAVING = _children(Parent.MO)
TEMPORARY = tuple(reason for reason in Reason if reason.value.startswith("MR_T_"))
PERMANENT = tuple(reason for reason in Reason if reason.value.startswith("MR_P_"))
FOR_A_HOLD = (*PERSONAL, *TEMPORARY, Reason.MO_ABROAD, Reason.TQ, Reason.TQ_MIXED_UP, Reason.OT)
FOR_A_DISPUTE = (Reason.TQ, Reason.TQ_MIXED_UP)


def parent(reason: str) -> Parent:
    """Return the WMDA reason a reason of ours is filed under; `UK` where it has none."""
    code = reason.partition("_")[0]
    return Parent(code) if code in Parent.values else Parent.UK


_NEUTRAL: dict[str, Promise] = {
    Parent.PR: _("Changed their decision"),
    Parent.UC: _("We could not reach you"),
    Parent.MO: _("Moved"),
    Parent.MR: _("For health reasons"),
    Parent.DO: _("The age limit was reached"),
    Parent.TX: _("After a donation"),
    Parent.TQ: _("The laboratory asks for a new sample"),
}


def neutral_words(reason: str) -> Promise:
    """Return the words for the person's own copy: never a judgement, never a diagnosis."""
    return _NEUTRAL.get(parent(reason), _("Other"))
