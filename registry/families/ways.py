"""By which ways somebody of a family may be reached, and the text in whose words they are asked."""

from __future__ import annotations

from typing import Final

from consent.purposes import Purpose

TEXT: Final = "family_contact"
WALL_TEXT: Final = "memorial_wall"  # the consent to stand on the memorial wall, by itself
WAYS: Final = (
    Purpose.CONTACT_PHONE,
    Purpose.CONTACT_VISIT,
    Purpose.CONTACT_POST,
    Purpose.CONTACT_SMS,
    Purpose.CONTACT_EMAIL,
    Purpose.CONTACT_WECHAT,
)
