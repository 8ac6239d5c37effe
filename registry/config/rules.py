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
LABEL_SHEETS = {  # A4 sheets: columns, rows, width and height of a label in mm, margins left and top
    "70x37": (3, 8, 70, 37, 0, 0),
    "48.5x25.4": (4, 10, 48.5, 25.4, 8, 21.5),
    "38x21": (5, 13, 38.1, 21.2, 9.75, 10.7),
}
LABELS_MOST = 1000  # new labels on one paper: twenty-five sheets of forty
LABEL_SHEET = "48.5x25.4"  # the sheet chosen unless told otherwise

LOGIN_LOCK_MINUTES = 15  # failures are counted by quarters of an hour; ASVS 6.3.1, security.md 2
LOGIN_TRIES_PER_ACCOUNT_AND_ADDRESS = 5  # of one account from one address; MLPS 8.1.4.1 b
LOGIN_TRIES_PER_ACCOUNT = 30  # of one account from unknown devices anywhere; known devices pass
LOGIN_TRIES_PER_ADDRESS = 100  # of one address: a drive with forty volunteers and staff behind it stays below
LOGIN_TRIES_PER_DEVICE = 10  # on a device that signed in to this account before
LOGIN_TRIES_PER_CODE = 10  # wrong six-digit codes of one account; two codes in a million hold at a time
KNOWN_DEVICE_DAYS = 180  # a device that signed in is let through for so long
KNOWN_DEVICE_ACCOUNTS = 5  # a phone shared by the crew of a drive
SET_PASSWORD_LINK_HOURS = 24  # a link to set a password is used once and soon; ASVS 6.4.1
APPROVAL_DAYS = 14  # a question to a second person, and the answer, hold so long [D]

WEIGHT_LOWEST_KG = {"F": 45, "M": 50}  # at enrolment; domain.md 2
CONTACTS_NEEDED = 2  # relatives or friends named at enrolment; domain.md 2
HOLD_MONTHS_MOST = 24  # of one pause; domain.md 2
LOST_ROUNDS = 3  # rounds in which every number is tried before a donor is out of contact; domain.md 2
LOST_ROUND_DAYS = 3  # between two rounds of one number, so that another weekday is tried [D]
CALL_LEASE_MINUTES = 20  # a call on somebody's screen is rung by nobody else so long [D]
CALL_UNDO_MINUTES = 10  # in which who wrote a result down may take it back: a slip of a key [D]
CALL_LIST_MOST = 200  # people on one call list; an afternoon has forty [D]
CALL_LIST_USUAL = 40  # people on one call list, proposed; product.md
COOLING_OFF_REMINDER_DAYS = 5  # after enrolment the volunteer is rung: domain.md 7, retention D+5
CONTACT_UNVERIFIED_MONTHS = 24  # since a contact was verified, then the number is checked; domain.md 7, 8
AGE_TO_DONATE = 55  # years; after it no donor is offered any more; CMDP, domain.md 2
AGE_NOTICE_DAYS = 30  # between telling a donor that the register ends and ending it; domain.md 2
AGE_LETTER_WAITS_DAYS = 10  # a letter of age that has not left by then is told by telephone [D]
COLLECTIONS_MOST = 2  # of one donor; domain.md 2
FACTS_TO_CHECK = 2  # before a withdrawal by word of mouth; domain.md 2
ERROR_HOURS = 72  # in which a mistaken act can be undone; domain.md 2
OBJECTION_WORKING_DAYS = 1  # in which the donor is called after somebody objected; domain.md 2
HOLD_ENDING_DAYS = 14  # before its end a pause stands on the Today page; our own decision
GRID_ISSUER = "9999"  # issuing organisation number: a licensed registry sets its own; docs/sources.md#grid

SHEET_ROWS_MOST = 100_000  # of a workbook; dependencies.md, sheets
SHEET_COLUMNS_MOST = 200  # of a workbook; dependencies.md, sheets
SHEET_MEGABYTES_MOST = 512  # of the process that reads a workbook; security.md 4.4
SHEET_SECONDS_MOST = 30  # of the process that reads a workbook; security.md 4.4
# One import is one transaction, which locks others out there. Source: design/dependencies.md
SHEET_ROWS_MOST_ON_SQLITE = 5_000

