"""Addresses of what goes out: sheets of donors, and the national register."""

from django.urls import path

from registry.donors.views import comparing, exports, national

urlpatterns = [
    path("exports/", exports.exports, name="exports"),
    path("exports/new/", exports.ask, name="export-ask"),
    path("exports/<uuid:pk>/", exports.export, name="export"),
    path("exports/<uuid:pk>/go-on/", exports.go_on, name="export-go-on"),
    path("exports/<uuid:pk>/take/", exports.take, name="export-take"),
    path("exports/<uuid:pk>/discard/", exports.discard, name="export-discard"),
    path("national/", national.to_enter, name="national"),
    path("national/enter/", national.enter, name="national-enter"),
    path("national/sent/", national.mark_sent, name="national-mark-sent"),
    path("national/sheet/", national.sheet, name="national-sheet"),
    path("national/waiting/", national.sent, name="national-sent"),
    path("national/out/", national.to_take_out, name="national-out"),
    path("national/out/mark/", national.mark_out, name="national-mark-out"),
    path("national/compare/", comparing.compare, name="national-compare"),
    path("national/compare/<uuid:pk>/", comparing.compared, name="national-compared"),
    path("national/compare/<uuid:pk>/<uuid:finding_id>/", comparing.settle, name="national-settle"),
    path("<uuid:pk>/national/", national.record, name="national-record"),
    path("<uuid:pk>/national/back/", national.take_back, name="national-back"),
]
