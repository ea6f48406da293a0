from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from tasks.models.moves import MovingQuerySet
from tasks.states import UploadState, choices
from workers.models import Organization
from workers.models.access import Mode


class Dataset(models.Model):
    """A named collection of items."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="datasets")
    mode = models.CharField(max_length=4, choices=Mode.choices, default=Mode.LIVE)
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    item_count = models.PositiveIntegerField(default=0)  # kept by the import's transactions
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True)  # hidden at once, purged by a job

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "mode", "name"], condition=Q(deleted_at=None), name="dataset_name_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Upload(models.Model):
    """One file on its way into a dataset: resumable, cancelable, with a report of its bad lines."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="uploads")
    state = models.CharField(max_length=10, choices=choices(UploadState), default=UploadState.RECEIVING)
    filename = models.CharField(max_length=255)
    format = models.CharField(max_length=20, blank=True)  # an importer's name; "" until sniffed
    options = models.JSONField(default=dict)  # text_field, id_field, labels_as
    schema = models.JSONField(null=True)  # {"type", "config"}: what the file's labels suggest to ask
    storage_key = models.CharField(max_length=200, blank=True)  # "" once the file is not needed any more
    # in place of a file of ours: an object of a bucket, read where it is as long as it is this version
    source = models.ForeignKey("tasks.FedObject", null=True, on_delete=models.SET_NULL, related_name="uploads")
    source_etag = models.CharField(max_length=200, blank=True, db_default="")
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    position = models.JSONField(null=True)  # where the importer goes on; null = from the start
    bytes_done = models.PositiveBigIntegerField(default=0)
    rows = models.PositiveIntegerField(default=0)  # lines seen, good or bad
    created = models.PositiveIntegerField(default=0)
    duplicates = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    cancel_requested = models.BooleanField(default=False)
    worked_at = models.DateTimeField(null=True)  # last chunk; a stale one is picked up again
    crashes = models.PositiveSmallIntegerField(default=0)  # picked up again without progress in between
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    objects = MovingQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["worked_at"], name="upload_under_way", condition=Q(state__in=["waiting", "running"]))
        ]


class UploadProblem(models.Model):
    """One line that could not become an item. Written in the transaction of its chunk."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="problems")
    line = models.PositiveBigIntegerField()
    field = models.CharField(max_length=200, blank=True)
    reason = models.TextField()  # in English: shown by `in_words`
    code = models.CharField(max_length=20, default="invalid")  # of labeling.importers.base.CODES

    class Meta:
        indexes = [models.Index(fields=["upload", "id"], name="upload_problem_order")]


class Item(models.Model):
    """One piece of data. `data` holds all columns (the text under "text"), `media` what the server knows of its image.

    media: {"image": {"key", "thumb", "width", "height", "format", "bytes", "tiles"?}}, keys are storage names; the
    key of an image that is read in place, in a bucket, is one of tasks.selectors.in_place.
    """

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="items")
    upload = models.ForeignKey(Upload, null=True, on_delete=models.SET_NULL, related_name="+")
    key = models.CharField(max_length=200)
    data = models.JSONField()
    media = models.JSONField(default=dict)
    content_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dataset", "key"], name="item_key_once_per_dataset")]

    @property
    def name(self) -> str:
        """What people know it by: a picture's file, where there is one. A picture's own key says nothing to anybody."""
        return str(self.data.get("image") or self.key)
