from django.urls import path
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.permissions import AllowAny

from labeling.http.docs import reference

openapi = SpectacularJSONAPIView.as_view(permission_classes=[AllowAny], authentication_classes=[], throttle_classes=[])

urlpatterns = [
    path("v1/openapi.json", openapi, name="openapi"),
    path("docs/", reference, name="api-docs"),
]
