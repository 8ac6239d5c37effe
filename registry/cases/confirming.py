"""What two people confirm before conditioning: the facts as they stood when the first one asked. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from foundation.approvals import Approval
    from registry.cases.models import MatchCase


def facts_of(case: MatchCase) -> dict[str, str]:
    """Return what is confirmed of a case: its days, the hospital's message, who cleared and agreed when."""
    moments = {
        "conditioning_on": case.conditioning_on,
        "collection_on": case.collection_on,
        "message_at": case.hospital_message_at,
        "cleared_at": case.cleared_at,
        "final_consent_at": case.final_consent_at,
    }
    backup = str(case.backup_id or case.backup_code or case.no_backup)
    return {**{name: _said(one) for name, one in moments.items()}, "product": case.product, "backup": backup}


def still_holds(approval: Approval, case: MatchCase) -> bool:
    """Return whether what the first person confirmed is what stands now."""
    return dict(approval.facts) == facts_of(case)


def _said(moment: date | None) -> str:
    return moment.isoformat() if moment else ""
