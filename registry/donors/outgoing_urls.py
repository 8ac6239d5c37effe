"""Addresses of what goes out: sheets of donors, and the national register."""

from django.urls import path

from registry.donors.views import exports

urlpatterns = [
    path("exports/", exports.exports, name="exports"),
    path("exports/new/", exports.ask, name="export-ask"),
    path("exports/<uuid:pk>/", exports.export, name="export"),
    path("exports/<uuid:pk>/go-on/", exports.go_on, name="export-go-on"),
    path("exports/<uuid:pk>/take/", exports.take, name="export-take"),
    path("exports/<uuid:pk>/discard/", exports.discard, name="export-discard"),
]
