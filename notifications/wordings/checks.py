"""Read a wording as its receiver would, and say what must be mended before it may be sent."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from notifications.channel_names import Channel
from notifications.wordings import fields, sandbox, words

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

SPOKEN: Final = frozenset({Channel.CALL, Channel.VISIT})  # heard by one person, and answered
ON_A_LOCK_SCREEN: Final = frozenset({Channel.SMS, Channel.WECHAT})


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a wording. ``stops``: it is not sent before this is mended; ``where`` was found in it."""

    code: str
    words: StrPromise
    where: str = ""
    stops: bool = True


@dataclass(frozen=True, slots=True)
class Read:
    """A wording as the checks see it."""

    text: str
    subject: str
    audience: str
    bereaved: bool
    channel: str
    language: str
    later: bool = False

    @property
    def whole(self) -> str:
        """Its subject and its text in one spelling: a full-width letter is that letter."""
        return unicodedata.normalize("NFKC", f"{self.subject}\n{self.text}")

    @property
    def on_a_lock_screen(self) -> str:
        """What others may see without opening it."""
        seen = self.text if self.channel in ON_A_LOCK_SCREEN else ""
        return unicodedata.normalize("NFKC", f"{self.subject}\n{seen}")


def check(
    text: str,
    *,
    audience: str,
    bereaved: bool,
    channel: str,
    subject: str = "",
    language: str = "zh-hans",
    later: bool = False,
) -> list[Problem]:
    """
    Return everything that speaks against a wording: first what stops it, then what to think over.

    :param audience: of ``wordings.models.Readers``.
    :param later: read long after a death, when a cheerful word is only to be thought over.
    """
    read = Read(text, subject, audience, bereaved, channel, language, later)
    found = [problem for look in _LOOKS for problem in look(read)]
    return sorted(found, key=lambda problem: not problem.stops)


def sms_parts(written: str, sign: str) -> int:
    """
    Return how many SMS a text takes with its sign in front. Unit: messages.

    【 is in no 7-bit alphabet, so every one is counted in UTF-16.

    Source: 3GPP TS 23.040, 9.2.3.24: 140 octets, six of them gone where a text has parts
    """
    units = len(f"【{sign}】{written}".encode("utf-16-le")) // 2
    if units <= settings.SMS_UNITS_ALONE:
        return 1
    return -(-units // settings.SMS_UNITS_OF_A_PART)


def _fields(read: Read) -> Iterator[Problem]:
    known = fields.KNOWN.get(read.audience, {})
    for name in sorted(sandbox.names(read.subject) | sandbox.names(read.text)):
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            yield Problem(
                "unknown_field",
                _("There is no such field for these readers."),
                f"{name} → {near[0]}?" if near else name,
            )
    for stray in [*sandbox.strays(read.subject), *sandbox.strays(read.text)]:
        yield Problem(
            "not_a_field",
            _("Only {{ field }} is put in: no filter, no part of a field, no tag."),
            stray,
        )
    for name in sorted(sandbox.names(read.subject)):
        if name in known and known[name].personal:
            yield Problem("named_in_subject", _("The subject of an e-mail names nobody."), name)


def _letters(read: Read) -> Iterator[Problem]:
    if not read.text.strip():
        yield Problem("empty", _("There are no words."))
    if (
        sandbox.controls(read.text.replace("\r\n", "\n"))
        or sandbox.controls(read.subject)
        or "\n" in read.subject
    ):
        yield Problem("unkept", _("There is a character that nobody sees and that turns or breaks a line."))
    if read.channel == Channel.EMAIL and not read.subject.strip():
        yield Problem("no_subject", _("An e-mail needs a subject."))


def _links(read: Read) -> Iterator[Problem]:
    yield from _found(
        words.TYPED_LINK,
        read.whole,
        "typed_link",
        _("Links come from fields. A typed one may lead anywhere."),
    )
    yield from _found(
        words.TYPED_PHONE,
        read.whole,
        "typed_phone",
        _("A number that is typed grows old. Use {{ branch_phone }}."),
        stops=False,
    )


def _lock_screen(read: Read) -> Iterator[Problem]:
    if read.audience == "STAFF":
        return
    yield from _found(
        words.DONATION,
        read.on_a_lock_screen,
        "lock_screen",
        _("A lock screen can show this. It never speaks of donation: not everybody near may know."),
    )


def _recipient(read: Read) -> Iterator[Problem]:
    for sentence in words.SENTENCES.split(read.whole):
        who, fact = words.RECIPIENT.search(sentence), words.IDENTIFYING.search(sentence)
        if who and fact:
            yield Problem(
                "recipient_fact",
                _("Donor and recipient stay unknown to each other. This tells something of who received."),
                f"{who[0]} … {fact[0]}",
            )


def _medical(read: Read) -> Iterator[Problem]:
    yield from _found(
        words.MEDICAL,
        read.whole,
        "medical",
        _("No medical detail is written to people; a doctor or an officer tells it."),
        stops=read.channel not in SPOKEN,
    )


def _to_the_bereaved(read: Read) -> Iterator[Problem]:
    if not read.bereaved:
        return
    mourning = not read.later
    yield from _found(
        words.JOYFUL, read.whole, "joyful", _("Never cheerful words to the bereaved."), stops=mourning
    )
    yield from _found(
        words.RED, read.whole, "red", _("Nothing red is written to a house in mourning."), stops=mourning
    )
    yield from _found(
        words.APPEAL, read.whole, "appeal", _("The bereaved are not asked for money, answers or publicity.")
    )
    yield from _found(
        words.BLUNT, read.whole, "blunt", _("Is there a gentler word: left, went, passed away?"), stops=False
    )
    yield from _found(
        words.TOO_CLOSE, read.whole, "too_close", _("The bereaved are addressed as 您."), stops=False
    )
    yield from _found(
        words.LOUD, read.whole, "loud", _("Write it without exclamation marks and pictures."), stops=False
    )


def _pressure(read: Read) -> Iterator[Problem]:
    if read.audience == "STAFF":
        return
    yield from _found(
        words.PRESSING,
        read.whole,
        "pressing",
        _("Nobody is pressed, and nothing is paid: everybody may still say no."),
        stops=False,
    )


def _length(read: Read) -> Iterator[Problem]:
    if read.channel != Channel.SMS:
        return
    filled = _filled(read)
    parts = sms_parts(filled, fields.samples(["branch_name"], "STAFF", read.language)["branch_name"])
    if parts > settings.SMS_PARTS_MOST:
        yield Problem(
            "too_long", _("Too long for an SMS, with the sign of the branch in front."), str(len(filled))
        )
    elif parts > 1:
        yield Problem(
            "long",
            _("It goes out in several parts, which some phones show out of order."),
            str(parts),
            stops=False,
        )


def _filled(read: Read) -> str:
    names = sandbox.names(read.text)
    return sandbox.fill(read.text, fields.samples(names, read.audience, read.language)).strip()


def _found(
    pattern: re.Pattern[str], text: str, code: str, sentence: StrPromise, *, stops: bool = True
) -> Iterator[Problem]:
    """Yield one problem for each different thing found."""
    for where in dict.fromkeys(found[0].strip() for found in pattern.finditer(text)):
        yield Problem(code, sentence, where, stops)


_LOOKS: Final[tuple[Callable[[Read], Iterator[Problem]], ...]] = (
    _fields,
    _letters,
    _links,
    _lock_screen,
    _recipient,
    _medical,
    _to_the_bereaved,
    _pressure,
    _length,
)
