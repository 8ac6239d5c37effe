"""Pages that mend records: corrected identities, records joined, branches that ask each other."""
