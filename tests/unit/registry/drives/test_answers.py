"""What a draft holds."""

from registry.drives.answers import Answer, Answers, as_data
from registry.drives.states import Step


class TestAnswers:
    def test_come_back_as_they_were_written(self) -> None:
        answers = Answers().with_step(Step.DOCUMENT, Answer({"name": ["阿依古丽·买买提"]}, {"sex": "F"}))
        assert Answers.read(answers.write()) == answers

    def test_of_nothing_are_empty(self) -> None:
        assert Answers.read("").first_open == Step.DOCUMENT

    def test_show_the_first_step_that_is_open(self) -> None:
        answers = Answers().with_step(Step.DOCUMENT, Answer({}, {"sex": "F"}))
        answers = answers.with_step(Step.HEALTH, Answer({}, {"weight_kg": "56"}))
        assert answers.first_open == Step.CONTACTS

    def test_do_not_count_a_step_with_something_wrong(self) -> None:
        answers = Answers().with_step(Step.DOCUMENT, Answer({"number": ["1"]}, None))
        assert not answers.is_done(Step.DOCUMENT)
        assert answers.facts(Step.DOCUMENT) == {}
        assert answers.typed(Step.DOCUMENT) == {"number": ["1"]}

    def test_show_nothing_of_themselves(self) -> None:
        assert "王" not in repr(Answers().with_step(Step.DOCUMENT, Answer({"name": ["王"]}, None)))


def test_as_data_keeps_every_value_of_a_field() -> None:
    assert as_data({"tick": ["a", "b"]}).getlist("tick") == ["a", "b"]
