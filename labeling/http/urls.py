from django.urls import path
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer, TemplateHTMLRenderer  # noqa: F401

openapi = SpectacularJSONAPIView.as_view(permission_classes=[AllowAny], authentication_classes=[], throttle_classes=[])
docs = SpectacularSwaggerSplitView.as_view(
    url_name="openapi", permission_classes=[AllowAny], authentication_classes=[], throttle_classes=[]
)

urlpatterns = [
    path("v1/openapi.json", openapi, name="openapi"),
    path("docs/", docs, name="api-docs"),
]
