"""Which words stop the messages of a channel: these alone, whatever stands around them; pure.

A message that merely contains one of them is an answer that a person reads; so is "cancel", which may
mean an appointment.
Source: github.com/medic/cht-core/issues/476, where STOP against STOP-id stopped the wrong thing.
"""

from __future__ import annotations

from typing import Final

from foundation.vault import normal

WORDS: Final = frozenset(
    {
        "T", "TD", "STOP", "STOPALL", "UNSUBSCRIBE",
        "退订", "退訂", "停止", "拒收", "回T", "回复T", "回覆T", "回TD",
    }
)  # fmt: skip
_AROUND: Final = " \t\r\n.,;:!?。，；：！？、…~～'\"“”‘’「」『』【】[]()（）<>《》"  # noqa: RUF001 - as people type them


def is_stop(text: str) -> bool:
    """Return whether a text is one of the words that stop messages, and nothing else."""
    folded = normal.text(text).strip(_AROUND).upper()
    return "".join(folded.split()) in WORDS
