"""Addresses of the donors' room; ids only, never personal data."""

from django.urls import path

from registry.donors import outgoing_urls
from registry.donors.mending import urls as mending_urls
from registry.donors.views import (
    acts,
    call_lists,
    call_stops,
    calling,
    calls,
    detail,
    joining,
    lists,
    losing,
    withdrawal,
)

app_name = "donors"

urlpatterns = [
    path("", lists.donors, name="list"),
    path("listing/", lists.listing, name="listing"),
    *outgoing_urls.urlpatterns,
    path("withdraw/", withdrawal.by_document, name="withdraw-by-document"),
    path("withdraw/<uuid:pk>/", withdrawal.door_receipt, name="door-receipt"),
    *mending_urls.patterns,
    path("calls/", calls.calls, name="calls"),
    path("calls/now/", calling.start, name="calling"),
    path("calls/next/", calling.next_call, name="next-call"),
    path("calls/done/", calling.done, name="calls-done"),
    path("calls/lost/", losing.losing, name="losing"),
    path("calls/lists/new/", call_lists.make, name="new-call-list"),
    path("calls/lists/<uuid:pk>/", call_lists.detail, name="call-list"),
    path("calls/lists/<uuid:pk>/end/", call_lists.end, name="end-call-list"),
    path("calls/lists/<uuid:pk>/hours/", call_lists.hours_sheet, name="call-hours"),
    path("calls/lists/<uuid:pk>/helpers/", call_lists.helper, name="caller"),
    path("calls/lists/<uuid:pk>/helpers/<uuid:helper_id>/end/", call_lists.end_helper, name="end-caller"),
    path("calls/lists/<uuid:pk>/helpers/<uuid:helper_id>/hours/", call_lists.hours, name="caller-hours"),
    path("calls/made/<uuid:pk>/undo/", calling.undo, name="undo-call"),
    path("calls/<uuid:pk>/", calling.call, name="call"),
    path("calls/<uuid:pk>/open/", calling.open_call, name="open-call"),
    path("calls/<uuid:pk>/skip/", calling.skip, name="skip-call"),
    path("calls/<uuid:pk>/stop/", call_stops.stop, name="call-stop"),
    path("<uuid:pk>/", detail.detail, name="detail"),
    path("<uuid:pk>/show/", detail.reveal, name="reveal"),
    path("<uuid:pk>/withdraw/", withdrawal.withdraw, name="withdraw"),
    path("<uuid:pk>/receipt/", withdrawal.receipt, name="receipt"),
    path("<uuid:pk>/receipt/paper/", withdrawal.receipt_paper, name="receipt-paper"),
    path("<uuid:pk>/rejoin/", joining.rejoin, name="rejoin"),
    path("<uuid:pk>/call/", calls.record, name="record-call"),
    path("<uuid:pk>/contacts/<int:order>/", calls.stance, name="stance"),
    *acts.patterns(),
]
