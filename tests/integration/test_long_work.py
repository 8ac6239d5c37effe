"""Long work: asked for on a page, done by a worker, watched, stopped, picked up after a crash."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from foundation import jobs
from foundation.jobs import Job, JobState, kinds
from foundation.trail import Actor, ActorKind
from foundation.trail.models import TrailRow

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=30)
LIN = Actor(ActorKind.STAFF, str(uuid4()), "coordinator", str(uuid4()))

pytestmark = pytest.mark.django_db


class Clock:
    """Goes on by two seconds whenever it is read."""

    def __init__(self, now=NOW):
        self.now = now

    def __call__(self):
        self.now += timedelta(seconds=2)
        return self.now


@pytest.fixture
def _kinds(monkeypatch):
    monkeypatch.setattr(kinds, "_KINDS", {})


def asked(handler, **args):
    jobs.register("counting", handler, label="Counting")
    return jobs.start("counting", args, by=LIN, at=NOW)


class Sentences(ValueError):
    sentences = ["The sheet has no header."]


@pytest.mark.usefixtures("_kinds")
class TestRun:
    def test_keeps_the_result_and_says_who_asked(self):
        job = asked(lambda running: {"rows": running.args["rows"], "by": running.by.role}, rows=3)

        ended = jobs.run(job.pk, clock=Clock())

        assert (ended.state, ended.result) == (JobState.DONE, {"rows": 3, "by": "coordinator"})
        assert list(TrailRow.objects.order_by("id").values_list("verb", flat=True)) == [
            "job.asked",
            "job.ended",
        ]

    def test_shows_progress_while_it_runs(self):
        seen = []

        def counting(running):
            running.progress(1, 4)
            seen.append(Job.objects.get().percent)

        jobs.run(asked(counting).pk, clock=Clock())

        assert seen == [25]

    def test_ends_with_the_sentences_of_a_problem_that_was_foreseen(self):
        def counting(_running):
            raise Sentences

        ended = jobs.run(asked(counting).pk, clock=Clock())

        assert (ended.state, ended.problems) == (JobState.FAILED, ["The sheet has no header."])

    def test_ends_with_the_kind_and_never_the_words_of_an_error_that_was_not(self):
        def counting(_running):
            raise RuntimeError("王丽华 13800138000")

        ended = jobs.run(asked(counting).pk, clock=Clock())

        assert (ended.state, ended.problems) == (JobState.FAILED, ["RuntimeError"])

    def test_lets_one_worker_in(self):
        inside = []

        def counting(running):
            inside.append(jobs.run(running.job.pk, clock=Clock()))

        jobs.run(asked(counting).pk, clock=Clock())

        assert inside == [None]

    def test_does_nothing_twice(self):
        job = asked(lambda _running: None)
        jobs.run(job.pk, clock=Clock())

        assert jobs.run(job.pk, clock=Clock()) is None


@pytest.mark.usefixtures("_kinds")
class TestAskToStop:
    def test_stops_work_at_its_next_step(self):
        def counting(running):
            jobs.ask_to_stop(running.job, by=LIN, at=NOW)
            running.progress(1, 10)
            raise AssertionError("it went on")

        ended = jobs.run(asked(counting).pk, clock=Clock())

        assert (ended.state, ended.done) == (JobState.STOPPED, 1)

    def test_stops_work_that_nobody_has_begun_at_once(self):
        job = asked(lambda _running: None)

        assert jobs.ask_to_stop(job, by=LIN, at=NOW)
        assert Job.objects.get().state == JobState.STOPPED

    def test_says_when_there_is_nothing_to_stop(self):
        job = asked(lambda _running: None)
        jobs.run(job.pk, clock=Clock())

        assert not jobs.ask_to_stop(job, by=LIN, at=NOW)


@pytest.mark.usefixtures("_kinds")
class TestSweep:
    def test_hands_out_work_whose_message_was_lost(self):
        job, sent = asked(lambda _running: None), []

        assert jobs.sweep(at=NOW, send=sent.append) == 0
        assert jobs.sweep(at=LATER, send=sent.append) == 1
        assert sent == [job.pk]

    def test_lets_work_go_on_from_its_place_after_its_worker_died(self):
        class Died(BaseException):
            pass

        def counting(running):
            if not running.place:
                running.keep(row=7)
                raise Died
            return {"from": running.place["row"], "began": running.at.isoformat()}

        job, sent = asked(counting), []
        with pytest.raises(Died):
            jobs.run(job.pk, clock=Clock())
        began = Job.objects.get().started_at

        jobs.sweep(at=LATER, send=sent.append)
        ended = jobs.run(sent[0], clock=Clock(LATER))

        assert ended.result == {"from": 7, "began": began.isoformat()}

    def test_keeps_a_worker_that_was_taken_for_dead_from_writing_on(self):
        def counting(running):
            Job.objects.update(leased_until=NOW)
            jobs.run(running.job.pk, clock=Clock(LATER)) if running.job.runs == 1 else None
            running.keep(row=1)

        job = asked(counting)
        jobs.run(job.pk, clock=Clock())

        assert Job.objects.get().state == JobState.DONE

    def test_gives_up_work_that_takes_its_worker_down_each_time(self, settings):
        job, sent = asked(lambda _running: None), []
        Job.objects.filter(pk=job.pk).update(
            state=JobState.RUNNING, runs=settings.JOB_RUNS_MOST, lease=uuid4(), leased_until=NOW
        )

        jobs.sweep(at=LATER, send=sent.append)

        assert sent == []
        assert Job.objects.get().problems == ["crashed"]


@pytest.mark.usefixtures("_kinds")
class TestLatest:
    def test_is_the_newest_about_one_thing(self):
        jobs.register("counting", lambda _running: None)
        one, other = uuid4(), uuid4()
        asked_ = [
            jobs.start("counting", {}, by=LIN, at=NOW, about=about) for about in (one, one, other, None)
        ]

        found = [jobs.latest("counting", about=about) for about in (one, other, None, uuid4())]

        assert found == [*asked_[1:], None]

    @pytest.mark.one_database
    def test_costs_no_more_because_much_was_done(self):
        asked_ = Job.objects.of("counting", uuid4()).order_by("-id")

        assert "USING INDEX jobs_about" in asked_.explain()
