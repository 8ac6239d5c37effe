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

SAMPLE_BLOOD_ML = (6, 8)  # lowest and highest of a tube; domain.md 2
BATCH_TUBES_MOST = 96  # one rack of the laboratory: 8 x 12 places
DESTRUCTION_DAYS = 7  # from a withdrawal to the tube's last day; domain.md 2
TYPING_LOCI_NEEDED = ("A", "B", "DRB1")  # the least a typing must speak of; domain.md 2
TYPING_TEXT_LONGEST = 4000  # characters of one typing text; eleven ambiguous loci stay below
LABEL_SHEETS = {  # A4 sheets of labels: columns, rows, then width and height of one in mm, margins left and top
    "70x37": (3, 8, 70, 37, 0, 0),
    "48.5x25.4": (4, 10, 48.5, 25.4, 8, 21.5),
    "38x21": (5, 13, 38.1, 21.2, 9.75, 10.7),
}
LABEL_SHEET = "48.5x25.4"  # the sheet chosen unless told otherwise
