"""The registry manager writes a new version, sees whom it touches, and publishes it."""

from __future__ import annotations

import copy
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation

from consent import actions, documents, gate, queries
from consent.models import Consent, Text
from consent.purposes import Purpose
from consent.states import State, TextState
from foundation import jobs, moves
from foundation.access import Role
from foundation.jobs import Job
from tests.factories import consent as make
from tests.factories.consent import SIGNED_AT, TAKER, sign, subject
from tests.factories.foundation import BranchFactory, StaffFactory, actor

pytestmark = pytest.mark.django_db
LATER = SIGNED_AT + timedelta(days=3)
ABROAD = "show_abroad"


@pytest.fixture
def county(db):
    return BranchFactory()


@pytest.fixture
def manager(county):
    return StaffFactory(role=Role.REGISTRY_MANAGER, branch=county.parent.parent)


@pytest.fixture
def by(manager):
    return actor(manager)


def with_use(text, purpose, use):
    lines = copy.deepcopy(text.lines)
    for line in lines:
        if purpose in line["uses"]:
            line["uses"][purpose].append(use)
    return lines


def draft_with(use, *, by):
    draft = actions.draft_from(make.text(), by=by, at=LATER)
    actions.edit(draft, lines=with_use(draft, "share_registry", use), by=by, at=LATER)
    return Text.objects.get(pk=draft.pk)


def run_jobs():
    for job in Job.objects.all():
        jobs.run(job.pk, clock=lambda: LATER)


class TestInstallFirstTexts:
    def test_changes_nothing_the_second_time(self):
        assert len(actions.install_first_texts(by=TAKER, at=SIGNED_AT)) == 6

        assert actions.install_first_texts(by=TAKER, at=SIGNED_AT) == []

    def test_marks_them_as_drafts_for_counsel(self):
        actions.install_first_texts(by=TAKER, at=SIGNED_AT)

        assert not Text.objects.filter(approved_by_counsel=True).exists()

    def test_puts_one_version_in_force(self):
        assert make.text().version == 1
        assert queries.text_in_force("hpc_recruitment", SIGNED_AT).version == 1

    def test_leaves_the_older_paper_unsigned_for_ever(self):
        make.text()
        legacy = Text.objects.get(version=0)

        with pytest.raises(moves.Refused):
            actions.record(
                subject(), text=legacy, language="en", given=[Purpose.REGISTER_HPC], evidence=make.drawn(),
                by=TAKER, at=LATER,
            )  # fmt: skip


class TestANewVersion:
    def test_shows_first_how_many_people_it_touches(self, by):
        sign(subject())
        sign(subject())
        sign(subject(), given=[Purpose.CONTACT_PHONE])

        touched = queries.touched(draft_with(ABROAD, by=by))

        assert (touched.people, touched.consents) == (2, 2)
        assert [(one.purpose, one.uses) for one in touched.added] == [(Purpose.SHARE_REGISTRY, (ABROAD,))]

    def test_touches_nobody_when_it_only_says_it_better(self, by):
        sign(subject())
        draft = actions.draft_from(make.text(), by=by, at=LATER)
        words = dict(draft.bodies.get(language="en").words) | {"title": "Joining the register"}

        actions.edit(draft, words={"en": words}, by=by, at=LATER)

        assert queries.touched(draft).people == 0

    def test_asks_again_only_where_it_adds_a_use(self, by):
        person = subject()
        sign(person)

        actions.publish(draft_with(ABROAD, by=by), by=by, at=LATER)
        run_jobs()

        due = person.consents.filter(state=State.RECONSENT_DUE).values_list("purpose", flat=True)
        assert list(due) == [Purpose.SHARE_REGISTRY]
        assert Job.objects.get().result == {"asked_again": 1}

    def test_shuts_the_gate_only_for_what_it_adds(self, by):
        person = subject()
        sign(person)

        actions.publish(draft_with(ABROAD, by=by), by=by, at=LATER)
        run_jobs()

        assert gate.allows(person, Purpose.SHARE_REGISTRY, use="national_registry")
        assert gate.allows(person, Purpose.SHARE_REGISTRY)
        assert not gate.allows(person, Purpose.SHARE_REGISTRY, use=ABROAD)

    def test_opens_the_gate_for_who_signs_it(self, by):
        person = subject()
        sign(person)
        actions.publish(draft_with(ABROAD, by=by), by=by, at=LATER)
        run_jobs()

        sign(person, at=LATER)

        assert gate.allows(person, Purpose.SHARE_REGISTRY, use=ABROAD)

    def test_keeps_what_was_signed_in_its_own_words(self, by):
        (consent, *_) = sign(subject())

        actions.publish(draft_with(ABROAD, by=by), by=by, at=LATER)

        body = Consent.objects.get(pk=consent.pk).text.bodies.get(language="zh-hans")
        assert body.sha256 == consent.text_sha256
        assert body.sha256 == documents.digest("hpc_recruitment", 1, "zh-hans", body.text.lines, body.words)

    def test_is_refused_while_a_language_lacks_a_line(self, by):
        draft = draft_with(ABROAD, by=by)
        words = dict(draft.bodies.get(language="en").words)
        actions.edit(draft, words={"en": words | {"lines": {}}}, by=by, at=LATER)

        with pytest.raises(moves.Refused) as refused:
            actions.publish(draft, by=by, at=LATER)

        with translation.override("en"):
            assert "three languages" in str(refused.value.sentences[0])
        assert make.text().version == 1

    def test_never_changes_once_it_is_published(self, by):
        with pytest.raises(moves.Refused):
            actions.edit(make.text(), lines=[], by=by, at=LATER)

    def test_is_one_draft_at_a_time(self, by):
        draft_with(ABROAD, by=by)

        with pytest.raises(moves.Refused):
            actions.draft_from(make.text(), by=by, at=LATER)

    def test_is_for_the_top_branch(self, county):
        below = actor(StaffFactory(role=Role.REGISTRY_MANAGER, branch=county.parent))

        with pytest.raises(moves.NotAllowed):
            actions.draft_from(make.text(), by=below, at=LATER)