DRAFT_DAYS = 14  # an enrolment nobody went on with is destroyed; security.md 2
SAMPLE_BLOOD_USUAL_ML = 7  # proposed for the first tube of a drive, then the last one's; our own decision
FAMILY_TALK_WORKING_DAYS = 5  # in which somebody rings who wishes a talk with the family [D]
ASK_BRANCH_WORKING_DAYS = 5  # in which the branch of a person who came to another one's drive rings them [D]
DOOR_WITHDRAWN_PER_HOUR = 20  # withdrawals by document and second fact by one person; a desk has few [D]
DOOR_TAKEN_IN_PER_HOUR = 30  # wishes to take somebody in by one person; a new term brings some [D]
CORRECTED_HOLD_DAYS = 90  # a pause after a correction that breaks a rule of joining [D]
WOULD_NOT_HOLD_DAYS = 90  # a pause of a listed donor who says that they would not go on [D]
MERGE_DOUBTFUL_FROM = 2  # of name, sex and birth date differ: joined only with a written reason [D]
ASSIST_DAYS_MOST = 90  # of one assist; then it is asked anew [D]
DOOR_ASKED_PER_HOUR = 240  # "already registered?" by one person; a busy drive has 60 volunteers an hour [D]

# How long a backup is kept before the keys it was made under may go. Source: design/security.md 1
BACKUP_RETENTION_DAYS = 35

SEARCHES_PER_HOUR = 300  # of one person in the search box: five a minute all day; our own decision
HELPER_MINUTES_MOST = 720  # of one day's help that are counted, where nobody ended it in time [D]

JOB_LEASE_SECONDS = 120  # a worker silent for so long is taken for dead, and its work handed out again
JOB_WAIT_SECONDS = 60  # work no worker has begun by then says so on its page; our own decision
JOB_RUNS_MOST = 5  # then work that takes its worker down each time is given up

CONSENT_ON_A_PAGE = 20  # signatures a second person verifies on one page; domain.md 6
CONSENT_SCAN_LARGEST_MB = 10  # of one scan of a signed paper; a page of 300 dpi in colour has 1 to 4
CONSENT_SCAN_LARGEST_MEGAPIXELS = 50  # of a picture before it is opened: a bomb asks for more
CONSENT_SCAN_LONGEST_SIDE = 2400  # pixels kept of a picture: 200 dpi of an A4 page
CONSENT_ASK_AGAIN_AT_ONCE = 200  # people marked in one transaction after a new text

OWN_FORM_IDLE_MINUTES = 30  # an own form left open on a phone, then it begins anew; our own decision
OWN_FORM_UNFINISHED_HOURS = 24  # an own form that was never handed in, then it is destroyed [D]
OWN_FORM_NUMBER_HOURS = 12  # for which a phone shows the number again: a drive's day [D]
OWN_FORM_OFFICE_DAYS = 31  # the poster of an office, which has no day of its own [D]
OWN_FORMS_PER_ADDRESS = 400  # begun in a quarter of an hour from one address: a campus stays below [D]
OWN_FORMS_WAITING_MOST = 1_000  # of one drive that nobody has seen yet: ten busy drives [D]
MOVED_PER_ADDRESS = 30  # numbers left in a quarter of an hour from one address: a dormitory stays below [D]
MOVED_WAITING_MOST = 2_000  # numbers left that are not compared yet: a minute has a handful [D]
STRANGERS_MINUTES = 15  # acts of strangers are counted by quarters of an hour, as logins are; security.md 2

LINK_DAYS = 30  # a link in a message can be used; a letter lies about for weeks [D]
LINK_STOP_DAYS = 400  # a link that stops messages: an old mail must still stop them [D]
LINK_ON_MINUTES = 60  # a link to go on with from another page of one's own [D]
LINK_PASS_MINUTES = 30  # after the second fact, on that device; as an idle login, security.md 2
LINK_WRONG_MOST = 5  # wrong answers to the second fact end a link; security.md 2
LINK_KEPT_DAYS = 400  # after a link has run out its row goes; who used what stands on the trail [D]
CAMPAIGN_MOST = 20_000  # people of one campaign; they are drawn in one transaction [D]
CONTACT_CHECK_MONTHS = 12  # between two questions whether the contact is right; domain.md 7
GRADUATES_ASKED_AFTER_DAYS = 14  # of joining, who joins after the question of May; our own decision
FOLLOW_UP_BAD = 2  # wellbeing of five at which somebody rings [D]
FOLLOW_UP_WORKING_DAYS = 1  # in which somebody rings who is not well after donating [D]

