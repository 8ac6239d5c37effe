"""The form every page uses: our own field templates, and text that no database chokes on."""

from __future__ import annotations

import re
import unicodedata
from base64 import b64decode
from binascii import Error as BadBase64
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Final

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, ProhibitNullCharactersValidator
from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

LONGEST_TEXT: Final = 2_000  # characters of a field that names no length of its own
LARGEST_SIGNATURE: Final = 400_000  # bytes; a drawn signature has 5 to 40 thousand
PNG: Final = b"\x89PNG\r\n\x1a\n"
DATA_URL: Final = "data:image/png;base64,"
KEPT_CONTROLS: Final = "\n\r\t"
SIGNS_OF_DIRECTION: Final = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
TYPED_DATE: Final = re.compile(r"\s*(\d{4})\s*[-/.年]?\s*(\d{1,2})\s*[-/.月]?\s*(\d{1,2})\s*日?\s*")
UNKEPT: Final = _("There is a character here that cannot be kept. Please type it again.")
PLAIN_DATE: Final = re.compile(r"\s*(\d{4})(\d{2})(\d{2})\s*")


class Renderer(TemplatesSetting):
    """Render forms and fields with the components of the house."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"


def check_text(value: object) -> None:
    """
    Refuse characters that cannot be kept or that hide what is written.

    :raises ValidationError: on a control character, a lone surrogate or a sign that turns the
        direction of writing.
    """
    for character in str(value):
        if character in SIGNS_OF_DIRECTION or _unkept(character):
            raise ValidationError(
                _("There is a character here that cannot be kept. Please type it again."), "unkept"
            )


def _unkept(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cs"} and character not in KEPT_CONTROLS


class RelayForm(forms.Form):
    """
    A form with our field templates.

    A class may set ``choice_hints = {field: {value: sentence}}`` for a second line under a
    choice, ``in_a_row`` for fields whose short choices stand side by side, and
    ``all_optional`` where "(if you like)" beside every field would only be noise.
    """

    default_renderer = Renderer
    choice_hints: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    in_a_row: ClassVar[frozenset[str]] = frozenset()
    all_optional: ClassVar[bool] = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False  # the summary speaks the reader's language, the browser may not
        for field in self.fields.values():
            harden(field)

    def full_clean(self) -> None:
        """Check what was typed, also in fields that a form added after its birth."""
        for field in self.fields.values():
            harden(field)
        super().full_clean()

    def clean(self) -> dict[str, Any]:
        """Return what was typed; a form adds its own checks on top."""
        return super().clean() or self.cleaned_data


def harden(field: forms.Field) -> None:
    """Give a field the checks, the words and the input of every field of the house; twice is once."""
    if field.error_messages.get("required") is forms.Field.default_error_messages["required"]:
        field.error_messages["required"] = _missing(field)
    if isinstance(field, forms.CharField):
        _harden_text(field)
    elif isinstance(field, forms.DateField) and not isinstance(field, TypedDateField):
        field.widget = _native(field.widget, forms.DateInput, "date", "%Y-%m-%d")
    elif isinstance(field, forms.TimeField):
        field.widget = _native(field.widget, forms.TimeInput, "time", "%H:%M")
    elif isinstance(field, forms.DateTimeField):
        field.widget = _native(field.widget, forms.DateTimeInput, "datetime-local", "%Y-%m-%dT%H:%M")


def _harden_text(field: forms.CharField) -> None:
    if check_text in field.validators:
        return
    if isinstance(field.widget, forms.Textarea) and field.widget.attrs.get("rows") == "10":
        field.widget.attrs |= {"rows": "3"}  # ten is Django's own, for novels
    null = ProhibitNullCharactersValidator  # check_text says it already
    field.validators = [check_text, *(rule for rule in field.validators if not isinstance(rule, null))]
    if field.max_length is None and not isinstance(field, SignatureField):
        field.validators.append(MaxLengthValidator(LONGEST_TEXT))


def _missing(field: forms.Field) -> StrPromise:
    if isinstance(field, forms.BooleanField):
        return _("Please tick this.")
    return _("Please choose.") if isinstance(field, forms.ChoiceField) else _("Please fill this in.")


def _native(widget: Any, kind: type[Any], input_type: str, written: str) -> Any:
    if type(widget) is not kind:
        return widget
    widget.input_type = input_type
    widget.format = written
    return widget


class OfThePage(forms.CharField):
    """Unseen, what a page showed to who sends it; shown anew, the page names what it shows now."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(max_length=40, widget=forms.HiddenInput, **kwargs)

    def bound_data(self, _data: Any, initial: Any) -> Any:
        """Return what is so now: what was sent may be over."""
        return initial


class TypedDateField(forms.DateField):
    """A date one knows by heart: typed as 19990305, 1999-3-5 or 1999年3月5日, quicker than a calendar."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("For example 1999-03-05 or 19990305"))
        attrs = {"inputmode": "numeric", "class": "short", "autocomplete": "off"}
        kwargs.setdefault("widget", forms.TextInput(attrs=attrs))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> date | None:
        """Return the date, or None where nothing was typed."""
        if value in self.empty_values or isinstance(value, date):
            return super().to_python(value)
        text = unicodedata.normalize("NFKC", str(value))
        found = PLAIN_DATE.fullmatch(text) or TYPED_DATE.fullmatch(text)
        try:
            return date(*(int(part) for part in found.groups())) if found else super().to_python(text)
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], "invalid") from None


class SignatureInput(forms.HiddenInput):
    """A canvas to sign on, and the picture of it in a hidden field."""

    template_name = "components/widgets/signature.html"
    input_type = "signature"

    def id_for_label(self, _id: str) -> str:
        """Return nothing: a label cannot stand for a canvas, which has its own."""
        return ""


class SignatureField(forms.CharField):
    """A drawn signature; ``cleaned_data`` has it as the bytes of a PNG, or empty bytes."""

    widget = SignatureInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("error_messages", {"required": _("Please sign in the box.")})
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        """
        Return the picture's bytes.

        :raises ValidationError: if nothing was drawn, or it is not a PNG of a signature's size.
        """
        text = super().clean(value)
        if not text:
            return b""
        try:
            content = b64decode(text.removeprefix(DATA_URL), validate=True)
        except (BadBase64, ValueError):
            content = b""
        if not content.startswith(PNG) or len(content) > LARGEST_SIGNATURE:
            raise ValidationError(_("The signature did not arrive. Please sign again."), "invalid")
        return content
