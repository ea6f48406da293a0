from django.urls import path

from tasks.web import media

urlpatterns = [
    path("media/archives/<int:archive_id>/<str:token>", media.archive, name="archive-download"),
    path("media/exports/<int:export_id>/<str:token>", media.download, name="export-download"),
    path("media/exports/<int:export_id>/losses/<str:token>", media.losses, name="export-losses"),
    path("media/<str:token>/<path:key>", media.image, name="media"),
]
