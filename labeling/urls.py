"""All addresses. Apps are named by string: the frame imports none of them."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("api/", include("labeling.http.urls")),
    path("api/v1/", include("workers.api.urls")),
    path("api/v1/", include("tasks.api.urls")),
    path("v1/", include("tasks.scale.urls")),
    path("v2/", include("tasks.scale.v2_urls")),
    path("v1//", include("tasks.scale.urls")),  # a client whose address of ours ends in a slash
    path("v2//", include("tasks.scale.v2_urls")),
    path("", include("workers.web.urls")),
    path("", include("tasks.web.urls")),
    path("admin/", admin.site.urls),  # last: its sign-in is ours
]

handler400 = "labeling.http.views.bad_request"
handler403 = "labeling.http.views.forbidden"
handler404 = "labeling.http.views.not_found"
handler500 = "labeling.http.views.server_error"
