from django.urls import path

from tasks.api import archives, trail, webhooks

urlpatterns = [
    path("archives", archives.Archives.as_view(), name="api-archives"),
    path("archives/<int:archive_id>", archives.OneArchive.as_view(), name="api-archive"),
    path("trail", trail.Trail.as_view(), name="api-trail"),
    path("trail/download", trail.DownloadTrail.as_view(), name="api-trail-download"),
    path("webhooks", webhooks.Webhooks.as_view(), name="api-webhooks"),
    path("webhooks/events", webhooks.WebhookEvents.as_view(), name="api-webhook-events"),
    path("webhooks/<int:pk>", webhooks.OneWebhook.as_view(), name="api-webhook"),
    path("webhooks/<int:pk>/secret", webhooks.WebhookSecret.as_view(), name="api-webhook-secret"),
    path("webhooks/<int:pk>/ping", webhooks.PingWebhook.as_view(), name="api-webhook-ping"),
    path("webhooks/<int:pk>/deliveries", webhooks.WebhookDeliveries.as_view(), name="api-webhook-deliveries"),
    path(
        "webhooks/<int:pk>/deliveries/redeliver-failed",
        webhooks.RedeliverFailed.as_view(),
        name="api-webhook-redeliver-failed",
    ),
    path(
        "webhooks/<int:pk>/deliveries/<int:delivery_id>/redeliver",
        webhooks.Redeliver.as_view(),
        name="api-webhook-redeliver",
    ),
]
