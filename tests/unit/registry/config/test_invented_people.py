"""The demo's people are well formed, differ from each other, and are the same every time."""

from datetime import date

from registry.config.demo.people import Crowd
from registry.donors import documents, names, phones

DAY = date(2026, 11, 1)


def crowd(count: int = 300) -> list:
    made = Crowd(seed=2026)
    return [made.next(area="330212", registered_on=DAY) for _ in range(count)]


class TestCrowd:
    def test_has_documents_and_numbers_that_any_door_accepts(self):
        for one in crowd():
            found = documents.check(one.person.document_kind, one.person.document_number, on=DAY)
            assert (found.born_on, found.sex) == (one.person.born_on, one.person.sex)
            assert phones.check(one.person.phone) == one.person.phone
            names.check(one.person.name)

    def test_has_nobody_twice(self):
        people = crowd()
        assert len({one.person.document_number for one in people}) == len(people)

    def test_is_the_same_every_time(self):
        assert crowd(20) == crowd(20)
