"""Where answers are read."""

from django.urls import path

from notifications.answers.views import answers, ways

app_name = "answers"
urlpatterns = [
    path("families/", answers.families, name="families"),
    path("families/<uuid:pk>/", answers.of_family, name="of_family"),
    path("donors/", answers.donors, name="donors"),
    path("donors/<uuid:pk>/", answers.of_donor, name="of_donor"),
    path("ways/relative/<uuid:pk>/", ways.works_for_relative, name="works_for_relative"),
    path("ways/donor/<uuid:pk>/", ways.works_for_donor, name="works_for_donor"),
]
