"""The words that come with the program, one file an audience; drafts, to be approved by counsel."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from notifications.channel_names import Channel

FOLDER: Final = Path(__file__).parent
# What is written once for a long, a short and a spoken way serves every channel of that length. On paper no
# link can be followed: where there is one, a letter has words of its own, under "letter".
LENGTHS: Final = {
    Channel.LETTER: "long",
    Channel.EMAIL: "long",
    Channel.SMS: "short",
    Channel.WECHAT: "short",
    Channel.CALL: "spoken",
    Channel.VISIT: "spoken",
}


@dataclass(frozen=True, slots=True)
class FirstBody:
    """Words for one channel in one language."""

    channel: Channel
    language: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class FirstWording:
    """A wording as its file says it."""

    key: str
    audience: str
    bereaved: bool
    names: Mapping[str, str]
    bodies: tuple[FirstBody, ...]


def read() -> Iterator[FirstWording]:
    """Read every wording that comes with the program."""
    for path in sorted(FOLDER.glob("*.toml")):
        for key, said in tomllib.loads(path.read_text("utf-8")).items():
            yield _wording(f"{path.stem}.{key}", said)


def _wording(key: str, said: Mapping[str, Any]) -> FirstWording:
    spoken = {language: words for language, words in said.items() if isinstance(words, dict)}
    return FirstWording(
        key=key,
        audience=said["audience"],
        bereaved=said.get("bereaved", False),
        names={language: words["name"] for language, words in spoken.items()},
        bodies=tuple(
            FirstBody(
                channel=Channel(channel),
                language=language,
                subject=words["subject"] if channel == Channel.EMAIL else "",
                text=_text(words, Channel(channel)),
            )
            for language, words in spoken.items()
            for channel in said["channels"]
        ),
    )


def _text(words: Mapping[str, Any], channel: Channel) -> str:
    own = words.get("letter") if channel == Channel.LETTER else None
    return str(own or words[LENGTHS[channel]]).strip()
