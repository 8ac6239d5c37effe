"""The pages of drives: the calendar, a drive's board, the enrolment step by step, the team, the closing."""