class TestTheDatabase:
    def test_holds_one_version_in_force(self):
        text = make.text()
        with pytest.raises(IntegrityError), transaction.atomic():
            Text.objects.filter(version=0).update(state=TextState.PUBLISHED)
        assert text.version == 1

    def test_holds_each_version_once(self):
        make.text()
        with pytest.raises(IntegrityError), transaction.atomic():
            Text.objects.filter(version=0).update(version=1)


class TestThePages:
    def test_lead_from_the_list_to_a_published_version(
        self, signed_in, manager, by, django_capture_on_commit_callbacks
    ):
        sign(subject())
        client = signed_in(manager)
        first = make.text()

        answer = client.post(reverse("consent:begin", args=[first.pk]), follow=True)
        assert answer.status_code == 200
        draft = Text.objects.get(state=TextState.DRAFT)

        page = client.get(reverse("consent:uses", args=[draft.pk]))
        data = {name: field.initial for name, field in page.context["form"].fields.items()}
        data["share_registry"] += f" {ABROAD}"
        client.post(reverse("consent:uses", args=[draft.pk]), data)
        preview = client.get(draft.get_absolute_url(), HTTP_ACCEPT_LANGUAGE="en")
        assert b"<b>1 person</b>" in preview.content

        client.post(reverse("consent:publish", args=[draft.pk]))

        assert Text.objects.get(pk=draft.pk).state == TextState.PUBLISHED
        assert Text.objects.get(pk=first.pk).state == TextState.RETIRED

    def test_keep_the_words_that_are_typed(self, signed_in, manager, by):
        draft = actions.draft_from(make.text(), by=by, at=LATER)
        client = signed_in(manager)
        url = reverse("consent:words", args=[draft.pk, "en"])
        form = client.get(url).context["form"]
        data = {name: form.initial.get(name, field.initial) for name, field in form.fields.items()}

        client.post(url, data | {"title": "Another title"})

        words = draft.bodies.get(language="en").words
        assert words == make.text().bodies.get(language="en").words | {"title": "Another title"}

    def test_show_the_paper_form_in_each_language(self, signed_in, county):
        client = signed_in(StaffFactory(branch=county))

        for language in documents.LANGUAGES:
            answer = client.get(reverse("consent:paper", args=[make.text().pk, language]))
            assert answer.content.decode().count("consent-sign") == 8

    def test_are_closed_to_who_does_not_publish(self, signed_in, county):
        client = signed_in(StaffFactory(branch=county))

        assert client.get(reverse("consent:texts")).status_code == 403
