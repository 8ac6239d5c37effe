"""The forms of drives: one a step of the enrolment, and those of the calendar and the closing."""
