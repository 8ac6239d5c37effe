"""Only ``{{ field }}`` is filled in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.wordings import sandbox

REFUSED = [
    "{% include 'base.html' %}",
    "{% load static %}{% debug %}",
    "{{ name|safe }}",
    "{{ name.__class__ }}",
    "{{ settings.SECRET_KEY }}",
    "{{ request }}{{ name }}{{ 7*7 }}",
    "{{ name() }}",
    "{# note #}",
    "{{ Name }}",
    "{{ name",
    "name }}",
    "{{\nname\n}}",
    "{{{{ name }}}}",
]


class TestFill:
    def test_puts_a_field_in_however_it_is_spaced(self) -> None:
        assert sandbox.fill("{{name}} {{ name }} {{\tname }}", {"name": "李"}) == "李 李 李"

    @pytest.mark.parametrize("text", ["${name} {name} %(name)s {0} #{name} <%= name %> $(id) `id`", "{{"])
    def test_leaves_what_other_languages_would_fill(self, text) -> None:
        assert sandbox.fill(text, {"name": "李"}) == text

    def test_never_reads_a_value_again(self) -> None:
        assert sandbox.fill("{{ a }}", {"a": "{{ b }}", "b": "secret"}) == "{{ b }}"

    @given(st.text(alphabet="{}%#abc_. |\n", max_size=60))
    def test_never_fails_on_words_without_a_field(self, text: str) -> None:
        values = dict.fromkeys(sandbox.names(text), "x")
        assert sandbox.names(sandbox.fill(text, values).replace("x", " ")) <= sandbox.names(text)


class TestStrays:
    @pytest.mark.parametrize("text", REFUSED)
    def test_are_every_mark_that_is_no_field(self, text) -> None:
        assert sandbox.strays(text) or sandbox.names(text) - {"name"}

    def test_are_none_in_plain_words(self) -> None:
        assert sandbox.strays("{{ name }}：50% {x} # 100%") == []


class TestOneLine:
    @pytest.mark.parametrize("nasty", ["\r\n", "\u2028", "\u2029", "\x0b", "\x85", "\u202e", "\x00"])
    def test_is_one_line(self, nasty) -> None:
        assert sandbox.one_line(f"a{nasty}b") == "a b"

    def test_keeps_the_joiners_of_uyghur_names(self) -> None:
        assert sandbox.one_line("ئابلىكىم\u200cجان") == "ئابلىكىم\u200cجان"

    @given(st.text(max_size=500))
    def test_never_breaks(self, value: str) -> None:
        assert len(sandbox.one_line(value).splitlines()) <= 1
