from django.urls import path

from tasks.api import connections

urlpatterns = [
    path("storage-connections", connections.Connections.as_view(), name="api-connections"),
    path("storage-connections/<int:pk>", connections.OneConnection.as_view(), name="api-connection"),
    path("storage-connections/<int:pk>/check", connections.CheckConnection.as_view(), name="api-connection-check"),
]
