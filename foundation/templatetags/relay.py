"""Tags and filters of the components: masks, languages, inputs. They read values, never the database."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Final

from django import template
from django.forms import BoundField
from django.forms.boundfield import BoundWidget
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from foundation import calendar
from foundation.access import Permission
from foundation.pages import masks

register = template.Library()

_IN_TRADITIONAL: Final = str.maketrans("闰腊", "閏臘")
TAGS_OF_LANGUAGES: Final = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant"}


@register.filter
def bcp47(code: str) -> str:
    """Return a language code as HTML's ``lang`` writes it, so that Han glyphs are right."""
    return TAGS_OF_LANGUAGES.get(code, code)


@register.filter
def up_to(number: int) -> range:
    """Return the numbers from one to this one."""
    return range(1, int(number) + 1)


@register.filter
def first_input_id(field: BoundField) -> str:
    """Return the id a link of the error summary leads to: the first input of the field."""
    if field.use_fieldset and len(field) and field.subwidgets:
        return str(field.subwidgets[0].data["attrs"].get("id") or field.auto_id)
    return str(field.id_for_label or field.auto_id)


@register.filter
def leading(label: object) -> str:
    """Return a label as it stands before what is said of it: with a colon, unless it asks."""
    words = str(label).strip()
    if words.endswith(("?", "\uff1f", ":", "\uff1a")):
        return f"{words} "
    return f"{words}\uff1a" if (get_language() or "").startswith("zh") else f"{words}: "


@register.filter
def choice_hint(option: BoundWidget, field: BoundField) -> str:
    """Return the second line under a choice, where the form has one."""
    hints = getattr(field.form, "choice_hints", {}).get(field.name, {})
    return hints.get(str(option.data.get("value", "")), "")  # type: ignore[no-any-return]


@register.filter
def in_a_row(field: BoundField) -> bool:
    """Return whether the choices of a field stand side by side."""
    return field.name in getattr(field.form, "in_a_row", ())


def _masked(mask: Callable[[str], str], value: object) -> str | SafeString:
    if isinstance(value, str):
        return format_html('<span class="veil">{}</span>', mask(value)) if value else ""
    return plainly(value)


@register.filter
def mask_name(value: object) -> str | SafeString:
    """Return a masked name, or the word for one that is erased or does not open."""
    return _masked(masks.name, value)


@register.filter
def mask_phone(value: object) -> str | SafeString:
    """Return a masked telephone number."""
    return _masked(masks.phone, value)


@register.filter
def phone(value: object) -> str:
    """Return a telephone number as one reads it aloud; for the words of one that does not open, too."""
    return masks.spoken_phone(value) if isinstance(value, str) else plainly(value)


@register.filter
def mask_document(value: object) -> str | SafeString:
    """Return a masked document number."""
    return _masked(masks.document, value)


@register.filter
def mask_email(value: object) -> str | SafeString:
    """Return a masked e-mail address."""
    return _masked(masks.email, value)


@register.filter
def mask_address(value: object) -> str | SafeString:
    """Return a masked address."""
    return _masked(masks.address, value)


@register.filter
def plainly(value: object) -> str | SafeString:
    """Return an opened value as it is, and a word where it is erased or does not open."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if type(value).__name__ == "Erased":
        return format_html('<span class="erased">{}</span>', gettext("erased"))
    if type(value).__name__ == "Broken":
        return format_html('<span class="broken">{}</span>', gettext("does not open"))
    return str(value)


@register.filter
def day(value: date | datetime | None) -> str:
    """Return a date as 2024-03-05: one way to write it, in every language."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = timezone.localtime(value)
    return value.strftime("%Y-%m-%d")


@register.filter
def lunar_day(value: date | None) -> str | SafeString:
    """Return the lunar date of a day in Chinese, 八月初三: who keeps it reads it so, in any language."""
    if value is None:
        return ""
    spoken = calendar.words(calendar.lunar(value))
    if get_language() == "zh-hant":
        return format_html('<span lang="zh-Hant">{}</span>', spoken.translate(_IN_TRADITIONAL))
    return format_html('<span lang="zh-Hans">{}</span>', spoken)


@register.filter
def moment(value: datetime | None) -> str:
    """Return a moment as 2024-03-05 14:20, in the branch's own time."""
    return timezone.localtime(value).strftime("%Y-%m-%d %H:%M") if value else ""


@register.filter
def thousands(value: int | None) -> str:
    """Return a number with commas: 12,043."""
    return f"{value:,}" if value is not None else ""


@register.filter
def percent(part: float | None, whole: float | None) -> str:
    """Return a share as ``94.5 %``; a dash where there is nothing to share."""
    if not whole or part is None:
        return "—"
    return f"{part / whole * 100:.1f} %"


@register.filter
def get(mapping: Any, key: object) -> Any:
    """Return what a mapping has under a key that stands in a variable."""
    return mapping.get(key) if hasattr(mapping, "get") else None


OWN_NAMES: Final = {"zh-hans": "简体中文", "zh-hant": "繁體中文", "en": "English"}


@register.filter
def own_name(code: str) -> str:
    """Return the name of a language in that language."""
    return OWN_NAMES.get(code, code)


@register.filter
def holds(request: Any, permission: str) -> bool:
    """Return whether the reader holds a right anywhere, so that no link leads to a closed door."""
    ask = getattr(request, "holds", None)
    return bool(ask and ask(Permission(permission)))
