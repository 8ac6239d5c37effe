"""Blood drives, enrolment, sheets."""
