"""Where the gateway tells us, and where a demo shows its phone and its mail."""

from django.urls import path

from notifications.answers.views import doors, trying_out

app_name = "gateway"
urlpatterns = [
    path("", trying_out.phone, name="phone"),
    path("reply/<uuid:pk>/", trying_out.reply, name="reply"),
    path("mail/", trying_out.mails, name="mails"),
    path("mail/<uuid:pk>/", trying_out.mail, name="mail"),
    path("receipt/", doors.receipt, name="receipt"),
    path("inbound/", doors.inbound, name="inbound"),
]
