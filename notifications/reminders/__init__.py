"""Reminding people of an appointment: planned when it is booked, and gone with it."""