PILE_LARGEST_MB = 100  # of one scanned pile: 120 pages in grey at 300 dpi; our own decision
PILE_PAGES_MOST = 400  # of one scanned pile: four goes of an office scanner's tray; our own decision
PILE_PIECE = 6  # pages drawn by one process; our own decision
PILE_MEGABYTES_MOST = 512  # of a process that draws pages; security.md 4.4
PILE_SECONDS_MOST = 30  # of a process that draws pages; security.md 4.4
PILE_MISSED_MOST = 5  # pages that took their process down, then the file is given up; our own decision
PILE_DAYS = 30  # a pile nobody dealt with is destroyed, its papers being in the office; our own decision
PILE_FORM_PAGES_MOST = 8  # of one form; ours has two, so that a barcode was missed; our own decision
PILE_LIKENESS = 0.8  # of two pages, from which both are the front of the same printed form; measured on ours
PILE_BACKS_LIKENESS = 0.95  # from which two pages without a barcode are backs of one print; measured on ours
PILE_LISTED_MOST = 200  # people offered whose paper is still to come; our own decision

EXPORT_HOURS = 48  # a finished sheet of donors is kept, then destroyed with its key; our own decision
NATIONAL_REGISTER = "中国造血干细胞捐献者资料库"  # to whom a volunteer is handed on; the ledger names it
NATIONAL_AT_ONCE = 20  # people opened on one page of what to enter at the national register [D]
NATIONAL_FINDINGS_MOST = 5_000  # of one reconciliation; more, and it is the wrong sheet [D]

BEREAVED_QUIET_DAYS = 99  # after a death no machine speaks to the family; 百日, domain.md 7
WALL_YEARS = 5  # a name stands on the memorial wall, then the family is asked again [D]
WALL_ENDING_DAYS = 60  # before its last day the family is asked whether the name should stay [D]
WALL_WORDS_LONGEST = 200  # characters of a family's words on the wall [D]
PLANNED_YEARS_AHEAD = 1  # the calendar reaches to the end of the next year; messaging.md, plans
TOUCHPOINT_LATE_DAYS = 7  # found later, what goes out by itself is left out; our own decision
EVENT_REMINDED_AT = 11  # o'clock of the day before, so that before the midday rest it is read [D]
MESSAGES_LEAVE_AT = 10  # o'clock where the recipient is: well inside the hours 09-20; domain.md 7

SMS_UNITS_ALONE = 70  # UTF-16 units of one SMS; 3GPP TS 23.038
SMS_UNITS_OF_A_PART = 67  # of each part of a longer one; 3GPP TS 23.040
SMS_PARTS_MOST = 3  # of one text; an old phone shows more out of order [D]
WORDING_LONGEST = 4_000  # characters of one text: two pages of a letter [D]

QUIET_HOURS = (9, 20)  # the recipient's own clock: nothing of care or retention before or after; domain.md 7
CARE_LATE_DAYS = 3  # a word to a family that is no rite may be late: 48 hours, and a rite between [D]
GAP_HOURS = 48  # between two messages of care or retention to one person; domain.md 7
LETTER_LEAD_DAYS = 14  # before its day a letter is put before who releases, prints and posts it [D]
OUTBOX_LEASE_SECONDS = 180  # then a silent worker counts as lost; longer than the longest hand-over [D]
OUTBOX_TRIES = 12  # of a message that was surely not handed over: seven hours, then it failed [D]
OUTBOX_BACKOFF_SECONDS = 60  # before the second try, doubled each time [D]
OUTBOX_BACKOFF_MOST = 3600  # seconds between two tries [D]
OUTBOX_AT_ONCE = 10  # messages a worker is told of together [D]
OUTBOX_SWEEP_MOST = 10_000  # messages told of in one sweep: what a minute can hand over at most [D]
OUTBOX_WAKE_SECONDS = 55  # a wake-up not read by then is dropped, and the sweep tells again [D]

