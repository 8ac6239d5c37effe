"""The words a drive, its staff and its counting up use for where they stand."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class DriveKind(TextChoices):
    """A day at a place, or the standing drive of an office that has appointments."""

    DRIVE = "DRIVE", _("Drive")
    OFFICE = "OFFICE", _("Office")


class DriveState(TextChoices):
    """Where a drive stands. An office is open for good."""

    PLANNED = "PLANNED", _("Planned")
    OPEN = "OPEN", _("Open")
    CLOSED = "CLOSED", _("Closed")


class CalledOff(TextChoices):
    """Why a drive does not take place: codes of the step that ended it."""

    WEATHER = "WEATHER", _("The weather")
    PLACE = "PLACE", _("The place cannot be used")
    STAFF = "STAFF", _("Too few of us can be there")
    FEW = "FEW", _("Too few people are expected")
    OTHER = "OTHER", _("Another reason")


class Duty(TextChoices):
    """What a colleague does at a drive."""

    LEAD = "LEAD", _("Leads the drive")
    ENROL = "ENROL", _("Enrols")
    TUBES = "TUBES", _("Takes and labels tubes")


class Step(TextChoices):
    """The steps of an enrolment, in their order."""

    DOCUMENT = "document", _("Document")
    CONTACTS = "contacts", _("Contacts and family")
    HEALTH = "health", _("Health")
    CONSENTS = "consents", _("Consent")
    TUBE = "tube", _("Tube")
    DONE = "done", _("Done")


class Lack(TextChoices):
    """What may be missing of a volunteer when a drive is counted up."""

    TUBE = "TUBE", _("No tube")
    SIGNATURE = "SIGNATURE", _("No signature")


class GapReason(TextChoices):
    """Why something is missing when a drive closes. Codes, so that no words about a person stand here."""

    FELT_FAINT = "FELT_FAINT", _("Felt faint or the vein could not be found")
    LEFT_EARLY = "LEFT_EARLY", _("Had to leave; comes again another day")
    TUBE_BROKEN = "TUBE_BROKEN", _("The tube broke or was spilled")
    TUBE_NOT_FOUND = "TUBE_NOT_FOUND", _("The tube was taken and is not in the box")
    SIGNS_AGAIN = "SIGNS_AGAIN", _("Comes to sign again")
    PAPER_LOST = "PAPER_LOST", _("The signed paper is not to be found")
    CHANGED_MIND = "CHANGED_MIND", _("Wants to think it over")


class Difference(TextChoices):
    """Why the box or the folder does not hold what the program counts."""

    NOT_FOUND = "NOT_FOUND", _("Searched for and not found")
    SENT_AHEAD = "SENT_AHEAD", _("Some went to the blood station earlier")
    OTHER_DRIVE = "OTHER_DRIVE", _("Some are of another drive")
    NOT_ENROLLED = "NOT_ENROLLED", _("Some are of people who are not enrolled yet")
