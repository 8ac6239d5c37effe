"""Numbers of identity documents, by their kind."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_11_2

from registry.donors import documents
from registry.donors.documents import DocumentKind, DocumentProblem

DAY = date(2026, 11, 20)


def numbered(stem):
    return stem + mod_11_2.calc_check_digit(stem)


NUMBERS = st.builds(
    lambda place, born_on, order: numbered(f"{place}{born_on:%Y%m%d}{order:03d}"),
    st.sampled_from(["330106", "110101", "710000", "810000", "820000", "830000", "911156"]),
    st.dates(date(1900, 1, 1), DAY),
    st.integers(0, 999),
)


def problem(kind, number, **more):
    with pytest.raises(DocumentProblem) as caught:
        documents.check(kind, number, on=DAY, **more)
    assert caught.value.sentences
    assert number not in str(caught.value) or not number
    return caught.value.code


class TestAnEighteenDigitNumber:
    @given(NUMBERS)
    def test_says_birth_date_and_sex(self, number):
        document = documents.check(DocumentKind.RESIDENT_ID, number, on=DAY)

        assert f"{document.born_on:%Y%m%d}" == number[6:14]
        assert document.sex == ("M" if int(number[16]) % 2 else "F")

    @given(NUMBERS, st.integers(0, 17), st.integers(1, 9))
    def test_is_refused_with_one_digit_changed(self, number, place, by):
        digit = "0123456789"[(int(number[place].replace("X", "0")) + by) % 10]
        changed = number[:place] + digit + number[place + 1 :]
        if changed == number:
            return

        assert problem(DocumentKind.RESIDENT_ID, changed) in {"id_checksum", "id_lost_digits"}

    @pytest.mark.parametrize(
        ("number", "kind"),
        [
            ("810000199408230021", DocumentKind.RESIDENCE_PERMIT),
            ("830000199201300022", DocumentKind.RESIDENCE_PERMIT),
            (numbered("33010619980517001"), DocumentKind.RESIDENT_ID),
            (numbered("91115619850608101"), DocumentKind.FOREIGN_RESIDENT),
        ],
    )
    @pytest.mark.parametrize("given", [DocumentKind.RESIDENT_ID, DocumentKind.FOREIGN_RESIDENT])
    def test_says_itself_which_card_it_stands_on(self, number, kind, given):
        assert documents.check(given, number, on=DAY).kind == kind

    @pytest.mark.parametrize(
        "written", ["33060220001223505x", "３３０６０２２０００１２２３５０５Ｘ", "330602 20001223 505X"]
    )
    def test_is_read_in_any_spelling(self, written):
        assert documents.check(DocumentKind.RESIDENT_ID, written, on=DAY).number == "33060220001223505X"

    @pytest.mark.parametrize(
        ("number", "code"),
        [
            (numbered("33010620990517001"), "id_checksum"),
            (numbered("33010619980230001"), "id_checksum"),
            (numbered("33010618980517001"), "id_checksum"),
            (numbered("99010619980517001"), "id_checksum"),
            ("33010619980517", "id_checksum"),
            ("", "id_checksum"),
            ("五三三", "id_checksum"),
            ("5.10802200403E+17", "id_lost_digits"),
            ("1.1010119900307e+17", "id_lost_digits"),
            ("371602198308154000", "id_lost_digits"),
            ("330106850101123", "id_fifteen_digits"),
        ],
        ids=["born in 2099", "no such day", "born in 1898", "no such place", "too short", "nothing", "words",
             "as Excel shows it", "as Excel keeps it", "rounded by Excel", "of fifteen digits"],
    )  # fmt: skip
    def test_is_refused(self, number, code):
        assert problem(DocumentKind.RESIDENT_ID, number) == code

    def test_may_end_in_three_noughts_if_it_is_right(self):
        number = next(n for n in (numbered(f"33010619980517{i}00") for i in range(10)) if n.endswith("000"))

        assert documents.check(DocumentKind.RESIDENT_ID, number, on=DAY).number == number


class TestAFifteenDigitNumber:
    def test_is_the_same_person_as_with_eighteen(self):
        document = documents.check(DocumentKind.RESIDENT_ID, "330106850101123", on=DAY, fifteen=True)

        assert (document.number, document.born_on) == (numbered("33010619850101123"), date(1985, 1, 1))


class TestOtherDocuments:
    @pytest.mark.parametrize(
        ("kind", "written", "number"),
        [
            (DocumentKind.HOME_RETURN, "h12345678", "H12345678"),
            (DocumentKind.HOME_RETURN, "M1234567801", "M1234567801"),
            (DocumentKind.TAIWAN_PERMIT, "12345678", "12345678"),
            (DocumentKind.FOREIGN_RESIDENT, "FRA310175010102", "FRA310175010102"),
            (DocumentKind.PASSPORT, "e1234 5678", "E12345678"),
            (DocumentKind.OFFICER, "军字第 0123456 号", "军字第0123456号"),
            (DocumentKind.OFFICER, "军0123456", "军字第0123456号"),
        ],
    )
    def test_are_written_one_way(self, kind, written, number):
        assert documents.check(kind, written, on=DAY).number == number

    @pytest.mark.parametrize(
        ("kind", "number"),
        [
            (DocumentKind.HOME_RETURN, "A12345678"),
            (DocumentKind.TAIWAN_PERMIT, "1234567"),
            (DocumentKind.PASSPORT, "ABCDEFGH"),
            (DocumentKind.PASSPORT, "E12"),
            (DocumentKind.OFFICER, "0123456"),
            (DocumentKind.FOREIGN_RESIDENT, "FRA310175139902"),
        ],
    )
    def test_are_refused_in_another_form(self, kind, number):
        assert problem(kind, number) in {"document_form", "id_checksum"}

    def test_of_no_known_kind_are_refused(self):
        assert problem("library_card", "12345678") == "document_kind_unknown"

    @given(st.sampled_from(DocumentKind.values), st.text(max_size=40))
    def test_of_any_text_are_a_document_or_a_problem(self, kind, text):
        with suppress(DocumentProblem):
            document = documents.check(kind, text, on=DAY)
            assert documents.check(document.kind, document.number, on=DAY) == document
