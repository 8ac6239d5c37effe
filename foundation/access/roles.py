"""The roles a person can hold at a branch, and what each may do."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Permission(TextChoices):
    """One right. Roles give rights; nothing else does."""

    DRIVE_MANAGE = "drive_manage", _("Plan and run blood drives")
    DONOR_ENROL = "donor_enrol", _("Enrol volunteers")
    ENROL_ASSIST = "enrol_assist", _("Help enrol at one drive")
    DONOR_VIEW = "donor_view", _("See donors")
    DONOR_EDIT = "donor_edit", _("Change donors' details")
    DONOR_CORRECT = "donor_correct", _("Correct identities")
    DONOR_HOLD = "donor_hold", _("Hold and release donors")
    DONOR_MOVE = "donor_move", _("Move donors between branches")
    DONOR_EXPORT = "donor_export", _("Export donors")
    DONOR_LOSE = "donor_lose", _("Confirm that a donor is lost")
    DONOR_DIE = "donor_die", _("Record a death with evidence")
    DONOR_LIST = "donor_list", _("Enter donors into the registry")
    DONOR_MERGE = "donor_merge", _("Merge records")
    DONOR_IMPORT = "donor_import", _("Take over an existing registry")
    DONOR_EXCLUDE = "donor_exclude", _("Exclude donors on medical grounds")
    DONOR_RELIST = "donor_relist", _("Clear a donor to be listed again")
    PERSON_STOP = "person_stop", _("Record that a person wants it to stop")
    SAMPLE_COLLECT = "sample_collect", _("Take samples")
    SAMPLE_DISPATCH = "sample_dispatch", _("Send batches to the laboratory")
    SAMPLE_RECEIVE = "sample_receive", _("Receive batches at the laboratory")
    TYPING_RECORD = "typing_record", _("Record typings")
    TYPING_DISPUTE = "typing_dispute", _("Dispute typings")
    TYPING_VIEW = "typing_view", _("See typings")
    CALL_MAKE = "call_make", _("Make calls")
    CONSENT_RECORD = "consent_record", _("Record consents")
    CONSENT_VERIFY = "consent_verify", _("Verify consents on paper")
    CONSENT_PUBLISH = "consent_publish", _("Publish consent texts")
    CASE_CONTACT = "case_contact", _("Make contact in a match case")
    CASE_VIEW = "case_view", _("See match cases")
    CASE_WORK = "case_work", _("Work on match cases")
    CASE_OPEN = "case_open", _("Open match cases")
    CASE_DECIDE = "case_decide", _("Decide on match cases")
    CASE_CLEAR = "case_clear", _("Give medical clearance")
    CASE_ACCOMPANY = "case_accompany", _("Accompany a donor")
    CASE_FACTS = "case_facts", _("Enter a hospital's facts of a case")
    SEARCH_VIEW = "search_view", _("See searches")
    SEARCH_RUN = "search_run", _("Run searches")
    MEDICAL_VIEW = "medical_view", _("See medical findings")
    QUOTA_SET = "quota_set", _("Set quotas")
    PUBLIC_PUBLISH = "public_publish", _("Publish public figures")
    PROGRAMME_EDIT = "programme_edit", _("Edit programmes")
    PLEDGE_RECORD = "pledge_record", _("Record pledges")
    PLEDGE_VIEW = "pledge_view", _("See pledges")
    DECEASED_REFER = "deceased_refer", _("Refer a potential donor")
    DECEASED_WORK = "deceased_work", _("Work on deceased donations")
    WITNESS = "witness", _("Witness a recovery")
    FAMILY_VIEW = "family_view", _("See families")
    FAMILY_EDIT = "family_edit", _("Change families")
    CARE_PLAN = "care_plan", _("Plan family care")
    CARE_APPROVE = "care_approve", _("Approve family care")
    CARE_SEND = "care_send", _("Send family care")
    AID_WORK = "aid_work", _("Work on aid")
    FIGURES_VIEW = "figures_view", _("See figures")
    APPROVE = "approve", _("Approve what needs a second person")
    TRAIL_READ = "trail_read", _("Read the trail")
    ACCESS_READ = "access_read", _("Read who saw a person")
    STAFF_MANAGE = "staff_manage", _("Manage staff")
    BRANCH_MANAGE = "branch_manage", _("Manage branches")
    SETTINGS = "settings", _("Change settings")
    KEYS_OPERATE = "keys_operate", _("Operate keys")


class Role(TextChoices):
    """What a person is at a branch. Source: design/domain.md section 1."""

    COORDINATOR = "coordinator", _("Coordinator")
    HELPER = "helper", _("Helper")
    CASEWORKER = "caseworker", _("Caseworker")
    COMPANION = "companion", _("Companion")
    REGISTRY_MANAGER = "registry_manager", _("Registry manager")
    LABORATORY = "laboratory", _("Laboratory")
    MEDICAL_REVIEWER = "medical_reviewer", _("Medical reviewer")
    TRANSPLANT_HOSPITAL = "transplant_hospital", _("Transplant hospital")
    COLLECTION_HOSPITAL = "collection_hospital", _("Collection hospital")
    DONOR_HOSPITAL = "donor_hospital", _("Donor hospital")
    ORGAN_COORDINATOR = "organ_coordinator", _("Organ coordinator")
    FAMILY_CARE = "family_care", _("Family care")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("Administrator")


P = Permission
_CASEWORKER = frozenset(
    {
        P.DONOR_VIEW, P.DONOR_EDIT, P.DONOR_CORRECT, P.DONOR_HOLD, P.DONOR_MOVE, P.DONOR_EXPORT,
        P.DONOR_LOSE, P.DONOR_DIE, P.PERSON_STOP, P.CALL_MAKE, P.SAMPLE_DISPATCH, P.CONSENT_RECORD,
        P.CONSENT_VERIFY, P.CASE_VIEW, P.CASE_WORK, P.CASE_OPEN, P.SEARCH_VIEW, P.TYPING_DISPUTE,
        P.FIGURES_VIEW, P.APPROVE,
    }
)  # fmt: skip

# Source: the table of design/security.md section 2.
ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.COORDINATOR: frozenset(
        {
            P.DRIVE_MANAGE, P.DONOR_ENROL, P.DONOR_VIEW, P.DONOR_EDIT, P.DONOR_CORRECT, P.DONOR_HOLD,
            P.DONOR_MOVE, P.DONOR_EXPORT, P.PERSON_STOP, P.SAMPLE_COLLECT, P.CALL_MAKE, P.CONSENT_RECORD,
            P.CASE_CONTACT, P.PLEDGE_RECORD, P.FIGURES_VIEW,
        }
    ),
    Role.HELPER: frozenset({P.CALL_MAKE, P.ENROL_ASSIST, P.PERSON_STOP}),
    Role.CASEWORKER: _CASEWORKER,
    Role.COMPANION: frozenset({P.CASE_ACCOMPANY, P.PERSON_STOP}),
    Role.REGISTRY_MANAGER: _CASEWORKER
    | {
        P.DONOR_LIST, P.DONOR_MERGE, P.DONOR_IMPORT, P.CASE_DECIDE, P.SEARCH_RUN, P.TYPING_VIEW,
        P.QUOTA_SET, P.CONSENT_PUBLISH, P.PUBLIC_PUBLISH, P.PROGRAMME_EDIT,
    },
    Role.LABORATORY: frozenset({P.SAMPLE_RECEIVE, P.TYPING_RECORD, P.TYPING_DISPUTE}),
    Role.MEDICAL_REVIEWER: frozenset(
        {
            P.DONOR_VIEW, P.TYPING_VIEW, P.MEDICAL_VIEW, P.CASE_CLEAR, P.DONOR_EXCLUDE, P.DONOR_RELIST,
            P.PERSON_STOP,
        }
    ),
    Role.TRANSPLANT_HOSPITAL: frozenset({P.CASE_FACTS}),
    Role.COLLECTION_HOSPITAL: frozenset({P.CASE_FACTS, P.PERSON_STOP}),
    Role.DONOR_HOSPITAL: frozenset({P.DECEASED_REFER}),
    Role.ORGAN_COORDINATOR: frozenset(
        {P.PLEDGE_RECORD, P.PLEDGE_VIEW, P.DECEASED_WORK, P.WITNESS, P.PERSON_STOP}
    ),
    Role.FAMILY_CARE: frozenset(
        {
            P.FAMILY_VIEW, P.FAMILY_EDIT, P.CONSENT_RECORD, P.PERSON_STOP, P.CARE_PLAN, P.CARE_APPROVE,
            P.CARE_SEND, P.AID_WORK,
        }
    ),
    Role.AUDITOR: frozenset({P.TRAIL_READ, P.ACCESS_READ, P.FIGURES_VIEW}),
    Role.ADMINISTRATOR: frozenset({P.STAFF_MANAGE, P.BRANCH_MANAGE, P.SETTINGS, P.KEYS_OPERATE}),
}  # fmt: skip

# These roles reach only the things they are named on: a drive, a call list, a case.
NAMED_ROLES = frozenset(
    {
        Role.HELPER, Role.COMPANION, Role.TRANSPLANT_HOSPITAL, Role.COLLECTION_HOSPITAL,
        Role.DONOR_HOSPITAL,
    }
)  # fmt: skip
