from django.urls import path

from tasks.api import connections, feeds

urlpatterns = [
    path("storage-connections", connections.Connections.as_view(), name="api-connections"),
    path("storage-connections/<int:pk>", connections.OneConnection.as_view(), name="api-connection"),
    path("storage-connections/<int:pk>/check", connections.CheckConnection.as_view(), name="api-connection-check"),
    path("datasets/<int:dataset_id>/feeds", feeds.Feeds.as_view(), name="api-feeds"),
    path("feeds/<int:feed_id>", feeds.OneFeed.as_view(), name="api-feed"),
    path("feeds/<int:feed_id>/sync", feeds.SyncFeed.as_view(), name="api-feed-sync"),
    path("feeds/<int:feed_id>/stop", feeds.StopFeed.as_view(), name="api-feed-stop"),
    path("feeds/<int:feed_id>/resume", feeds.ResumeFeed.as_view(), name="api-feed-resume"),
    path("feeds/<int:feed_id>/objects", feeds.FeedObjects.as_view(), name="api-feed-objects"),
]
