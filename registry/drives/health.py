"""The questions about health that are asked before a volunteer is enrolled."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Condition(TextChoices):
    """
    What speaks against enrolling somebody, now or for good.

    A coordinator does not judge: whoever ticks one is thanked, and asked to speak with the branch.

    Source: design/domain.md section 2, reason codes MR (temporary and permanent).
    """

    PREGNANT = "T_PREGNANT", _("Pregnant, or breastfeeding")
    MEDICATION = "T_MEDICATION", _("Taking medicine every day")
    RECENT = "T_SURGERY", _("An operation, or an illness with fever, in the last weeks")
    INFECTION = "P_INFECTION", _("Hepatitis B or C, HIV, syphilis, or tuberculosis")
    AUTOIMMUNE = "P_AUTOIMMUNE", _("An autoimmune illness, such as rheumatism, lupus or psoriasis")
    MALIGNANCY = "P_MALIGNANCY", _("Cancer or an illness of the blood, now or earlier")
    HEART = "P_CARDIO", _("An illness of the heart, the lungs, the kidneys or the liver")
    DIABETES = "P_DIABETES", _("Diabetes, epilepsy, or severe asthma")
    TRANSPLANT = "P_OTHER", _("Received an organ or tissue of somebody else")
