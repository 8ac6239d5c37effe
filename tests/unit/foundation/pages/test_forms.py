"""What a form of the house accepts, refuses and shows."""

from base64 import b64encode
from datetime import date

import pytest
from django import forms
from hypothesis import given
from hypothesis import strategies as st

from foundation.pages.forms import LONGEST_TEXT, PNG, RelayForm, SignatureField, TypedDateField

WIDE = "\uff11\uff19\uff19\uff19\uff10\uff13\uff10\uff15"  # 19990305 from a Chinese keyboard


class Sample(RelayForm):
    words = forms.CharField(required=False)
    born_on = TypedDateField(required=False)
    until = forms.DateField(required=False, help_text="At most 24 months.")
    kind = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect, required=False)

    choice_hints = {"kind": {"b": "the second"}}


class TestRelayForm:
    @pytest.mark.parametrize("bad", ["a\x00b", "a\ud800b", "a\u202eb", "a\x1bb"])
    def test_refuses_what_cannot_be_kept_with_a_sentence(self, bad):
        form = Sample({"words": bad})

        assert not form.is_valid()
        assert len(form.errors["words"]) == 1

    def test_refuses_a_text_without_end(self):
        assert "words" in Sample({"words": "好" * (LONGEST_TEXT + 1)}).errors

    @pytest.mark.parametrize("good", ["阿依古丽·买买提", "a\nb", "😀", "Nguyễn Thị Minh Khai"])
    def test_accepts_what_people_write(self, good):
        assert Sample({"words": good}).is_valid()

    @given(st.dictionaries(st.sampled_from(["words", "born_on", "until", "kind"]), st.text()))
    def test_answers_any_text_without_a_fault(self, data):
        Sample(data).is_valid()

    def test_hardens_fields_that_were_added_after_its_birth(self):
        form = Sample({"late": "\x00"})
        form.fields["late"] = forms.CharField()

        assert "late" in form.errors

    def test_asks_for_a_date_with_the_browsers_own_input(self):
        assert 'type="date"' in str(Sample()["until"])

    def test_writes_label_hint_error_and_input_in_this_order(self):
        html = Sample({"until": "soon"})["until"].as_field_group()

        parts = [html.index(part) for part in ("<label", "At most 24 months.", 'class="error"', "<input")]
        assert parts == sorted(parts)

    def test_ties_hint_and_error_to_the_input(self):
        html = str(Sample({"until": "soon"})["until"])

        assert 'aria-describedby="id_until_helptext id_until_error"' in html
        assert 'aria-invalid="true"' in html

    def test_shows_a_hint_under_its_choice(self):
        assert "<small>the second</small>" in Sample()["kind"].as_field_group()


class TestTypedDateField:
    @pytest.mark.parametrize(
        "typed",
        [
            "19990305",
            "1999-3-5",
            "1999/03/05",
            "1999.3.5",
            "1999年3月5日",
            WIDE,
            " 1999-03-05 ",
        ],
    )
    def test_reads_a_date_as_people_type_it(self, typed):
        assert TypedDateField().clean(typed) == date(1999, 3, 5)

    @pytest.mark.parametrize("typed", ["19991305", "1999-02-30", "soon", "99990", "0000-01-01"])
    def test_refuses_what_is_no_day(self, typed):
        with pytest.raises(forms.ValidationError):
            TypedDateField().clean(typed)


class TestSignatureField:
    def test_returns_the_bytes_of_the_picture(self):
        drawn = PNG + b"strokes"

        assert SignatureField().clean("data:image/png;base64," + b64encode(drawn).decode()) == drawn

    @pytest.mark.parametrize("bad", ["data:image/png;base64,AAAA", "<svg>", "%%%"])
    def test_refuses_what_is_no_picture(self, bad):
        with pytest.raises(forms.ValidationError):
            SignatureField().clean(bad)

    def test_asks_for_a_signature_where_there_is_none(self):
        with pytest.raises(forms.ValidationError):
            SignatureField().clean("")

    def test_accepts_a_picture_longer_than_any_text(self):
        drawn = PNG + b"x" * 20_000

        assert SignatureField().clean(b64encode(drawn).decode()) == drawn
