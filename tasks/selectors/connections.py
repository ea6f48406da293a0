"""Reads about connections to buckets, scoped by organization and mode."""

from django.db.models import Count, QuerySet
from django.shortcuts import get_object_or_404

from tasks.models import Dataset, Feed, StorageConnection
from workers.models import Organization


def connections_of(*, organization: Organization, mode: str) -> QuerySet[StorageConnection]:
    return StorageConnection.objects.filter(organization=organization, mode=mode)


def connection_of(*, organization: Organization, mode: str, pk: int) -> StorageConnection:
    return get_object_or_404(connections_of(organization=organization, mode=mode), pk=pk)


def with_uses(rows: QuerySet[StorageConnection]) -> QuerySet[StorageConnection]:
    return rows.annotate(feed_count=Count("feeds"))


def datasets_fed_by(connection: StorageConnection) -> QuerySet[Dataset]:
    fed = Feed.objects.filter(connection=connection).values("dataset")
    return Dataset.objects.filter(pk__in=fed, deleted_at=None).order_by("name")
