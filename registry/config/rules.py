"""Every number that a rule of the registry rests on, with its source.

Read through `django.conf.settings`, so that a branch may follow its own province's numbers.
Rooms add theirs here, one line and one comment each.
"""

AGE_LOWEST = 18  # years at enrolment; CMDP recruitment rules, domain.md 2
AGE_HIGHEST_TO_JOIN = 45  # years at enrolment; CMDP recruitment rules, domain.md 2
AGE_HIGHEST = 60  # years on the register, then aged out; domain.md 2
COOLING_OFF_DAYS = 7  # between the tube and its dispatch; domain.md 2

SESSION_IDLE_MINUTES = 30  # then a login ends; security.md 2, ASVS 7.3.1
SESSION_LONGEST_HOURS = 12  # even of a busy login: a day's work; ASVS 7.3.2
UPLOAD_LARGEST_MB = 20  # of one file; security-checklist.md 38
BROKER_KEEP_HOURS = 24  # delivered rows of the embedded broker, then purged; dependencies.md
