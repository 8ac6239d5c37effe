"""Addresses of the pages of events."""

from django.urls import path

from notifications.events.views import events, telling

app_name = "events"

urlpatterns = [
    path("", events.events, name="list"),
    path("new/", events.plan, name="plan"),
    path("<uuid:pk>/", events.event, name="event"),
    path("<uuid:pk>/invite/", events.invite, name="invite"),
    path("<uuid:pk>/thank/", events.thank, name="thank"),
    path("<uuid:pk>/move/", events.move, name="move"),
    path("<uuid:pk>/call-off/", events.call_off, name="call-off"),
    path("invitations/<uuid:pk>/answer/", events.answer, name="answer"),
    path("invitations/<uuid:pk>/tell/", telling.tell, name="tell"),
    path("invitations/<uuid:pk>/letter/", telling.letter, name="letter"),
    path("invitations/<uuid:pk>/attended/", events.attended, name="attended"),
]
