"""The backs of forms, known by how they look and by how often they were searched in vain."""

from registry.drives.piles.prints import Prints

FRONT, BACK = bytes(range(24)) * 34, bytes(range(24, 0, -1)) * 34


class TestPrints:
    def prints(self, *pages):
        found = Prints(0.95)
        for sketch, has_labels in pages:
            found.note(sketch, has_labels=has_labels)
        return found

    def test_believe_that_a_print_bears_no_label_after_three_long_looks(self):
        twice, thrice = (self.prints(*[(BACK, False)] * times) for times in (2, 3))

        assert (twice.is_back(BACK), twice.knows_backs) == (False, False)
        assert (thrice.is_back(BACK), thrice.knows_backs) == (True, True)

    def test_never_believe_it_of_a_print_that_bore_one(self):
        found = self.prints((FRONT, True), *[(FRONT, False)] * 9)

        assert not found.is_back(FRONT)

    def test_take_it_back_when_one_is_read(self):
        assert not self.prints(*[(BACK, False)] * 3, (BACK, True)).is_back(BACK)

    def test_know_nothing_of_a_print_they_have_not_seen(self):
        assert not self.prints(*[(BACK, False)] * 3).is_back(FRONT)
