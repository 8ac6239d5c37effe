"""The form of a typing text."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.hla import form

PLAIN = "A*01:01+A*02:01^B*07:02+B*08:01^DRB1*15:01+DRB1*03:01"


class TestCheck:
    def test_leaves_a_plain_typing_as_it_is(self):
        assert form.check(PLAIN) == PLAIN

    @pytest.mark.parametrize(
        "written",
        [
            "DRB1*15:01+DRB1*03:01^B*07:02+B*08:01^A*01:01+A*02:01",
            "HLA-A*01:01+HLA-A*02:01^HLA-B*07:02+HLA-B*08:01^HLA-DRB1*15:01+HLA-DRB1*03:01",
            "a*01:01 + a*02:01 ^ b*07:02 + b*08:01 ^ drb1*15:01 + drb1*03:01\n",
            "A*01:01+A*02:01; B*07:02+B*08:01; DRB1*15:01+DRB1*03:01;",
        ],
    )
    def test_writes_the_same_typing_one_way(self, written):
        assert form.check(written) == PLAIN

    @pytest.mark.parametrize(
        "block",
        [
            "C*07:01:01:01+C*07:02",
            "C*04:09N+C*07:02",
            "C*07:01P+C*07:02G",
            "C*07:XX+C*04:AB",
            "C*07:01/C*07:06+C*07:02",
            "C*07:01+C*07:02|C*07:06+C*07:03",
            "DRB4*01:03",
            "DQB1*06:02+DQB1*02:01",
        ],
    )
    def test_takes_what_laboratories_write(self, block):
        assert block in form.check(f"{PLAIN}^{block}")

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("", "empty"),
            ("  \n", "empty"),
            ("A*01:01+A*02:01", "locus_missing"),
            (f"{PLAIN}^A*01:01+A*02:01", "locus_twice"),
            (f"{PLAIN}^C*07:01", "not_two_alleles"),
            (f"{PLAIN}^C*07:01+C*07:02+C*07:03", "not_two_alleles"),
            (f"{PLAIN}^C*07:01+DQB1*02:01", "loci_mixed"),
            (f"{PLAIN}^X*07:01+X*07:02", "locus_unknown"),
            (f"{PLAIN}^C7", "unreadable"),
            (f"{PLAIN}^C*7+C*8", "unreadable"),
            (f"{PLAIN}^=cmd|' /C calc'!A0", "unreadable"),
            ("A" * 5000, "too_long"),
        ],
    )
    def test_says_what_is_wrong(self, text, code):
        with pytest.raises(form.FormProblem) as problem:
            form.check(text)

        assert problem.value.code == code
        assert all(problem.value.sentences)

    @given(st.text(max_size=200))
    def test_never_fails_otherwise(self, text):
        with contextlib.suppress(form.FormProblem):
            form.check(text)

    def test_changes_nothing_the_second_time(self):
        once = form.check(f"{PLAIN}^DQB1*06:02+DQB1*02:01")

        assert form.check(once) == once


class TestATable:
    def test_becomes_the_same_text(self):
        cells = {
            "A": ["01:01", "A*02:01"],
            "B": ["07:02", "08:01"],
            "DRB1": ["15:01", "03:01"],
            "C": ["", ""],
        }

        assert form.check(form.from_table(cells)) == PLAIN

    def test_tells_its_loci(self):
        assert form.loci(PLAIN) == ["A", "B", "DRB1"]
