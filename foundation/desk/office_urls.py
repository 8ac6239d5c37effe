"""Where the office answers: staff, branches, logins, work, approvals, long work, trail, keys."""

from django.urls import path

from foundation.desk.views import approvals, branches, hand_over, helpers, jobs, keys, logins, staff, trail

urlpatterns = [
    path("me/logins/", logins.mine, name="my_logins"),
    path("work/", hand_over.my_work, name="my_work"),
    path("work/<uuid:pk>/back/", hand_over.take_back, name="take_back"),
    path("staff/", staff.people, name="staff"),
    path("staff/new/", staff.add, name="staff_add"),
    path("staff/roles/<uuid:pk>/end/", staff.end_role, name="staff_end_role"),
    path("staff/<uuid:pk>/", staff.member, name="staff_member"),
    path("staff/<uuid:pk>/grant/", staff.grant, name="staff_grant"),
    path("staff/<uuid:pk>/leave/", staff.leave, name="staff_leave"),
    path("staff/<uuid:pk>/link/", staff.password_link, name="staff_link"),
    path("staff/<uuid:pk>/second-factor/", staff.reset_second_factor, name="staff_second_factor"),
    path("staff/<uuid:pk>/logins/", logins.of_member, name="staff_logins"),
    path("staff/<uuid:pk>/work/", hand_over.work_of, name="staff_work"),
    path("helpers/", helpers.helpers, name="helpers"),
    path("helpers/new/", helpers.add, name="helper_add"),
    path("helpers/<uuid:pk>/end/", helpers.end, name="helper_end"),
    path("branches/", branches.tree, name="branches"),
    path("branches/new/", branches.add, name="branch_add"),
    path("branches/<uuid:pk>/", branches.edit, name="branch_edit"),
    path("approvals/", approvals.waiting, name="approvals"),
    path("approvals/<uuid:pk>/", approvals.one, name="approval"),
    path("approvals/<uuid:pk>/back/", approvals.take_back, name="approval_take_back"),
    path("jobs/", jobs.every, name="jobs"),
    path("jobs/<uuid:pk>/", jobs.one, name="job"),
    path("jobs/<uuid:pk>/stop/", jobs.stop, name="job_stop"),
    path("trail/", trail.rows, name="trail"),
    path("trail/verify/", trail.verify, name="trail_verify"),
    path("trail/export/", trail.export, name="trail_export"),
    path("trail/export/<uuid:pk>/", trail.download, name="trail_download"),
    path("trail/looks/", trail.looks, name="looks"),
    path("keys/", keys.status, name="keys"),
    path("keys/rotate/", keys.rotate, name="keys_rotate"),
    path("keys/rotate-index/", keys.rotate_index, name="keys_rotate_index"),
]
