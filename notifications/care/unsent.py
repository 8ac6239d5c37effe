"""Why a message was not sent, in words, and what would mend it. The outbox keeps codes only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from notifications.plans.whys import Why
from notifications.recipients.words import AGAINST

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason in words. ``by_itself``: it is asked again, and nobody need do anything."""

    words: StrOrPromise
    mend: StrOrPromise = ""
    by_itself: bool = False


_LATER: Final = _("It is asked again by itself.")
_TO_OPERATOR: Final = _("Tell the operator of the program.")
_SIGN_AND_TEMPLATES: Final = _("Look at the sign and templates of the branch.")
_OTHER_WAY: Final = _("Choose another way, or correct it on the family's page.")

REASONS: Final[dict[str, Reason]] = {
    "dead": Reason(AGAINST["dead"]),
    "gone": Reason(AGAINST["gone"]),
    "erased": Reason(_("The record was erased")),
    "merged": Reason(_("Two records of one person were joined")),
    "objected": Reason(AGAINST["objected"], _("Call first; only they decide.")),
    "no_more": Reason(AGAINST["no_more"]),
    "withdrawn": Reason(_("The person withdrew")),
    "only_if_matched": Reason(AGAINST["only_if_matched"]),
    "legacy_unverified": Reason(AGAINST["legacy_unverified"], _("Call first.")),
    "no_consent": Reason(AGAINST["no_consent"], _OTHER_WAY),
    "scan_missing": Reason(
        AGAINST["scan_missing"],
        _("Bring the scan, and let a colleague verify it."),
    ),
    "no_address": Reason(AGAINST["no_address"], _OTHER_WAY),
    "already_reached": Reason(
        _("They were reached already, by another way or at the same address"), _("Leave it out.")
    ),
    "another_leaves": Reason(_("Another copy to the same address was leaving"), _LATER, by_itself=True),
    "nobody_to_write_to": Reason(_("Nobody of this household may be written to"), _OTHER_WAY),
    "channel_stopped": Reason(AGAINST["channel_stopped"], _OTHER_WAY),
    "channel_broken": Reason(AGAINST["channel_broken"], _OTHER_WAY),
    "gateway_invalid_number": Reason(_("The number cannot be reached"), _OTHER_WAY),
    "gateway_unsubscribed": Reason(_("They stopped this way themselves"), _OTHER_WAY),
    "gateway_blocked": Reason(_("Their provider lets nothing of us through"), _OTHER_WAY),
    "gateway_refused": Reason(_("The gateway refused it"), _TO_OPERATOR),
    "gateway_refuses_us": Reason(_("The gateway refuses our account"), _TO_OPERATOR),
    "bad_address": Reason(_("The address cannot be written to"), _OTHER_WAY),
    "not_released": Reason(_("It was not released"), _("Release it on its page.")),
    "touchpoint_ended": Reason(_("It was left out or done otherwise")),
    "plan_paused": Reason(_("The plan is paused"), _("Resume the plan on the family's page.")),
    "plan_ended": Reason(_("The plan ended")),
    "before_hundred": Reason(_("No machine speaks before the hundredth day"), _("Call, visit or write.")),
    "quiet_hours": Reason(_("It was night where they are"), _LATER, by_itself=True),
    "silent_day": Reason(_("The family wants no word on this day"), _LATER, by_itself=True),
    "rite_on_silent_day": Reason(_("The family wants no word on this day"), _("Release it on its page.")),
    "day_over": Reason(
        _("Its day is over"), _("Let it go today if a late word is a good one, or leave it out.")
    ),
    "too_soon": Reason(_("They heard from us within 48 hours"), _LATER, by_itself=True),
    "no_wording": Reason(_("No approved words for this way and language"), _("Have the wording approved.")),
    "field_empty": Reason(_("Something the words need is not known"), _("Fill it in on the family's page.")),
    "template_not_approved": Reason(_("The provider has not approved these words yet"), _SIGN_AND_TEMPLATES),
    "sign_not_approved": Reason(_("The provider has not approved these words yet"), _SIGN_AND_TEMPLATES),
    "replied": Reason(_("Somebody answered; read it first"), _("Look at the answers.")),
    "unread": Reason(
        _("Somebody answered, and was erased before anybody read it"), _("Decide whether it may go on.")
    ),
    "no_way": Reason(_("No way to reach them was open"), _OTHER_WAY),
    "restored": Reason(_("A backup was put back"), _TO_OPERATOR),
    "operator": Reason(_("The operator holds everything"), _TO_OPERATOR),
    "events_declined": Reason(_("They do not want to be invited to events")),
    "appointment_over": Reason(_("They came already, or do not come")),
    "event_called_off": Reason(_("The event was called off")),
    "event_changed": Reason(_("The event was moved, or they said otherwise meanwhile")),
    "event_over": Reason(_("The event is over")),
    "campaign_ended": Reason(_("The campaign was ended")),
    "plan_offered": Reason(
        _("They were asked, and have not answered yet"), _("Note it on the family's page.")
    ),
    "came_back": Reason(_("It came back"), _OTHER_WAY),
    "not_delivered": Reason(_("It came back"), _OTHER_WAY),
    "left_out": Reason(_("Somebody left it out")),
    "did_not_arrive": Reason(_("Somebody found that it did not arrive")),
    "sent_again": Reason(_("It did not arrive, and was sent again")),
    "answer_settled": Reason(_("Somebody answered, and what they said settled it")),
    "gateway_sign": Reason(_("The provider refuses the sign"), _SIGN_AND_TEMPLATES),
    "gateway_template": Reason(_("The provider refuses the template"), _SIGN_AND_TEMPLATES),
    "gateway_content": Reason(_("The provider refuses these words"), _SIGN_AND_TEMPLATES),
    "no_transport": Reason(_("No machine sends this way"), _TO_OPERATOR),
    "worker_lost": Reason(_("The program broke off while it was leaving"), _TO_OPERATOR),
    "fault": Reason(_("Something in the program or in a record is broken"), _TO_OPERATOR),
}


NO_MAILBOX: Final = Reason(_("There is no such mailbox"), _OTHER_WAY)
OF_A_LINE: Final = Reason(_("The line or the gateway had a fault"), _LATER, by_itself=True)
_BY_THE_MAIL_SERVER: Final = "rcpt_"  # and what it answered
_OF_LINES: Final = ("no_line", "no_folder", "no_gateway", "no_answer", "strange_answer")
_LINES: Final = ("line_", "refused_", "gateway_")  # what a line met, or its server answered


def known(code: str) -> Reason | None:
    """Return a reason in words; None of a fault of a line or a gateway, which goes by."""
    if code.startswith(_BY_THE_MAIL_SERVER):
        return NO_MAILBOX
    return REASONS.get(code) or (Reason(Why(code).label) if code in Why.values else None)


def reason_of(code: str) -> Reason:
    """Return a reason in words; a fault of a line or a gateway is one sentence for all of them."""
    if (reason := known(code)) is not None:
        return reason
    return OF_A_LINE if goes_by(code) else Reason(_("Not sent: %(why)s") % {"why": code}, _TO_OPERATOR)


def goes_by(code: str) -> bool:
    """Return whether a code is a fault of a line or a gateway, after which it is tried again."""
    return code in _OF_LINES or code.startswith(_LINES)
