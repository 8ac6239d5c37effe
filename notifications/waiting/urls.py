"""Addresses of what waits."""

from django.urls import path

from notifications.waiting import views

app_name = "waiting"

urlpatterns = [
    path("donors/", views.donors, name="donors"),
    path("donors/programme/<slug:key>/", views.programme, name="programme"),
    path("donors/message/<uuid:pk>/", views.message, name="message"),
    path("donors/occasion/<uuid:pk>/", views.touchpoint, name="touchpoint"),
    path("families/", views.families, name="families"),
    path("families/restored/", views.families_restored, name="families-restored"),
    path("families/message/<uuid:pk>/", views.family_message, name="family-message"),
]
