"""Messages that wait for a person: unclear, stopped, lacking words or leave, kept back by a fault of ours."""
