"""What pages share: keyset lists, masked fields, step forms, error summaries."""
