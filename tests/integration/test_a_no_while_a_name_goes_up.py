"""A relative takes their consent back, or says no, at the very moment a name is put on the memorial wall."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from consent import actions as consents
from consent.models import Consent
from foundation import moves
from foundation.access import Role
from foundation.moves.models import StopDue
from registry.families import actions, queries
from registry.families.models import WallPage
from registry.families.states import WallState
from tests.at_the_families import install_texts
from tests.factories.families import FamilyFactory, MemberFactory
from tests.factories.foundation import BranchFactory, StaffFactory, actor
from tests.on_the_wall import agreed, consented
from tests.racing import FEWER, at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


@pytest.mark.parametrize("word", ["taken back", "no"])
def test_the_word_always_commits_and_the_name_is_read_by_nobody(word: str) -> None:
    install_texts()
    county = BranchFactory()
    mei, fang = (StaffFactory(role=Role.FAMILY_CARE, branch=county) for _ in range(2))
    writes, puts_up, at = actor(mei), actor(fang), timezone.now()
    for _round in range(FEWER):
        widow = MemberFactory(family=FamilyFactory(branch=county))
        consent: Consent = consented(widow, by=writes)
        page = agreed(widow, by=writes)
        said = _said(word, consent, widow, by=writes, at=at)

        up, told = at_once(lambda page=page: actions.put_on_wall(page, by=puts_up, at=at), said)

        assert not isinstance(told, Exception), told
        assert isinstance(up, WallPage | moves.Refused), up
        assert WallPage.objects.get(pk=page.pk).state in {WallState.AGREED, WallState.HIDDEN}
        assert not queries.on_the_wall(timezone.localdate()).exists()
    assert not StopDue.objects.exists()


def _said(word: str, consent: Consent, member: Any, **who: Any) -> Callable[[], Any]:
    if word == "no":
        return lambda: actions.object_to_wall(member, **who)
    return lambda: consents.withdraw(consent, **who)
