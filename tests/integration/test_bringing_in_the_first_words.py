"""A branch brings in the texts, wordings and programmes that come with the program, and approves them."""

from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse

from consent import actions as consents
from consent.models import Text
from foundation import approvals
from foundation.access import BranchKind, Permission, Role, actor_for
from foundation.approvals import Approval
from foundation.desk import health
from notifications import first_contents
from notifications.programmes import actions as programmes
from notifications.programmes.models import Programme
from notifications.wordings import actions as wordings
from notifications.wordings.models import WordingVersion
from tests.factories.donors import DonorFactory
from tests.factories.foundation import SETTER_UP, BranchFactory, StaffFactory

ENGLISH = {"accept-language": "en"}
pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


def words_install() -> str:
    said = StringIO()
    call_command("words", "install", stdout=said)
    return said.getvalue()


class TestWordsInstall:
    def test_brings_all_in_as_drafts_once_and_nobody_is_sent_any_of_it(self) -> None:
        said = words_install()

        assert "6 consent texts" in said
        missing = "hpc_recruitment, family_contact, memorial_wall, hpc_verification"
        assert f"No consent text is in force for {missing}" in said
        assert set(Text.objects.exclude(version=0).values_list("state", flat=True)) == {"DRAFT"}
        assert set(WordingVersion.objects.values_list("state", flat=True)) == {"DRAFT"}
        assert set(Programme.objects.values_list("state", flat=True)) == {"DRAFT"}
        assert "0 consent texts, 0 wordings, 0 programmes" in words_install()

    def test_changes_nothing_that_is_in_use(self) -> None:
        wordings.install_first_wordings(by=SETTER_UP, at=NOW)

        assert first_contents.install(by=SETTER_UP, at=NOW).wordings == 0

        assert not any("No words" in sentence for sentence in first_contents.unapproved())


@pytest.fixture
def two():
    """Return two registry managers at the top, who approve for each other."""
    top = BranchFactory(kind=BranchKind.PROVINCE)
    asks, answers = (StaffFactory(role=Role.REGISTRY_MANAGER, branch=top) for _ in range(2))
    return [actor_for(staff.pk, Permission.PROGRAMME_EDIT, at=NOW) for staff in (asks, answers)]


def agree(by) -> None:
    approvals.decide(Approval.objects.waiting(NOW).get(), yes=True, by=by, at=NOW)


class TestTheDrafts:
    def test_are_used_once_people_of_the_branch_approved_them(self, two) -> None:
        asks, answers = two
        first_contents.install(by=SETTER_UP, at=NOW)

        for text in Text.objects.filter(state="DRAFT"):
            consents.publish(text, by=asks, at=NOW)
            consents.approve_by_counsel(text, by=asks, at=NOW)
        wordings.ask(WordingVersion.objects.get(wording__key="drive.reminder"), by=asks, at=NOW)
        agree(answers)
        programmes.ask_to_publish(Programme.objects.get(key="drive"), by=asks, at=NOW)
        agree(answers)

        left = "\n".join(health.unprepared())
        assert "consent text" not in left
        assert "drive" not in left
        assert "No programme is in use for case_paging, family_care" in left

    def test_are_missed_with_a_sentence_where_somebody_would_sign(self, signed_in) -> None:
        coordinator = StaffFactory(role=Role.COORDINATOR, branch=BranchFactory())
        donor = DonorFactory(branch=coordinator.roles.get().branch)
        Text.objects.update(state="RETIRED")

        page = signed_in(coordinator).get(
            reverse("consent:sign", args=[donor.subject_id]), follow=True, headers=ENGLISH
        )

        assert page.redirect_chain == [("/", 302)]
        assert "No consent text is in force." in page.content.decode()

    def test_stand_on_their_pages_before(self, signed_in) -> None:
        manager = StaffFactory(role=Role.REGISTRY_MANAGER, branch=BranchFactory())
        first_contents.install(by=SETTER_UP, at=NOW)
        client = signed_in(manager)

        for name in ("consent:texts", "wordings:list", "programmes:list"):
            assert client.get(reverse(name)).status_code == 200
        for version in (WordingVersion.objects.first(), Programme.objects.first(), Text.objects.last()):
            assert client.get(version.get_absolute_url()).status_code == 200
