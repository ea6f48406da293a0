"""The Celery app: queues, and settings whose reasons were measured (a job may run twice, and must not mind)."""

import os

from celery import Celery
from celery.schedules import schedule
from kombu import Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "labeling.settings")

QUEUES = {  # what each is for; the help page shows it
    "ingest": "Turns uploaded files and buckets' objects into items, in chunks, fetches what clients name by address, "
    "and changes many tasks at once. Slow and heavy: it has a worker of its own, with export.",
    "distribute": "Offers tasks to annotators and takes back leases that ran out.",
    "quality": "Updates consensus after answers, measures answers to gold, and works out skills.",
    "export": "Writes export files, and archives of whole organizations.",
    "deliver": "Calls other systems: callbacks and webhooks. It has a worker of its own, so that receivers that do not "
    "answer keep nothing else waiting; one job at a time sends, with a thread for each message.",
    "default": "The relay of events, mail, cleaning up.",
}
HARD_LIMIT = 120  # seconds; long work is cut into chunks below this

app = Celery("groundwork")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    task_queues=[Queue(name) for name in QUEUES],
    task_default_queue="default",
    task_create_missing_queues=False,
    task_routes={
        "tasks.jobs.ingest.*": {"queue": "ingest"},
        "tasks.jobs.bulk.*": {"queue": "ingest"},
        "tasks.jobs.feeds.*": {"queue": "ingest"},
        "tasks.jobs.distribution.*": {"queue": "distribute"},
        "tasks.jobs.quality.*": {"queue": "quality"},
        "tasks.jobs.machines.*": {"queue": "quality"},
        "tasks.jobs.checks.*": {"queue": "quality"},
        "tasks.jobs.exports.*": {"queue": "export"},
        "tasks.jobs.archives.*": {"queue": "export"},
        "tasks.jobs.orders.prepare_orders": {"queue": "ingest"},
        "tasks.jobs.orders.fetch_files": {"queue": "ingest"},
        "tasks.jobs.orders.follow_batch": {"queue": "ingest"},
        "tasks.jobs.orders.settle_*": {"queue": "quality"},
        "tasks.jobs.deliver.*": {"queue": "deliver"},
    },
    task_serializer="json",
    accept_content=["json"],
    task_ignore_result=True,
    task_store_errors_even_if_ignored=False,
    # kill -9 of a worker loses nothing
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    worker_soft_shutdown_timeout=10,
    worker_max_memory_per_child=600_000,  # kB
    task_time_limit=HARD_LIMIT,
    task_soft_time_limit=HARD_LIMIT - 20,
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        # an unacknowledged job comes back after this long, so it must outlast the longest job
        "visibility_timeout": 3 * HARD_LIMIT,
        "unacked_restore_interval": 1,
        "unacked_restore_throttle": 1,
        "socket_timeout": 2,
        "socket_connect_timeout": 2,
    },
    worker_hijack_root_logger=False,
    worker_send_task_events=False,
    timezone="UTC",
    beat_schedule={
        "relay-events": {"task": "labeling.outbox.jobs.relay", "schedule": schedule(2)},
        "expire-leases": {"task": "tasks.jobs.distribution.expire_leases", "schedule": schedule(20)},
        "distribute-everywhere": {"task": "tasks.jobs.distribution.distribute_everywhere", "schedule": schedule(30)},
        "resume-uploads": {"task": "tasks.jobs.ingest.resume_stuck_uploads", "schedule": schedule(30)},
        "start-feeds": {"task": "tasks.jobs.feeds.start_feeds", "schedule": schedule(30)},
        "send-exports": {"task": "tasks.jobs.exports.send_due", "schedule": schedule(30)},
        "clear-unfinished": {"task": "tasks.jobs.exports.clear_unfinished", "schedule": schedule(3600)},
        "resume-exports": {"task": "tasks.jobs.exports.resume_stuck_exports", "schedule": schedule(30)},
        "look-after-archives": {"task": "tasks.jobs.archives.look_after_archives", "schedule": schedule(60)},
        "resume-bulks": {"task": "tasks.jobs.bulk.resume_stuck_bulks", "schedule": schedule(30)},
        "apply-answers": {"task": "tasks.jobs.quality.update_waiting_projects", "schedule": schedule(5)},
        "accept-by-machines": {"task": "tasks.jobs.machines.accept_everywhere", "schedule": schedule(60)},
        "measure-answers": {"task": "tasks.jobs.checks.measure_waiting_answers", "schedule": schedule(30)},
        "work-out-skills": {"task": "tasks.jobs.checks.work_out_skills_due", "schedule": schedule(60)},
        "finalize-rejections": {"task": "tasks.jobs.quality.finalize_rejections", "schedule": schedule(60)},
        "prepare-orders": {"task": "tasks.jobs.orders.prepare_orders", "schedule": schedule(5)},
        "fetch-files": {"task": "tasks.jobs.orders.fetch_files", "schedule": schedule(10)},
        "settle-orders": {"task": "tasks.jobs.orders.settle_orders", "schedule": schedule(2)},
        "settle-missed": {"task": "tasks.jobs.orders.settle_missed", "schedule": schedule(60)},
        "settle-batches": {"task": "tasks.jobs.orders.settle_batches", "schedule": schedule(60)},
        "tell-late": {"task": "tasks.jobs.deliver.fan_out_late", "schedule": schedule(60)},
        "deliver": {"task": "tasks.jobs.deliver.deliver", "schedule": schedule(2)},
        "forget-old-deliveries": {"task": "tasks.jobs.deliver.forget_old_deliveries", "schedule": schedule(3600)},
        "purge-deleted": {"task": "tasks.jobs.ingest.purge_deleted_datasets", "schedule": schedule(60)},
        "forget-old-requests": {"task": "labeling.outbox.jobs.forget_old_requests", "schedule": schedule(3600)},
        "forget-old-sessions": {"task": "workers.jobs.forget_old_sessions", "schedule": schedule(3600)},
    },
)
app.autodiscover_tasks(related_name="jobs")