GATEWAY_CONNECT_SECONDS = 5  # to open the line to the gateway of short messages; our own decision
GATEWAY_ANSWER_SECONDS = 15  # until its answer, then whether it took the message is unclear; our own decision
GATEWAY_CLOCK_SECONDS = 300  # its clock may be off so far; older requests are refused [D]

ANSWER_DAYS = 90  # in which somebody who writes may mean our last message to them [D]
ANSWER_LOOKED_THROUGH = 100_000  # messages, newest first, whose addresses are opened for one answer [D]
TOLD_LARGEST_KB = 2_000  # of one request of the gateway: what a page takes; a megabyte of an e-mail [D]
TOLD_AT_ONCE = 1_000  # receipts in one request of the gateway [D]

PAGING_PASS_ON_MINUTES = 10  # nobody answered: the next on duty is called, as programmed first; domain.md 3
PAGING_MINUTES = (2, 60)  # a step of an alarm waits so long at least, which are two looks, and at most [D]
PAGING_RED_STOP_MINUTES = 2  # a stop that failed is tried again each minute; then somebody is called [D]
DUTY_DAYS_MOST = 31  # of one entry on the roster [D]

RESERVATION_WORKING_DAYS = {  # from the day of the request; CMDP's international profile, domain.md 3
    "INTERNATIONAL": {"TYPING": 60, "WORK_UP": 53, "LYMPHOCYTES": 53, "SECOND": 53},
    "DOMESTIC": {"TYPING": 60, "WORK_UP": 53, "LYMPHOCYTES": 53, "SECOND": 53},  # [ask]
    "SEARCH": {"TYPING": 60, "WORK_UP": 53, "LYMPHOCYTES": 53, "SECOND": 53},  # as domestic [D]
}
CASE_CONTACT_WORKING_DAYS = 1  # from the notice to the first attempt; domain.md 3
CASE_DUE_SOON_WORKING_DAYS = 3  # before its end a clock turns amber [D]
CASE_EXTENSION_WORKING_DAYS_MOST = 60  # of one extension of a reservation [D]
CASE_POSTPONED_MONTHS_MOST = 12  # of one postponement [D]
HEALTH_BMI_ASK = 40  # body-mass index from which a doctor weighs it; WMDA donor medical suitability
HEALTH_AWAY_DAYS = 30  # who cannot come within these is not available at present [D]
HR_SAMPLE_ML_MOST = 30  # of blood for typing again; domain.md 3
MARKERS_DAYS_MOST = 30  # age of the infection markers at collection; domain.md 3
EXAMINATION_DAYS_MOST = 90  # age of the examination at collection [D]
PREGNANCY_TEST_DAYS_MOST = 30  # age of a pregnancy test at collection, as of the markers [D]
MARKERS_WARN_DAYS = 7  # before markers are too old they turn amber [D]
TALK_HOURS = 24  # between the information talk and the final consent; domain.md 3
REACHED_HOURS = 24  # before conditioning in which the donor was spoken with; domain.md 3
DONATED_AGAIN_MONTHS = {"LYMPHOCYTES": 1, "SECOND": 3}  # after a collection, at the least; domain.md 3
FOLLOW_UP_DAYS_EARLY = 14  # before its day a follow-up may be written down [D]
LETTER_DELAY_DAYS = {"DOMESTIC": 30, "INTERNATIONAL": 90}  # before a letter goes on, by route [ask]
CLOSED_NAMES_DAYS = 7  # after its end companion and hospitals see a match; a mistake is undone in three [D]
DONATED_NAMES_DAYS = 30  # after the collection, to the blood count of day 30; domain.md 3, follow-up [D]
CASE_FACTS_PER_HOUR = 120  # looks of one hospital at names of its donors; a ward has a few [D]
NOTICE_ROWS_MOST = 500  # of one file of notices: a year of a province; our own decision
