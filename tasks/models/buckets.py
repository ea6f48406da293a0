"""Buckets of others: the connections to them, what datasets are fed with from there, and exports sent there."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from labeling import sealing
from labeling.buckets import Place
from tasks.models.exports import Export
from tasks.models.moves import MovingQuerySet
from tasks.states import FedState, FeedState, SendingState, choices
from workers.models import Organization
from workers.models.access import Mode


class Addressing(models.TextChoices):
    AUTO = "auto", "auto"
    PATH = "path", "path"
    VIRTUAL = "virtual", "virtual"


class StorageConnection(models.Model):
    """A bucket behind an S3 API, with the key to it. The secret is sealed: see labeling.sealing."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="connections")
    mode = models.CharField(max_length=4, choices=Mode.choices, default=Mode.LIVE)
    name = models.CharField(max_length=100)
    endpoint = models.CharField(max_length=500, blank=True)  # "" for AWS, which is found by its region
    region = models.CharField(max_length=40, blank=True)
    bucket = models.CharField(max_length=255)
    prefix = models.CharField(max_length=500, blank=True)  # a folder, ending in "/": nothing outside is touched
    addressing = models.CharField(max_length=10, choices=Addressing.choices, default=Addressing.AUTO)
    access_key_id = models.CharField(max_length=200)
    sealed_secret = models.TextField()
    checked_at = models.DateTimeField(null=True)
    check_code = models.CharField(max_length=20, blank=True)  # of BucketError: what to do hangs on it
    check_error = models.CharField(max_length=300, blank=True)  # of the last check or use, in plain words
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "mode", "name"], name="connection_name_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def place(self) -> Place:
        """Raises CannotOpen when the secret was sealed under a key that is gone."""
        return Place(
            endpoint=self.endpoint,
            region=self.region,
            bucket=self.bucket,
            addressing=self.addressing,
            access_key_id=self.access_key_id,
            secret=sealing.unseal(self.sealed_secret),
        )


class FeedKind(models.TextChoices):
    IMAGES = "images", "images"
    TEXTS = "texts", "texts"
    TABLES = "tables", "tables"


class FeedSchedule(models.TextChoices):
    OFF = "off", "off"
    HOURLY = "hourly", "hourly"
    DAILY = "daily", "daily"


class Feed(models.Model):
    """A folder of a bucket that a dataset is filled from: again and again, listed in chunks behind a stored key."""

    dataset = models.ForeignKey("tasks.Dataset", on_delete=models.CASCADE, related_name="feeds")
    connection = models.ForeignKey(StorageConnection, on_delete=models.PROTECT, related_name="feeds")
    prefix = models.CharField(max_length=500, blank=True)  # below the connection's
    kinds = models.JSONField(default=list)  # of FeedKind
    options = models.JSONField(default=dict)  # of imports: text_field, id_field, labels_as
    schedule = models.CharField(max_length=10, choices=FeedSchedule.choices, default=FeedSchedule.OFF)
    due_at = models.DateTimeField(null=True)  # of the next sync by schedule
    state = models.CharField(max_length=10, choices=choices(FeedState), default=FeedState.WAITING)
    run = models.PositiveIntegerField(default=1)  # number of the sync under way, or of the last one
    cursor = models.TextField(blank=True)  # the last key that was dealt with in this run
    take_changed = models.BooleanField(default=False)  # this run takes new versions of what was answered, too
    looked_at = models.PositiveIntegerField(default=0)  # these count objects of this run
    expected = models.PositiveIntegerField(default=0)  # as many as the last whole run met
    fresh = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    gone = models.PositiveIntegerField(default=0)
    passed_over = models.PositiveIntegerField(default=0)  # of other kinds
    error = models.CharField(max_length=500, blank=True)
    stop_requested = models.BooleanField(default=False)
    worked_at = models.DateTimeField(null=True)  # last chunk; a stale one is picked up again
    crashes = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    objects = MovingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dataset", "connection", "prefix"], name="folder_feeds_a_dataset_once")
        ]
        indexes = [
            models.Index(fields=["worked_at"], name="feed_under_way", condition=Q(state__in=["waiting", "running"])),
            models.Index(fields=["due_at"], name="feed_due", condition=Q(due_at__isnull=False)),
        ]

    @property
    def whole_prefix(self) -> str:
        return self.connection.prefix + self.prefix


class FedObject(models.Model):
    """One object of a bucket, as it was when something was made of it."""

    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="objects_seen")
    key = models.TextField()  # as long as 1024 bytes
    etag = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField(default=0)
    kind = models.CharField(max_length=10, choices=FeedKind.choices)
    state = models.CharField(max_length=10, choices=choices(FedState), default=FedState.TAKEN)
    note = models.CharField(max_length=500, blank=True)  # why it was refused, or what changed
    is_bare = models.BooleanField(default=False)  # holds nothing but the picture: may be passed on as it is
    seen_run = models.PositiveIntegerField(default=0)
    item = models.ForeignKey("tasks.Item", null=True, on_delete=models.SET_NULL, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["feed", "key"], name="object_once_per_feed")]
        indexes = [
            models.Index(fields=["feed", "seen_run"], name="object_not_seen"),
            models.Index(fields=["feed", "id"], name="object_to_tell_of", condition=~Q(note="")),
        ]


class SentExport(models.Model):
    """An export on its way into a bucket, part by part. Where it stopped it goes on."""

    export = models.ForeignKey(Export, on_delete=models.CASCADE, related_name="sent")
    connection = models.ForeignKey(StorageConnection, on_delete=models.PROTECT, related_name="sent")
    key = models.CharField(max_length=1000)  # whole, with the connection's prefix
    state = models.CharField(max_length=10, choices=choices(SendingState), default=SendingState.WAITING)
    upload_id = models.TextField(blank=True)  # of the bucket's unfinished upload; one that ended has to be aborted
    part_size = models.PositiveBigIntegerField(default=0)
    etags = models.JSONField(default=list)  # of the parts that are there
    bytes_done = models.PositiveBigIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)  # in a row without a part
    due_at = models.DateTimeField(null=True)  # of the next try, to send or to abort
    error = models.CharField(max_length=500, blank=True)
    worked_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    objects = MovingQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["export", "connection", "key"], name="export_sent_there_once")]
        indexes = [
            models.Index(fields=["worked_at"], name="sending_under_way", condition=Q(state__in=["waiting", "running"]))
        ]
