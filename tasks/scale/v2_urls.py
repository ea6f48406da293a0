"""/v2/: no trailing slashes, ids and names in the query or the body."""

from django.urls import path

from tasks.scale.views import v2

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
    path("deliveries", v2.Nothing.as_view(name="deliveries")),
    path("datasets", v2.Nothing.as_view(name="datasets")),
    path("annotation", v2.Missing.as_view()),
    path("delivery", v2.Missing.as_view()),
    path("delivery/tasks", v2.Missing.as_view()),
    path("schema", v2.Missing.as_view()),
    path("datasets/deliveries", v2.Missing.as_view()),
    path("datasets/delivery", v2.Missing.as_view()),
    path("datasets/task", v2.Missing.as_view()),
    path("datasets/tasks", v2.Missing.as_view()),
    path("datasets/task/<str:task_id>/response_url/<str:attachment_id>", v2.Missing.as_view()),
]
