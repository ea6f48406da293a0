"""/v2/: no trailing slashes, ids and names in the query or the body."""

from django.urls import path

from tasks.scale.views import deliveries, v2

urlpatterns = [
    path("project", v2.OneProject.as_view()),
    path("projects", v2.Projects.as_view()),
    path("batch", v2.OneBatch.as_view()),
    path("batches", v2.Batches.as_view()),
    *[path(f"batch/{to}", v2.MoveBatch.as_view(to=to)) for to in ("finalize", "pause", "resume", "cancel")],
    path("batch/metadata", v2.BatchMetadata.as_view()),
    path("task", v2.OneTask.as_view()),
    path("tasks", v2.Tasks.as_view()),
    path("task/chat", v2.CreateChatTask.as_view()),
    path("task/metadata", v2.TaskMetadata.as_view()),
    path("annotation", v2.Annotation.as_view()),
    path("deliveries", deliveries.Deliveries.as_view()),
    path("delivery", deliveries.Delivery.as_view()),
    path("delivery/tasks", deliveries.DeliveryTasks.as_view()),
    path("schema", deliveries.Schema.as_view()),
    path("datasets", deliveries.Datasets.as_view()),
    *[path(f"datasets/{what}", deliveries.NoDataset.as_view()) for what in ("deliveries", "delivery", "task", "tasks")],
    path("datasets/task/<str:task_id>/response_url/<str:attachment_id>", deliveries.NoDataset.as_view()),
]
