"""Addresses of what mends records; ids only. They stand among those of the donors' room."""

from django.urls import path

from registry.donors.mending.views import assisting, disputing, identity, merging, moving, questions

patterns = [
    path("take-in/", moving.take_in, name="take-in"),
    path("moves/<uuid:pk>/", moving.one_move, name="one-move"),
    path("assists/", assisting.assists, name="assists"),
    path("assists/<uuid:pk>/", assisting.assist, name="assist"),
    path("assists/<uuid:pk>/take/", assisting.take, name="assist-take"),
    path("assists/<uuid:pk>/end/", assisting.take_back, name="assist-end"),
    path("questions/", questions.questions, name="questions"),
    path("questions/<uuid:pk>/", questions.answer, name="answer"),
    path("merges/<uuid:pk>/", merging.asked, name="asked-merge"),
    path("<uuid:pk>/correct-identity/", identity.correct, name="correct-identity"),
    path("<uuid:pk>/merge/", merging.find, name="merge"),
    path("<uuid:pk>/merge/<uuid:other>/", merging.merge, name="merge-with"),
    path("<uuid:pk>/unmerge/", merging.unmerge, name="unmerge"),
    path("<uuid:pk>/move/", moving.move, name="move"),
    path("<uuid:pk>/assist/", assisting.ask, name="ask-assist"),
    path("<uuid:pk>/dispute-typing/", disputing.dispute_typing, name="dispute-typing"),
]
