"""The donor: contacts, family stance, states, withdrawal, calls."""
