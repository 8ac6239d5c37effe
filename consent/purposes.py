"""What a person can agree to: one consent a purpose, and the uses a text may list under it."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Purpose(TextChoices):
    """
    The purposes of consent, one record each.

    Source: domain.md section 6.
    """

    REGISTER_HPC = "register_hpc", _("Being a volunteer on the register")
    SENSITIVE_DATA = "sensitive_data", _("Handling health and identity data")
    HLA_TYPING = "hla_typing", _("HLA typing of the sample")
    SAMPLE_STORAGE = "sample_storage", _("Keeping the sample")
    SHARE_REGISTRY = "share_registry", _("Sharing with the national registry")
    SHARE_HOSPITAL = "share_hospital", _("Sharing with the hospital that collects")
    SHARE_ABROAD = "share_abroad", _("Sharing with registries abroad")
    RESEARCH = "research", _("Research")
    VERIFICATION_TYPING = "verification_typing", _("Typing again for a patient")
    DONATION_FINAL = "donation_final", _("Donating for a patient")
    CONTACT_SMS = "contact_sms", _("Contact by text message")
    CONTACT_EMAIL = "contact_email", _("Contact by e-mail")
    CONTACT_PHONE = "contact_phone", _("Contact by telephone")
    CONTACT_POST = "contact_post", _("Contact by post")
    CONTACT_WECHAT = "contact_wechat", _("Contact by WeChat")
    CONTACT_VISIT = "contact_visit", _("Visits")
    CONTACT_IF_MATCHED_ONLY = "contact_if_matched_only", _("Contact only after a match")
    FAMILY_CONTACT = "family_contact", _("Talking with the family")
    PUBLICITY = "publicity", _("Publicity")
    MEMORIAL_WALL = "memorial_wall", _("Memorial wall")
    LETTERS = "letters", _("Letters between donor and recipient")
    BENEFIT_CHECK = "benefit_check", _("Checking benefits")
    RISK_SCORE = "risk_score", _("Estimating who may drop out")
    PEER_TALK = "peer_talk", _("Talking with other donors")
    PLEDGE_ORGAN = "pledge_organ", _("Pledging organs")
    PLEDGE_TISSUE = "pledge_tissue", _("Pledging tissue")
    PLEDGE_CORNEA = "pledge_cornea", _("Pledging corneas")
    PLEDGE_BODY = "pledge_body", _("Pledging the body")


# Withdrawing one of these is the donor's own withdrawal: without it nothing of the register is left.
# Source: domain.md section 6.
CORE = frozenset(
    {
        Purpose.REGISTER_HPC,
        Purpose.SENSITIVE_DATA,
        Purpose.HLA_TYPING,
        Purpose.SAMPLE_STORAGE,
        Purpose.SHARE_REGISTRY,
    }
)

CONTACT = frozenset(
    {
        Purpose.CONTACT_SMS,
        Purpose.CONTACT_EMAIL,
        Purpose.CONTACT_PHONE,
        Purpose.CONTACT_POST,
        Purpose.CONTACT_WECHAT,
        Purpose.CONTACT_VISIT,
        Purpose.CONTACT_IF_MATCHED_ONLY,
    }
)


class Use(TextChoices):
    """
    What exactly is done under a purpose. A text lists the uses it covers; any other is shut.

    A later text may bring uses that are not named here: a use is only a code.
    """

    KEEP_RECORD = "keep_record", _("keep the record on the register")
    SEARCH = "search", _("compare the typing with patients")
    IDENTITY = "identity", _("keep the identity document's number")
    HEALTH_ANSWERS = "health_answers", _("keep the answers about health")
    TYPE_HLA = "type_hla", _("type the HLA genes in a laboratory")
    TYPE_AGAIN = "type_again", _("type the kept sample more exactly")
    KEEP_SAMPLE = "keep_sample", _("keep the rest of the sample")
    NATIONAL_REGISTRY = "national_registry", _("enter typing and code into the national registry")
    SHOW_CODE_TO_HOSPITALS = "show_code_to_hospitals", _("show typing and code to hospitals that search")
    AFTER_A_MATCH = "after_a_match", _("speak about a match")
    KEEP_IN_TOUCH = "keep_in_touch", _("check that the contact details are right")
    CARE = "care", _("reminders and greetings")
    TYPE_FOR_PATIENT = "type_for_patient", _("type a fresh sample for one patient")
    TEST_INFECTIONS = "test_infections", _("test the sample for infections where the hospital asks")
    RESULTS_BY_CODE = "results_by_code", _("give the results to the patient's hospital under a code")
    NAME_TO_OWN_HOSPITAL = "name_to_own_hospital", _("tell the hospital that collects the donor's name")
    FINDINGS_TO_OWN_HOSPITAL = "findings_to_own_hospital", _("tell that hospital what it must know of health")
    EXAMINE = "examine", _("examine before the donation")
    COLLECT_CELLS = "collect_cells", _("collect stem cells for this patient")
    FOLLOW_UP = "follow_up", _("ask about health after the donation")
    FINDINGS_BY_CODE = "findings_by_code", _("give findings to the patient's hospital under a code")
    SHOW_ON_WALL = "show_on_wall", _("show name, years and words on the public memorial wall")
    FORWARD_LETTERS = "forward_letters", _("forward letters without names")
    TALK_WITH_DONORS = "talk_with_donors", _("let volunteers talk with this donor, by first name")
