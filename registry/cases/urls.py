"""Addresses of the cases' room; ids only, never personal data."""

from django.urls import path

from registry.cases.views import acts, board, detail, ledger, opening, people

app_name = "cases"

urlpatterns = [
    path("", board.cases, name="list"),
    path("column/<slug:key>/", board.column, name="column"),
    path("<uuid:pk>/", detail.detail, name="detail"),
    path("<uuid:pk>/show/", detail.reveal, name="reveal"),
    path("<uuid:pk>/advance/<slug:move>/", acts.advance, name="advance"),
    path("<uuid:pk>/take/", acts.take, name="take"),
    path("<uuid:pk>/people/", people.people, name="people"),
    path("<uuid:pk>/postpone/", acts.postpone, name="postpone"),
    path("<uuid:pk>/resume/", acts.resume, name="resume"),
    path("<uuid:pk>/extend/", acts.extend, name="extend"),
    path("<uuid:pk>/close/", acts.close, name="close"),
    path("<uuid:pk>/note/", acts.note, name="note"),
    path("ledger/", ledger.ledger, name="ledger"),
    path("ledger/cases/", ledger.ledger_cases, name="ledger-cases"),
    path("<uuid:pk>/intervene/", ledger.intervene, name="intervene"),
    path("<uuid:pk>/intervene/<uuid:tried_id>/", ledger.settle, name="intervention"),
    path("open/", opening.open_case, name="open"),
    path("notices/", opening.many, name="notices"),
    path("notices/pattern/", opening.pattern, name="notices-pattern"),
    path("notices/mend/", opening.mend, name="notices-mend"),
]
