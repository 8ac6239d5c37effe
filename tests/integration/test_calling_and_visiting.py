"""Calls and visits: whose they are, what is said, how they end; and letters that a person posts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from foundation import moves, vault
from foundation.access import Branch, Role, command_actor
from notifications.channel_names import Channel
from notifications.channels import Envelope, NotHandedOver, post, provider, short
from notifications.channels.by_hand import actions
from notifications.channels.by_hand.models import Result, Try
from notifications.channels.provider import actions as provider_actions
from notifications.channels.provider import queries as provider_queries
from notifications.outbox.models import Message, MessageState
from notifications.plans import actions as plans
from notifications.plans.models import Touchpoint
from notifications.plans.states import TouchpointState
from notifications.recipients import contact
from registry.families.models import Giver
from tests.factories.families import MemberFactory
from tests.factories.foundation import BranchFactory, StaffFactory, actor
from tests.factories.messages import MessageFactory
from tests.factories.plans import PlanFactory, StepFactory, TouchpointFactory
from tests.factories.wordings import WordingFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 12, 20, 2, 0, tzinfo=UTC)
PHONE = "+8613600000099"
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def widow():
    return MemberFactory(about={"phone": PHONE})


@pytest.fixture
def mei(widow):
    return StaffFactory(role=Role.FAMILY_CARE, branch=widow.family.branch)


@pytest.fixture
def locks(monkeypatch) -> list[set[UUID]]:
    """Who is locked by each call, in their order."""
    taken: list[set[UUID]] = []
    lock = vault.lock
    monkeypatch.setattr(vault, "lock", lambda *ids: (taken.append(set(ids)), lock(*ids)))
    return taken


def _of_household(member) -> set[UUID]:
    return {member.family.giver.subject_id, *member.family.members.values_list("subject_id", flat=True)}


def task(widow, way=Channel.CALL, *, wording="family.none", **more: Any) -> Touchpoint:
    plan = PlanFactory(family=widow.family)
    step = StepFactory(programme__key=plan.programme_key, channels=[way], wording=wording)
    return TouchpointFactory(plan=plan, step=step, **{"state": TouchpointState.APPROVED, **more})


def record(touchpoint, who, result, by, way=Channel.CALL, **more: Any) -> Try | None:
    return actions.record(
        touchpoint, who=who.subject, channel=way, result=result, by=actor(by), at=AT, **more
    )


class TestACall:
    def test_that_reached_somebody_is_done_and_is_their_one_copy(self, widow, mei):
        touchpoint = task(widow)

        record(touchpoint, widow, Result.REACHED, mei, words="她睡得好一些了")

        message = Message.objects.get(touchpoint=touchpoint)
        assert Touchpoint.objects.get().state == TouchpointState.RESPONDED
        assert (message.state, message.channel, message.subject_id) == ("SENT", "CALL", widow.subject_id)
        assert vault.open_one(message, "words")["words"] == "她睡得好一些了"

    def test_in_vain_stays_to_be_made_on_another_day(self, widow, mei, signed_in):
        touchpoint = task(widow)
        again = (datetime.now(UTC) + timedelta(days=400)).date()

        record(touchpoint, widow, Result.NO_ANSWER, mei, again_on=again)

        assert Touchpoint.objects.get().state == TouchpointState.APPROVED
        assert not Message.objects.exists()
        page = signed_in(mei).get(reverse("by_hand:families")).content.decode()
        assert str(touchpoint.pk) not in page

    def test_to_somebody_elses_number_marks_it_for_calls_and_short_messages(self, widow, mei):
        record(task(widow), widow, Result.WRONG, mei)

        for way in (Channel.CALL, Channel.SMS):
            assert contact.against(widow.subject_id, way, PHONE) == "channel_broken"

    def test_takes_the_place_of_a_copy_that_was_cancelled(self, widow, mei):
        touchpoint = task(widow)
        told = MessageFactory(
            touchpoint=touchpoint, subject=widow.subject, state=MessageState.CANCELLED, why="x"
        )

        record(touchpoint, widow, Result.REACHED, mei, words="她睡得好一些了")

        message = Message.objects.get()
        assert (message.pk, message.state, message.channel) == (told.pk, "SENT", "CALL")
        assert vault.open_one(message, "words")["words"] == "她睡得好一些了"

    def test_is_not_made_to_whom_another_way_reached(self, widow, mei, signed_in):
        touchpoint = task(widow)
        MessageFactory(
            touchpoint=touchpoint, subject=widow.subject, channel="SMS", state=MessageState.UNKNOWN
        )

        with pytest.raises(moves.Refused) as refused, override("en"):
            record(touchpoint, widow, Result.REACHED, mei)
        assert "reached already" in str(refused.value.sentences[0])

        url = reverse("by_hand:of_family", args=[touchpoint.pk])
        page = signed_in(mei).get(url, headers=ENGLISH).content.decode()
        assert "May have been reached on 2026-11-20" in page
        assert "Everybody was reached already" in page
        assert PHONE not in page
        assert Touchpoint.objects.get().state == TouchpointState.APPROVED

    def test_that_was_held_meanwhile_is_not_made(self, widow, mei):
        touchpoint = task(widow, state=TouchpointState.HELD)

        with pytest.raises(moves.WrongState):
            record(touchpoint, widow, Result.REACHED, mei)

    @pytest.mark.parametrize("result", [Result.REACHED, Result.NO_ANSWER])
    def test_to_a_family_is_not_for_who_looks_after_volunteers(self, widow, result):
        lin = StaffFactory(role=Role.COORDINATOR, branch=widow.family.branch)

        with pytest.raises((moves.Refused, moves.NotAllowed)):
            record(task(widow), widow, result, lin)


class TestThePageOfACall:
    def test_gives_script_and_number_and_takes_how_it_ended(self, widow, mei, signed_in):
        WordingFactory(key="family.call", texts={Channel.CALL: "您好，{{ name }}。"})
        touchpoint = task(widow, wording="family.call")
        client, url = signed_in(mei), reverse("by_hand:of_family", args=[touchpoint.pk])

        listed = client.get(reverse("by_hand:families")).content.decode()
        page = client.get(url, headers=ENGLISH).content.decode()
        done = client.post(url, {"who": str(widow.subject_id), "result": "REACHED", "words": "还好"})

        assert url in listed
        assert f"tel:{PHONE}" in page
        assert "您好，沈丽萍。" in page
        assert done.status_code == 302
        assert Touchpoint.objects.get().state == TouchpointState.RESPONDED

    def test_is_mine_or_everybodys(self, widow, mei, signed_in):
        touchpoint, client = task(widow), signed_in(mei)
        assert str(touchpoint.pk) in client.get(reverse("by_hand:families")).content.decode()  # nobody's yet

        widow.family.officer = StaffFactory(role=Role.FAMILY_CARE, branch=widow.family.branch)
        widow.family.save()

        assert str(touchpoint.pk) not in client.get("/").content.decode()
        assert str(touchpoint.pk) not in client.get(reverse("by_hand:families")).content.decode()
        assert str(touchpoint.pk) in client.get(reverse("by_hand:families") + "?whose=all").content.decode()

    def test_stands_on_today_with_whose_it_is_and_for_how_long(self, widow, mei, signed_in):
        touchpoint = task(widow, on_date=timezone.localdate() - timedelta(days=5))

        page = signed_in(mei).get("/", headers=ENGLISH).content.decode()

        assert str(touchpoint.pk) in page
        assert "沈**" in page
        assert "due for 5 days" in page

    def test_is_not_there_for_another_branch(self, widow, signed_in):
        far = signed_in(StaffFactory(role=Role.FAMILY_CARE, branch=BranchFactory()))

        assert far.get(reverse("by_hand:of_family", args=[task(widow).pk])).status_code == 404


class TestALetter:
    @pytest.fixture
    def letter(self, widow):
        MemberFactory(family=widow.family, about={"name": "周小明", "kin": "CHILD", "address": ""})
        WordingFactory(key="family.letter", texts={Channel.LETTER: "敬爱的{{ name }}：\n\n清明将至。"})
        return post.letter_of(task(widow, Channel.LETTER, wording="family.letter"), at=AT)

    def test_is_one_a_household_to_who_comes_first(self, letter, widow):
        assert letter.name == "沈丽萍"
        assert letter.address == ("浙江省宁波市示例路8号",)
        assert len(letter.of) == 2
        assert "清明将至" in letter.rendered.text

    def test_has_an_envelope_that_says_neither_from_whom_it_is_nor_what_is_inside(self, letter):
        from django.template.loader import render_to_string  # noqa: PLC0415  one page of this test

        Branch.objects.filter(pk=letter.branch.pk).update(address="示例路1号")
        (of_it,) = post.pages([letter], envelope="dl")["letters"]
        given = {"letter": of_it[0], "sender": of_it[1], "envelope": "dl"}
        paper = render_to_string("notifications/post/_envelope.html", given)

        assert letter.branch.name not in paper  # nor from whom it is: only where it comes back to
        assert "示例路1号" in paper
        assert "沈丽萍" in paper
        assert "清明" not in paper

    def test_comes_out_as_a_paper(self, letter):
        assert post.letters_pdf([letter], envelope="c5").startswith(b"%PDF")

    def test_is_sent_when_somebody_says_that_it_was_posted(self, letter, mei):
        post.posted(letter.touchpoint, by=actor(mei), at=AT)

        assert set(Message.objects.values_list("state", "channel")) == {("SENT", "LETTER")}
        assert Message.objects.count() == 2

    def test_is_posted_with_all_of_the_household_locked_at_once(self, letter, widow, mei, locks):
        post.posted(letter.touchpoint, by=actor(mei), at=AT)

        assert locks[0] == _of_household(widow)

    def test_is_released_with_others_with_all_of_them_locked_at_once(self, widow, mei, locks):
        stands = MemberFactory(branch=widow.family.branch)
        Giver.objects.update(died_on=date(2026, 1, 1))
        for member in (widow, stands):
            task(member, Channel.LETTER, state=TouchpointState.DUE)
        locks.clear()

        plans.approve_many(list(Touchpoint.objects.all()), by=actor(mei), at=AT)

        assert locks[0] == _of_household(widow) | _of_household(stands)

    def test_is_not_written_to_a_household_that_was_reached_by_another_way(self, letter, widow, mei):
        for member in widow.family.members.all():
            MessageFactory(touchpoint=letter.touchpoint, subject=member.subject, state=MessageState.SENT)
        again = task(widow, Channel.LETTER, state=TouchpointState.DUE)
        MessageFactory(touchpoint=again, subject=widow.subject, state=MessageState.SENT)

        assert post.letter_of(letter.touchpoint, at=AT).why == "already_reached"
        assert [one.subject.pk for one in post.letter_of(again, at=AT).of] != [widow.subject_id]

    def test_is_not_written_where_nobody_may_be_written_to(self, letter, widow):
        for member in widow.family.members.all():
            contact.mark(member.subject, Channel.LETTER, "STOPPED", by=command_actor(), at=AT)

        again = post.letter_of(letter.touchpoint, at=AT)

        assert (again.why, again.rendered) == ("channel_stopped", None)
        assert post.pages([again])["letters"] == []


class TestAShortMessage:
    @pytest.fixture
    def line(self, settings, tmp_path):
        settings.SMS_URL = f"file:{tmp_path}"
        return tmp_path

    @pytest.fixture
    def wording(self):
        return WordingFactory(key="family.sms", texts={Channel.SMS: "{{ name }}，安好。"})

    def hand_over(self, widow, line) -> str:
        from notifications import recipients, wordings  # noqa: PLC0415  of this class alone

        recipient = recipients.of([widow.subject_id])[widow.subject_id]
        rendered = wordings.render("family.sms", Channel.SMS, recipient, {}, at=AT)
        envelope = Envelope(uuid4(), Channel.SMS, AT, 0.0)
        short.send(envelope, rendered, PHONE, recipient)
        return (line / f"{envelope.pk}.json").read_text()

    def test_is_refused_before_it_leaves_while_the_provider_has_not_approved_it(self, widow, wording, line):
        with pytest.raises(NotHandedOver) as no_sign:
            self.hand_over(widow, line)
        provider_actions.record_sign(
            widow.family.branch, words="宁波红会", standing="APPROVED", by=command_actor(), at=AT
        )
        with pytest.raises(NotHandedOver) as no_template:
            self.hand_over(widow, line)

        assert (no_sign.value.code, no_template.value.code) == (provider.NO_SIGN, provider.NO_TEMPLATE)
        assert not list(line.iterdir())

    def test_carries_the_sign_of_the_nearest_branch_and_the_number_of_its_words(self, widow, wording, line):
        provider_actions.approve_for_trying_out(sign="浙江红会", by=command_actor(), at=AT)
        provider_actions.record_sign(
            widow.family.branch, words="【宁波红会】", standing="APPROVED", by=command_actor(), at=AT
        )

        told = self.hand_over(widow, line)

        assert "宁波红会" in told
        assert "LOCAL0" in told
        assert "沈丽萍，安好。" in told

    def test_needs_a_new_number_when_its_words_change(self, wording):
        provider_actions.approve_for_trying_out(sign="浙江红会", by=command_actor(), at=AT)
        version = wording.versions.get()
        version.templates.all().delete()

        assert [row.standing for row in provider_queries.texts_in_use()] == [""] * 3


class TestThePagesOfTheProvider:
    def test_let_an_administrator_write_down_what_it_said(self, signed_in):
        province = BranchFactory(kind="province")
        wording = WordingFactory(texts={Channel.SMS: "安好。"})
        body = wording.versions.get().bodies.get(language="zh-hans")
        client = signed_in(StaffFactory(role=Role.ADMINISTRATOR, branch=province))

        client.post(
            reverse("provider:sign", args=[province.pk]), {"words": "浙江红会", "standing": "APPROVED"}
        )
        client.post(reverse("provider:template", args=[body.pk]), {"number": "SMS_1", "standing": "APPROVED"})
        page = client.get(reverse("provider:overview"), headers=ENGLISH).content.decode()

        assert provider.sign_of(province) == "浙江红会"
        assert provider.template_of(body.version, "SMS", "zh-hans") == "SMS_1"
        assert "SMS_1" in page

    def test_ask_for_a_number_where_it_was_approved(self, signed_in):
        province = BranchFactory(kind="province")
        body = WordingFactory(texts={Channel.SMS: "安好。"}).versions.get().bodies.first()
        client = signed_in(StaffFactory(role=Role.ADMINISTRATOR, branch=province))

        page = client.post(
            reverse("provider:template", args=[body.pk]), {"standing": "APPROVED"}, headers=ENGLISH
        )

        assert page.status_code == 422
        assert "An approved template has a number." in page.content.decode()

    def test_keep_templates_for_who_holds_settings_at_the_top(self, signed_in):
        county = BranchFactory()
        body = WordingFactory(texts={Channel.SMS: "安好。"}).versions.get().bodies.first()
        client = signed_in(StaffFactory(role=Role.ADMINISTRATOR, branch=county))

        client.post(reverse("provider:template", args=[body.pk]), {"number": "1", "standing": "APPROVED"})

        with pytest.raises(NotHandedOver):
            provider.template_of(body.version, "SMS", body.language)
