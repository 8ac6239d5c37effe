"""Signing in and out. The names without a namespace are those that allauth asks for."""

from django.urls import path

from foundation.desk.views import account

urlpatterns = [
    path("login/", account.sign_in, name="account_login"),
    path("login/code/", account.second_step, name="mfa_authenticate"),
    path("logout/", account.sign_out, name="account_logout"),
    path("again/", account.again, name="account_reauthenticate"),
    path("again/code/", account.again, name="mfa_reauthenticate"),
    path("password/", account.change_password, name="account_change_password"),
    path("password/forgotten/", account.forgotten, name="account_reset_password"),
    path("password/<str:mark>/<str:token>/", account.set_password, name="set_password"),
    path("second-factor/", account.second_factor, name="mfa_index"),
    path("second-factor/set-up/", account.set_up, name="mfa_activate_totp"),
    path("second-factor/codes/", account.recovery_codes, name="mfa_generate_recovery_codes"),
]
