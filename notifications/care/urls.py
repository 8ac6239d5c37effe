"""Addresses of the care desk."""

from django.urls import path

from notifications.care.views import calendar, letters, occasions, plans, touchpoints, unclear

app_name = "care"

urlpatterns = [
    path("", calendar.home, name="home"),
    path("to-do/<slug:work>/", calendar.work, name="work"),
    path("not-sent/", calendar.not_sent, name="not-sent"),
    path("occasions/", occasions.of_year, name="occasions"),
    path("occasions/<int:year>/<slug:key>/", occasions.detail, name="occasion"),
    path("approve/", touchpoints.approve_several, name="approve-several"),
    path("letters/", letters.run, name="letters"),
    path("letters/print/", letters.printed, name="letters-print"),
    path("letters/posted/", letters.posted, name="letters-posted"),
    path("letters/<uuid:pk>/out/", letters.gone, name="letters-gone"),
    path("unclear/", unclear.to_decide, name="unclear"),
    path("unclear/<uuid:pk>/", unclear.decide, name="decide"),
    path("families/<uuid:pk>/begin/", plans.begin, name="begin"),
    path("families/<uuid:pk>/gift/", plans.gift, name="gift"),
    path("plans/<uuid:pk>/pause/", plans.pause, name="pause"),
    path("plans/<uuid:pk>/<slug:act>/", plans.act, name="plan-act"),
    path("<uuid:pk>/", touchpoints.detail, name="touchpoint"),
    path("<uuid:pk>/came-back/", letters.came_back, name="came-back"),
    path("<uuid:pk>/approve/", touchpoints.approve, name="approve"),
    path("<uuid:pk>/approve/one-more/", touchpoints.release_to, name="release-to"),
    path("<uuid:pk>/hold/", touchpoints.hold, name="hold"),
    path("<uuid:pk>/release/", touchpoints.release, name="release"),
    path("<uuid:pk>/skip/", touchpoints.skip, name="skip"),
    path("<uuid:pk>/done/", touchpoints.done, name="done"),
]
