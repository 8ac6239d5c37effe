"""Where the pages of drives are."""

from django.urls import path, register_converter

from registry.drives.answers import ASKED
from registry.drives.views import (
    board,
    calendar,
    closing,
    drives,
    enrolment,
    finished,
    helping,
    lists,
    office,
    own_forms,
    piles,
    places,
    records,
    sheets,
    taking,
    team,
)


class StepConverter:
    """One of the steps that are asked."""

    regex = "|".join(step.value for step in ASKED)

    def to_python(self, value: str) -> str:
        """Return the step's name."""
        return value

    def to_url(self, value: str) -> str:
        """Return the step's name."""
        return value


register_converter(StepConverter, "drivestep")

app_name = "drives"
urlpatterns = [
    path("", calendar.calendar, name="calendar"),
    path("new/", drives.plan, name="plan"),
    path("places/", places.places, name="places"),
    path("places/<uuid:place_id>/", places.change, name="place"),
    path("office/", office.office, name="office"),
    path("piles/", piles.at_branch, name="piles"),
    path("piles/<uuid:pile_id>/", piles.one, name="pile"),
    path("piles/<uuid:pile_id>/stop/", piles.stop, name="pile_stop"),
    path("piles/<uuid:pile_id>/go-on/", piles.go_on, name="pile_go_on"),
    path("piles/<uuid:pile_id>/throw-away/", piles.throw_away, name="pile_throw_away"),
    path("piles/<uuid:pile_id>/pages/<int:number>/", piles.page, name="pile_page"),
    path("piles/<uuid:pile_id>/forms/<uuid:form_id>/", piles.look, name="pile_form"),
    path("records/", records.records, name="records"),
    path("records/<uuid:records_id>/", records.report, name="records_report"),
    path("records/<uuid:records_id>/columns/", records.columns, name="records_columns"),
    path("records/<uuid:records_id>/go-on/", records.go_on, name="records_go_on"),
    path("records/<uuid:records_id>/stop/", records.stop, name="records_stop"),
    path("records/<uuid:records_id>/mend/", records.mend, name="records_mend"),
    path("records/<uuid:records_id>/discard/", records.discard, name="records_discard"),
    path("tubes/<uuid:donor_id>/", taking.take, name="take"),
    path("own/<uuid:draft_id>/", own_forms.own, name="own"),
    path("<uuid:pk>/", board.board, name="board"),
    path("<uuid:pk>/change/", drives.change, name="change"),
    path("<uuid:pk>/open/", drives.open_drive, name="open"),
    path("<uuid:pk>/call-off/", drives.call_off, name="call_off"),
    path("<uuid:pk>/close/", closing.close, name="close"),
    path("<uuid:pk>/slip/<uuid:closing_id>/", closing.slip, name="slip"),
    path("<uuid:pk>/slip/<uuid:closing_id>/pdf/", closing.slip_pdf, name="slip_pdf"),
    path("<uuid:pk>/team/", team.team, name="team"),
    path("<uuid:pk>/team/<uuid:one_id>/remove/", team.remove, name="unstaff"),
    path("<uuid:pk>/helpers/", team.helper, name="helper"),
    path("<uuid:pk>/helpers/<uuid:helper_id>/end/", team.end, name="end_helper"),
    path("<uuid:pk>/appointments/", office.appointments, name="appointments"),
    path("<uuid:pk>/appointments/<uuid:appointment_id>/", office.came, name="came"),
    path("<uuid:pk>/appointments/<uuid:appointment_id>/move/", office.move, name="move_appointment"),
    path("<uuid:pk>/poster/", own_forms.poster, name="poster"),
    path("<uuid:pk>/poster/pdf/", own_forms.poster_pdf, name="poster_pdf"),
    path("<uuid:pk>/own/", own_forms.take, name="take_own"),
    path("<uuid:pk>/card/", finished.card, name="card"),
    path("<uuid:pk>/sign-in/", lists.sign_in, name="sign_in"),
    path("<uuid:pk>/pile/", piles.at_drive, name="pile_at_drive"),
    path("<uuid:pk>/sheet/", sheets.sheet, name="sheet"),
    path("<uuid:pk>/sheet/<uuid:sheet_id>/", sheets.report, name="sheet_report"),
    path("<uuid:pk>/sheet/<uuid:sheet_id>/columns/", sheets.columns, name="sheet_columns"),
    path("<uuid:pk>/sheet/<uuid:sheet_id>/go-on/", sheets.go_on, name="sheet_go_on"),
    path("<uuid:pk>/sheet/<uuid:sheet_id>/stop/", sheets.stop, name="sheet_stop"),
    path("<uuid:pk>/sheet/<uuid:sheet_id>/mend/", sheets.mend, name="sheet_mend"),
    path("<uuid:pk>/sheet/<uuid:sheet_id>/discard/", sheets.discard, name="sheet_discard"),
    path("<uuid:pk>/help/", helping.helping, name="helping"),
    path("<uuid:pk>/enrol/", enrolment.begin, name="enrol"),
    path("<uuid:pk>/enrol/<uuid:draft_id>/discard/", enrolment.discard, name="discard"),
    path("<uuid:pk>/enrol/<uuid:draft_id>/ask-branch/", enrolment.ask_branch, name="ask_branch"),
    path("<uuid:pk>/enrol/<uuid:draft_id>/done/", finished.done, name="done"),
    path("<uuid:pk>/enrol/<uuid:draft_id>/handed-on/", helping.handed_on, name="handed_on"),
    path("<uuid:pk>/enrol/<uuid:draft_id>/<drivestep:name>/", enrolment.step, name="step"),
]
