"""Match cases: from the first notice to the tenth year after the donation."""
