"""Words are written, looked at, agreed to by a second person, and filled in with what records say."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from foundation import approvals, moves, vault
from foundation.access import Role
from foundation.approvals.models import Approval
from notifications import wordings
from notifications.channel_names import Channel
from notifications.wordings import FieldMissing, NoWording, actions, queries
from notifications.wordings.actions.writing import NotADraft, Words
from notifications.wordings.models import LANGUAGES, Readers, Wording, WordingState, WordingVersion
from tests.factories.families import MemberFactory
from tests.factories.foundation import BranchFactory, StaffFactory, actor, signed_in
from tests.factories.wordings import WordingFactory, install

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture
def house() -> dict[str, Any]:
    """A county whose family care writes, and the top of its tree, where somebody answers."""
    county = BranchFactory()
    top = county.parent.parent
    return {
        "county": county,
        "top": top,
        "writer": StaffFactory(role=Role.FAMILY_CARE, branch=county),
        "manager": StaffFactory(role=Role.REGISTRY_MANAGER, branch=top),
        "second": StaffFactory(role=Role.FAMILY_CARE, branch=top),
    }


class Reader:
    """Somebody to write to, as `notifications.recipients.Recipient` is."""

    def __init__(self, branch: Any, *, language: str = "zh-hans", member: Any = None) -> None:
        self.branch, self.language, self.donor, self.member = branch, language, None, member
        self.appointment = None


def reader(branch: Any, name: str, *, giver: str = "王建国") -> Reader:
    """Return the widow of one who gave, under a name that no form would let in."""
    member = MemberFactory(branch=branch, about={"name": "李秀英"})
    for row, called in ((member, name), (member.family.giver, giver)):
        row.save(update_fields=vault.seal(row, name=called))
    return Reader(branch, member=member)


def draft(wording: Wording, house: dict[str, Any]) -> WordingVersion:
    return actions.draft_from(wording.versions.get(number=1), by=actor(house["writer"]), at=NOW)


class TestAVersion:
    def test_is_sent_once_a_second_person_at_the_top_agreed(self, house) -> None:
        wording = WordingFactory()
        new = draft(wording, house)
        said = {(Channel.SMS, language): Words("{{ branch_phone }}!!") for language in LANGUAGES}
        actions.edit(new, said, by=actor(house["writer"]), at=NOW)
        asked = actions.ask(new, by=actor(house["writer"]), at=NOW)
        assert wordings.approved(wording.key, Channel.SMS, "en").text == "{{ name }}: {{ branch_phone }}"

        approvals.decide(asked, yes=True, by=actor(house["second"]), at=NOW)

        assert wordings.approved(wording.key, Channel.SMS, "en").text == "{{ branch_phone }}!!"
        assert list(wording.versions.order_by("number").values_list("state", flat=True)) == [
            "RETIRED",
            "APPROVED",
        ]
        assert WordingVersion.objects.get(pk=new.pk).approved_by_id == str(house["second"].pk)

    def test_is_not_agreed_to_by_who_asked(self, house) -> None:
        by = actor(house["second"])
        new = actions.draft_from(WordingFactory().versions.get(), by=by, at=NOW)
        asked = actions.ask(new, by=by, at=NOW)

        with pytest.raises(approvals.NotYours):
            approvals.decide(asked, yes=True, by=by, at=NOW)

    def test_is_not_agreed_to_at_the_county(self, house) -> None:
        asked = actions.ask(draft(WordingFactory(), house), by=actor(house["writer"]), at=NOW)
        neighbour = StaffFactory(role=Role.FAMILY_CARE, branch=house["county"])

        with pytest.raises(approvals.NotYours):
            approvals.decide(asked, yes=True, by=actor(neighbour), at=NOW)

    def test_does_not_change_while_it_waits_nor_after(self, house) -> None:
        new = draft(WordingFactory(), house)
        actions.ask(new, by=actor(house["writer"]), at=NOW)

        with pytest.raises(NotADraft):
            actions.edit(new, {(Channel.SMS, "en"): Words("other")}, by=actor(house["writer"]), at=NOW)

    def test_is_written_on_once_taken_back(self, house) -> None:
        new = draft(WordingFactory(), house)
        actions.ask(new, by=actor(house["writer"]), at=NOW)

        actions.take_back(new, by=actor(house["writer"]), at=NOW)

        assert WordingVersion.objects.get(pk=new.pk).state == WordingState.DRAFT
        assert not Approval.objects.waiting(NOW).exists()

    @pytest.mark.parametrize("text", ["祝您节日快乐", "{% include 'x' %}", "{{ nmae }}", ""])
    def test_is_not_asked_about_while_a_check_stops_it(self, house, text) -> None:
        new = draft(WordingFactory(), house)
        actions.edit(new, {(Channel.SMS, "zh-hans"): Words(text)}, by=actor(house["writer"]), at=NOW)

        with pytest.raises(moves.Refused):
            actions.ask(new, by=actor(house["writer"]), at=NOW)

    def test_is_one_draft_at_a_time(self, house) -> None:
        wording = WordingFactory()
        draft(wording, house)

        with pytest.raises(NotADraft):
            draft(wording, house)

    def test_for_volunteers_is_not_written_by_who_cares_for_families(self, house) -> None:
        wording = WordingFactory(audience=Readers.DONOR, bereaved=False)

        with pytest.raises(moves.NotAllowed):
            draft(wording, house)

    def test_is_approved_once_by_the_database(self) -> None:
        wording = WordingFactory()
        with pytest.raises(IntegrityError), transaction.atomic():
            WordingVersion.objects.create(
                wording=wording,
                number=2,
                state=WordingState.APPROVED,
                made_at=NOW,
                approved_at=NOW,
                approved_by_id="tests",
            )


class TestRender:
    def test_fills_in_what_the_records_say(self, house) -> None:
        WordingFactory(
            key="family.letter", texts={Channel.LETTER: "{{ name }}：\n\n{{ giver_name }}，{{ today }}"}
        )
        who = reader(house["county"], "李<秀英>")

        written = wordings.render("family.letter", Channel.LETTER, who, {}, at=NOW)

        assert written.text == "李<秀英>：\n\n王建国，2026年11月20日（星期五）"
        assert "<p>李&lt;秀英&gt;：</p>" in written.html

    def test_keeps_line_ends_out_of_a_subject_and_a_line(self, house) -> None:
        WordingFactory(key="family.mail", texts={Channel.EMAIL: "{{ name }} {{ event_place }}"})
        who = reader(house["county"], "李\r\nBcc: all@x.cn\u2028秀英")
        given = {"event_place": "Hall\r\n\r\nSubject: x"}

        written = wordings.render("family.mail", Channel.EMAIL, who, given, at=NOW)

        assert written.text == "李 Bcc: all@x.cn 秀英 Hall Subject: x"

    def test_never_reads_a_value_for_fields(self, house) -> None:
        WordingFactory(key="family.sms", texts={Channel.SMS: "{{ name }}"})
        who = reader(house["county"], "{{ giver_name }}{% debug %}")

        written = wordings.render("family.sms", Channel.SMS, who, {}, at=NOW)

        assert written.text == "{{ giver_name }}{% debug %}"

    def test_refuses_a_gap(self, house) -> None:
        WordingFactory(key="family.sms", texts={Channel.SMS: "{{ name }} {{ event_place }} {{ link_event }}"})
        who = reader(house["county"], "李秀英")
        given = {"event_place": " \u200b\n", "link_event": "javascript:alert(1)"}

        with pytest.raises(FieldMissing) as gap:
            wordings.render("family.sms", Channel.SMS, who, given, at=NOW)

        assert gap.value.names == ("event_place", "link_event")

    def test_takes_no_name_that_came_with_the_message(self, house) -> None:
        WordingFactory(key="family.sms", texts={Channel.SMS: "{{ name }}"})

        with pytest.raises(FieldMissing):
            wordings.render("family.sms", Channel.SMS, Reader(house["county"]), {"name": "Somebody"}, at=NOW)

    def test_has_no_words_for_a_way_nobody_wrote_for(self, house) -> None:
        WordingFactory(key="family.sms", texts={Channel.SMS: "{{ branch_name }}"})

        with pytest.raises(NoWording):
            wordings.render("family.sms", Channel.LETTER, Reader(house["county"]), {}, at=NOW)


class TestPages:
    def test_lead_from_the_words_in_use_to_a_second_person(self, client, house) -> None:
        install()
        signed_in(client, house["writer"])
        en = {"accept-language": "en"}
        qingming = WordingVersion.objects.get(wording__key="family.qingming")

        assert "Qingming" in client.get("/wordings/", headers=en).content.decode()
        assert (
            "【清溪县红十字会】"
            in client.get(f"/wordings/{qingming.pk}/?channel=SMS", headers=en).content.decode()
        )
        answer = client.post(f"/wordings/{qingming.pk}/new-version/", headers=en)
        new = WordingVersion.objects.get(wording=qingming.wording, state=WordingState.DRAFT)
        assert answer.url == new.get_absolute_url()
        page = f"/wordings/{new.pk}/SMS/zh-hans/"
        seen = client.post(page, {"text": "清明快乐", "look": "1"}, headers=en).content.decode()
        assert "Never cheerful words" in seen
        assert queries.problems_of(WordingVersion.objects.get(pk=new.pk)) == queries.problems_of(qingming)
        assert client.post(page, {"text": "{{ name }}，清明到了。"}, headers=en).status_code == 302
        assert client.post(f"/wordings/{new.pk}/ask/", headers=en, follow=True).status_code == 200
        assert WordingVersion.objects.get(pk=new.pk).state == WordingState.ASKED

    def test_show_what_is_typed_as_it_is_typed(self, client, house) -> None:
        new = draft(WordingFactory(), house)
        signed_in(client, house["writer"])

        partial = client.post(
            f"/wordings/{new.pk}/SMS/en/",
            {"text": "<script>{{ name }}</script>{% load x %}"},
            headers={"accept-language": "en", "hx-request": "true"},
        ).content.decode()

        assert "<html" not in partial
        assert "&lt;script&gt;Li Xiuying&lt;/script&gt;{% load x %}" in partial

    def test_keep_what_was_typed_when_it_is_refused(self, client, house) -> None:
        new = draft(WordingFactory(), house)
        signed_in(client, house["writer"])

        answer = client.post(f"/wordings/{new.pk}/SMS/en/", {"text": "kept \x00 words"})

        assert answer.status_code == 422
        assert "kept" in answer.content.decode()

    def test_of_volunteers_are_not_for_who_cares_for_families(self, client, house) -> None:
        wording = WordingFactory(audience=Readers.DONOR, bereaved=False)
        signed_in(client, house["writer"])

        assert client.get(wording.versions.get().get_absolute_url()).status_code == 404
