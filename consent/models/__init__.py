"""Texts, consents, their evidence, and the ledger of what was disclosed."""

from consent.models.disclosures import Disclosure
from consent.models.evidence import Evidence
from consent.models.records import Consent, TeachBack
from consent.models.remarks import EvidenceRemark, RemarkKind
from consent.models.texts import Text, TextBody

__all__ = [
    "Consent",
    "Disclosure",
    "Evidence",
    "EvidenceRemark",
    "RemarkKind",
    "TeachBack",
    "Text",
    "TextBody",
]
