"""Addresses of the families' room; ids only, never personal data."""

from django.urls import path

from registry.families.views import acts, detail, giving, lists, people, sheets, stopping, wall, wall_people

app_name = "families"

urlpatterns = [
    path("", lists.families, name="list"),
    path("enter/", giving.enter, name="enter"),
    path("givers/<uuid:pk>/open/", giving.open_family, name="open"),
    path("givers/<uuid:pk>/correct/", giving.correct, name="correct-giver"),
    path("members/<uuid:pk>/correct/", people.correct, name="correct-member"),
    path("members/<uuid:pk>/first/", people.put_first, name="put-first"),
    path("members/<uuid:pk>/reach/", people.reach, name="reach"),
    path("members/<uuid:pk>/no-more/", stopping.no_more, name="no-more"),
    path("members/<uuid:pk>/again/", stopping.again, name="again"),
    path("members/<uuid:pk>/dead/", stopping.dead, name="dead"),
    path("members/<uuid:pk>/not-dead/", stopping.not_dead, name="not-dead"),
    path("members/<uuid:pk>/wall-consent/", wall_people.consent, name="wall-consent"),
    path("members/<uuid:pk>/wall-no/", wall_people.objects, name="wall-no"),
    path("members/<uuid:pk>/wall-no-lifted/", wall_people.lift, name="wall-no-lifted"),
    path("wall/", wall.waiting, name="wall"),
    path("wall/<uuid:pk>/", wall.proof, name="wall-proof"),
    path("wall/<uuid:pk>/paper/", wall.paper, name="wall-paper"),
    path("wall/<uuid:pk>/show/", wall.show, name="wall-show"),
    path("wall/<uuid:pk>/answer/", wall.answer, name="wall-answer"),
    path("wall/<uuid:pk>/put-up/", wall.put_up, name="wall-put-up"),
    path("wall/<uuid:pk>/stay/", wall.prolong, name="wall-prolong"),
    path("wall/<uuid:pk>/end/", wall.end, name="wall-end"),
    path("complaints/<uuid:pk>/", acts.complaint, name="complaint"),
    path("<uuid:pk>/", detail.detail, name="detail"),
    path("<uuid:pk>/show/", detail.reveal, name="reveal"),
    path("<uuid:pk>/members/new/", people.add, name="add-member"),
    path("<uuid:pk>/sheet/", sheets.sheet, name="sheet"),
    path("<uuid:pk>/sheet/paper/", sheets.paper, name="sheet-paper"),
    path("<uuid:pk>/wishes/", sheets.wishes, name="wishes"),
    path("<uuid:pk>/address/", acts.address, name="address"),
    path("<uuid:pk>/officer/", acts.officer, name="officer"),
    path("<uuid:pk>/move/", acts.move, name="move"),
    path("<uuid:pk>/note/", acts.note, name="note"),
    path("<uuid:pk>/no-invitations/", acts.decline_events, name="decline-events"),
    path("<uuid:pk>/invitations/", acts.accept_events, name="accept-events"),
    path("<uuid:pk>/wall/", wall.write, name="wall-write"),
    path("<uuid:pk>/confidential/", wall_people.confidential, name="confidential"),
    path("<uuid:pk>/not-confidential/", wall_people.not_confidential, name="not-confidential"),
    path("<uuid:pk>/complain/", acts.complain, name="complain"),
]
