"""What the program does by itself, and when; in the zone of the settings. Every task is safe to run twice."""

from celery.schedules import crontab

SCHEDULE = {
    task: {"task": task, "schedule": schedule}
    for task, schedule in {
        "foundation.trail.tasks.seal": crontab(),
        "foundation.trail.tasks.anchor": crontab(minute="7"),
        "foundation.moves.tasks.try_stops_again": crontab(),
        "foundation.vault.tasks.write_ledger": crontab(),
        "foundation.jobs.tasks.sweep": crontab(),
        "notifications.answers.tasks.learn": crontab(),
        "notifications.tasks.sweep": crontab(),
        "notifications.paging.tasks.tend": crontab(),
        "notifications.plans.tasks.remake": crontab(),
        "notifications.plans.tasks.plan_ahead": crontab(hour="3", minute="10"),
        "notifications.reminders.tasks.plan_missing": crontab(hour="3", minute="30"),
        "notifications.plans.tasks.plan_due": crontab(hour="3", minute="40"),
        "notifications.events.tasks.remind": crontab(hour="3", minute="55"),
        "notifications.retention.tasks.plan_everybody": crontab(hour="4", minute="5"),
        "foundation.desk.tasks.purge_broker": crontab(minute="17"),
        "foundation.desk.tasks.move_work": crontab(hour="0", minute="5"),
        "registry.donors.moved.tasks.compare_left_numbers": crontab(),
        "consent.tasks.expire": crontab(hour="0", minute="20"),
        "registry.families.tasks.end_wall_pages": crontab(hour="0", minute="25"),
        "registry.drives.tasks.end_helpers": crontab(hour="0", minute="30"),
        "registry.drives.tasks.purge_drafts": crontab(hour="1", minute="10"),
        "registry.cases.tasks.purge_notice_files": crontab(hour="1", minute="20"),
        "registry.samples.tasks.call_for_destruction": crontab(hour="1", minute="30"),
        "registry.donors.tasks.tend_donors": crontab(hour="2", minute="40"),
        "registry.cases.tasks.tend_matches": crontab(hour="2", minute="55"),
        "registry.donors.tasks.purge_exports": crontab(minute="37"),
        "notifications.links.tasks.purge_links": crontab(hour="3", minute="50"),
        "notifications.retention.tasks.note_campaigns": crontab(hour="4", minute="5"),
    }.items()
}
ROOMS = [
    *(f"foundation.{room}" for room in ("desk", "jobs", "moves", "trail", "vault")),
    "consent",
    "notifications",
    "registry.donors",
    "registry.donors.moved",
    "registry.samples",
    "registry.drives",
    "registry.families",
    "registry.cases",
    "notifications.answers",
    "notifications.plans",
    "notifications.reminders",
    "notifications.events",
    "notifications.links",
    "notifications.retention",
    "notifications.paging",
]
