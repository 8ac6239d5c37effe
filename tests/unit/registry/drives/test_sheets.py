"""Paper lists: their header is found, untidy rows are read, and each fault has its code."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from foundation.papers import sheets as files
from foundation.papers.sheets import Row
from registry.donors.columns import OF_A_LIST, OF_THE_RECORDS
from registry.drives.sheets import Code, Column, LayoutProblem, Report, check, find_header, sheet_to_mend
from registry.drives.sheets.layout import Headers
from tests.factories import sheets

TODAY = date(2026, 11, 21)


def checked(*rows):
    layout, below = find_header(Row(n, cells) for n, cells in enumerate(sheets.cells(rows), start=1))
    return list(check(below, layout, today=TODAY))


def codes(*rows):
    return [[str(code) for code in one.codes] for one in checked(*rows)]


def read(**changes):
    [one] = checked(sheets.row(**changes))
    assert one.codes == ()
    return one.row


class TestFindHeader:
    def test_looks_under_a_title_and_empty_rows(self):
        [one] = [
            one
            for layout, below in [find_header([Row(1, ["名单"]), Row(2, []), *_table(start=3)])]
            for one in check(below, layout, today=TODAY)
        ]

        assert one.number == 4

    @pytest.mark.parametrize("header", ["体重（kg）", "体重", " 体重 (KG) ", "*体重(kg)：", "体重公斤"])
    def test_knows_a_column_under_the_names_people_give_it(self, header):
        table = list(_table())
        place = table[0].cells.index("体重(kg)")
        table[0].cells[place] = header

        layout, _ = find_header(table)

        assert layout.places[Column.WEIGHT] == place

    @pytest.mark.parametrize(
        "header",
        ["身份证", "身份证号", "身份证号码(18位)", "居民身份证号", "公民身份号码", "證件號碼", "身分證字號"],
    )
    def test_knows_the_document_under_the_names_people_give_it(self, header):
        table = list(_table())
        table[0].cells[OF_A_LIST.index(Column.DOCUMENT_NUMBER)] = header

        layout, _ = find_header(table)

        assert header in table[0].cells
        assert layout.places[Column.DOCUMENT_NUMBER] == OF_A_LIST.index(Column.DOCUMENT_NUMBER)

    def test_knows_every_column_in_traditional_characters(self):
        with translation.override("zh-hant"):
            labels = [column.label for column in OF_THE_RECORDS]
        records = Headers.of(OF_THE_RECORDS, required=OF_THE_RECORDS, others={})

        layout, _ = find_header([Row(1, list(labels))], headers=records)

        assert "證件號碼" in labels
        assert layout.places == {column: place for place, column in enumerate(OF_THE_RECORDS)}

    def test_takes_names_that_somebody_chose(self):
        table = list(_table())
        table[0].cells[0] = "志愿者"
        with pytest.raises(LayoutProblem):
            find_header(list(table))

        layout, _ = find_header(table, mapped={"志愿者": Column.NAME})

        assert layout.places[Column.NAME] == 0

    @pytest.mark.parametrize(
        ("headers", "code"),
        [
            (["a", "b"], "no_header"),
            ([], "no_header"),
            (["姓名", "证件号码"], "column_missing"),
            ([*Column, "姓名"], "column_twice"),
        ],
    )
    def test_says_what_is_wrong_with_the_columns(self, headers, code):
        with pytest.raises(LayoutProblem) as caught:
            find_header([Row(1, [str(header) for header in headers])])

        assert caught.value.code == code
        assert caught.value.sentences


class TestARowThatIsUntidy:
    def test_is_read(self):
        row = read(
            NAME=" 古丽娜孜·阿不都热合曼\u3000",
            DOCUMENT_NUMBER="３３０６０２２０００１２２３５０５ｘ",
            BORN_ON="20001223",
            PHONE="+86 138 8593-8498",
            WEIGHT="75公斤",
            BLOOD_GROUP="ＡＢ型",
            REGISTERED_ON="2025年3月5日",
            BARCODE=" zj25040200001 ",
        )

        assert row.person.name == "古丽娜孜·阿不都热合曼"
        assert (row.person.document_number, row.person.born_on) == ("33060220001223505X", date(2000, 12, 23))
        assert (row.person.phone, row.person.weight_kg) == ("+8613885938498", Decimal(75))
        assert (row.person.blood_group, row.registered_on, row.barcode) == (
            "AB",
            date(2025, 3, 5),
            "ZJ25040200001",
        )

    @pytest.mark.parametrize(
        ("written", "kg"), [(65, 65), (65.5, 65.5), ("130斤", 65), ("６５ KG", 65), ("65千克", 65)]
    )
    def test_tells_its_weight(self, written, kg):
        assert read(WEIGHT=written).person.weight_kg == Decimal(str(kg))

    def test_is_read_in_traditional_characters(self):
        row = read(
            DOCUMENT_KIND="居民身份證", CONTACT_1_RELATION="父親", CONTACT_2_RELATION="同學", BARCODE="無"
        )

        assert [contact.relation for contact in row.contacts] == ["PARENT", "CLASSMATE"]
        assert (row.person.document_kind, row.barcode) == ("RESIDENT_ID", "")

    def test_needs_no_birth_date_or_sex_where_the_number_says_them(self):
        row = read(BORN_ON="", SEX="")

        assert (row.person.born_on, row.person.sex) == (date(1998, 5, 17), "M")

    def test_may_be_of_another_document(self):
        row = read(DOCUMENT_KIND="港澳居民来往内地通行证", DOCUMENT_NUMBER="H12345678")

        assert (row.person.document_kind, row.person.born_on) == ("HOME_RETURN", date(1998, 5, 17))

    def test_keeps_remarks_as_they_are(self):
        assert read(NOTE='=HYPERLINK("x","y")').person.note == '=HYPERLINK("x","y")'

    def test_may_have_a_contact_with_a_landline(self):
        assert read(CONTACT_1_PHONE="0571-88888888").contacts[0].phone == "+8657188888888"


class TestARowWithAFault:
    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"DOCUMENT_NUMBER": "330602200012235051"}, "id_checksum"),
            ({"DOCUMENT_NUMBER": ""}, "id_checksum"),
            ({"DOCUMENT_KIND": "会员卡"}, "id_checksum"),
            ({"DOCUMENT_NUMBER": "5.10802200403E+17"}, "id_lost_digits"),
            ({"DOCUMENT_NUMBER": 3.30106199805170e17}, "id_lost_digits"),
            ({"DOCUMENT_NUMBER": 330106199805170012}, "id_lost_digits"),
            ({"SEX": "女"}, "sex_contradicts_id"),
            ({"BORN_ON": "1998-05-18"}, "birth_date_contradicts_id"),
            ({"NAME": "  "}, "name_missing"),
            ({"PHONE": "138281477"}, "phone_invalid"),
            ({"PHONE": ""}, "phone_invalid"),
            ({"CONTACT_2_PHONE": "12"}, "phone_invalid"),
            ({"CONTACT_2_NAME": "", "CONTACT_2_PHONE": ""}, "contact_missing"),
            ({"CONTACT_1_NAME": ""}, "contact_missing"),
            ({"CONTACT_1_PHONE": "+86 138 0000 0000"}, "contact_is_self"),
            ({"WEIGHT": "49"}, "weight_too_low"),
            ({"WEIGHT": "不详"}, "weight_too_low"),
            ({"REGISTERED_ON": "去年三月"}, "date_unreadable"),
            ({"REGISTERED_ON": ""}, "date_unreadable"),
            ({"REGISTERED_ON": "2026-11-22"}, "date_unreadable"),
            ({"BORN_ON": "五月"}, "date_unreadable"),
            ({"BARCODE": "1"}, "barcode_duplicate"),
        ],
    )
    def test_is_refused_with_one_code(self, changes, code):
        assert codes(sheets.row(**changes)) == [[code]]

    def test_names_every_fault_of_its_own(self):
        assert codes(sheets.row(NAME="", PHONE="1", WEIGHT="30")) == [
            ["name_missing", "phone_invalid", "weight_too_low"]
        ]

    @pytest.mark.parametrize(
        ("born_on", "fits"),
        [
            (date(2008, 11, 20), True),
            (date(2008, 11, 21), False),
            (date(1980, 11, 21), True),
            (date(1980, 11, 20), False),
        ],
        ids=["18 today", "18 tomorrow", "46 tomorrow", "46 today"],
    )
    def test_is_out_of_age_by_the_day(self, born_on, fits):
        number = sheets.resident_number(born_on=born_on)

        found = codes(sheets.row(DOCUMENT_NUMBER=number, BORN_ON=born_on.isoformat()))

        assert found == [[] if fits else ["age_out_of_range"]]

    def test_is_judged_by_the_day_of_its_own_row(self):
        number = sheets.resident_number(born_on=date(1980, 1, 1))
        row = sheets.row(DOCUMENT_NUMBER=number, BORN_ON="1980-01-01", REGISTERED_ON="2025-12-31")

        assert codes(row) == [[]]

    def test_is_the_later_of_two(self):
        rows = [
            sheets.row(0),
            sheets.row(1, DOCUMENT_NUMBER=sheets.resident_number(0)),
            sheets.row(2, BARCODE="zj26112000000"),
        ]

        assert codes(*rows) == [[], ["duplicate_in_file"], ["barcode_duplicate"]]

    def test_is_no_row_when_it_is_empty(self):
        assert len(checked(sheets.row(0), dict.fromkeys(Column, " "), sheets.row(1))) == 2


class TestAnySheet:
    @given(
        st.lists(
            st.lists(st.one_of(st.none(), st.text(max_size=12), st.floats(), st.booleans()), max_size=25),
            max_size=4,
        )
    )
    def test_gives_every_row_codes_or_a_volunteer(self, rows):
        table = [
            Row(1, [str(column) for column in OF_A_LIST]),
            *(Row(n, cells) for n, cells in enumerate(rows, start=2)),
        ]

        layout, below = find_header(table)

        assert all((one.row is None) == bool(one.codes) for one in check(below, layout, today=TODAY))


class TestReport:
    def test_comes_back_as_it_was_kept(self):
        report = Report(3, 1, 1, {4: [Code.ID_CHECKSUM]}, {3: ["手机号码"]}, imported=True)

        assert Report.from_json(report.as_json()) == report

    def test_says_for_every_code_how_to_mend_it(self):
        report = Report(rejected={n: [code] for n, code in enumerate(Code)})

        assert all(sentences[0].endswith((".", "。")) for _, sentences in report.lines())


class TestSheetToMend:
    def test_comes_back_in_when_it_is_mended(self):
        [one] = checked(sheets.row(WEIGHT="44"))
        header = Row(1, [str(column) for column in OF_A_LIST])

        written = list(sheet_to_mend(header, [(one.cells.row, one.codes)]))
        written[1][OF_A_LIST.index(Column.WEIGHT)] = "64"
        layout, below = find_header(files.read(b"".join(files.write_csv(written))))

        [again] = check(below, layout, today=TODAY)
        assert again.row is not None


def _table(start=1):
    header, row = sheets.cells([sheets.row()], title=False)
    return Row(start, header), Row(start + 1, row)
