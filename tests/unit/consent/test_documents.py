"""Texts as plain values."""

import pytest

from consent import documents, markup
from consent.actions.publishing import FIRST
from consent.purposes import CORE, Purpose

LINES = [{"key": "a", "slots": [{"key": "a", "purposes": ["research"]}], "uses": {"research": ["study"]}}]


class TestTheTextsThatComeWithTheProgram:
    @pytest.mark.parametrize(("document", "version"), FIRST)
    def test_are_whole_in_every_language(self, document, version):
        lines, words = documents.read(document, version)

        for spoken in words.values():
            assert documents.with_words(documents.structure(lines), spoken)
            assert spoken["title"]

    def test_have_four_lines_and_five_signatures(self):
        lines, _words = documents.read("hpc_recruitment", 1)
        parsed = documents.structure(lines)

        assert [line.signatures for line in parsed] == [2, 1, 1, 1]
        assert {p for line in parsed for p in line.purposes} >= CORE

    @pytest.mark.parametrize(
        ("document", "signatures", "asked"),
        [
            (
                "hpc_verification",
                [1, 1],
                {("means", "not_yet"), ("change_mind", "any_time"), ("results", "told_me")},
            ),
            (
                "hpc_donation",
                [1, 1, 1],
                {
                    ("conditioning", "destroyed"),
                    ("change_mind", "any_time"),
                    ("side_effects", "pain"),
                    ("again", "asked"),
                },
            ),
        ],
    )
    def test_ask_of_a_match_what_belongs_to_its_stage(self, document, signatures, asked):
        lines, words = documents.read(document, 1)

        assert [line.signatures for line in documents.structure(lines)] == signatures
        assert not CORE & {p for line in documents.structure(lines) for p in line.purposes}
        for spoken in words.values():
            assert {(q.key, q.right) for q in documents.questions(spoken)} == asked

    def test_ask_the_same_three_questions_in_every_language(self):
        _lines, words = documents.read("hpc_recruitment", 1)

        keys = {tuple((q.key, q.right) for q in documents.questions(spoken)) for spoken in words.values()}

        assert keys == {
            (("change_mind", "any_time"), ("who_pays", "nobody_pays_me"), ("if_match", "asked_again"))
        }

    @pytest.mark.parametrize("document", ["hpc_recruitment", "hpc_verification", "hpc_donation"])
    def test_say_the_same_things_in_every_language(self, document):
        _lines, words = documents.read(document, 1)

        assert (
            len({tuple(len(s["paragraphs"]) for s in spoken["sections"]) for spoken in words.values()}) == 1
        )


class TestStructure:
    def test_refuses_a_purpose_on_two_lines(self):
        with pytest.raises(documents.BadText):
            documents.structure([LINES[0], LINES[0] | {"key": "b"}])

    def test_refuses_a_purpose_without_a_use(self):
        with pytest.raises(documents.BadText):
            documents.structure([LINES[0] | {"uses": {"research": []}}])

    def test_refuses_an_unknown_purpose(self):
        with pytest.raises(documents.BadText):
            documents.structure(
                [{"key": "a", "slots": [{"key": "a", "purposes": ["x"]}], "uses": {"x": ["y"]}}]
            )

    def test_knows_which_lines_nobody_can_do_without(self):
        lines, _words = documents.read("hpc_recruitment", 1)

        assert [line.core for line in documents.structure(lines)] == [True, True, True, False]

    def test_refuses_a_line_without_words(self):
        with pytest.raises(documents.BadText):
            documents.with_words(documents.structure(LINES), {"lines": {}})


class TestDigest:
    def test_changes_with_a_word_and_with_a_use(self):
        words = {"title": "A"}
        plain = documents.digest("t", 1, "en", LINES, words)

        assert documents.digest("t", 1, "en", LINES, {"title": "B"}) != plain
        more = [LINES[0] | {"uses": {"research": ["study", "sell"]}}]
        assert documents.digest("t", 1, "en", more, words) != plain

    def test_does_not_depend_on_the_order_of_keys(self):
        one = documents.digest("t", 1, "en", LINES, {"title": "A", "introduction": "B"})

        assert documents.digest("t", 1, "en", LINES, {"introduction": "B", "title": "A"}) == one


class TestMarkup:
    def test_writes_and_reads_the_same(self):
        _lines, words = documents.read("hpc_recruitment", 1)

        for spoken in words.values():
            assert markup.read_sections(markup.write_sections(spoken)) == spoken["sections"]
            assert markup.read_questions(markup.write_questions(spoken)) == spoken["questions"]

    @pytest.mark.parametrize(
        "typed", ["no heading", "? a [a]", "? a [a]\n+ b [b]\n+ c [c]\n> d", "? a\n+ b [b]\n> c"]
    )
    def test_says_what_is_wrong(self, typed):
        read = markup.read_questions if typed.startswith("?") else markup.read_sections

        with pytest.raises(markup.NotReadable) as fault:
            read(typed)

        assert str(fault.value)


class TestPurpose:
    def test_fits_its_column(self):
        assert max(len(purpose) for purpose in Purpose) <= 32
