"""Addresses of the donors' room; ids only, never personal data."""

from django.urls import path

from registry.donors import outgoing_urls
from registry.donors.views import acts, calls, detail, joining, lists, withdrawal

app_name = "donors"

urlpatterns = [
    path("", lists.donors, name="list"),
    path("listing/", lists.listing, name="listing"),
    *outgoing_urls.urlpatterns,
    path("withdraw/", withdrawal.by_document, name="withdraw-by-document"),
    path("calls/", calls.calls, name="calls"),
    path("calls/<uuid:pk>/", calls.call, name="call"),
    path("calls/<uuid:pk>/open/", calls.open_call, name="open-call"),
    path("calls/<uuid:pk>/number/", calls.new_number, name="new-number"),
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
