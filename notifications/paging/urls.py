"""Where the pages of paging are."""

from django.urls import path

from notifications.paging import views

app_name = "paging"
urlpatterns = [
    path("", views.listed, name="list"),
    path("duty/", views.duty, name="duty"),
    path("duty/<uuid:pk>/end/", views.off_duty, name="off_duty"),
    path("number/", views.number, name="number"),
    path("<uuid:pk>/", views.alarm, name="alarm"),
    path("<uuid:pk>/answer/", views.answer, name="answer"),
    path("<uuid:pk>/give-back/", views.give_back, name="give_back"),
    path("<uuid:pk>/settle/", views.settle, name="settle"),
]
