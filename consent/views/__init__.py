"""Pages of consent: scans, verifying, withdrawing, receipts, the ledger, and the texts."""
