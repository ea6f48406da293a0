from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("tasks.api.work_urls")),
    path("", include("tasks.api.data_urls")),
    path("", include("tasks.api.project_urls")),
    path("", include("tasks.api.review_urls")),
    path("", include("tasks.api.webhook_urls")),
    path("", include("tasks.api.connection_urls")),
]
