"""/v2/: ids and names in the query or the body."""

from tasks.scale.slashes import with_slashes
from tasks.scale.views import deliveries, v2

urlpatterns = with_slashes(
    [
        ("project", v2.OneProject.as_view()),
        ("projects", v2.Projects.as_view()),
        ("batch", v2.OneBatch.as_view()),
        ("batches", v2.Batches.as_view()),
        *[(f"batch/{to}", v2.MoveBatch.as_view(to=to)) for to in ("finalize", "pause", "resume", "cancel")],
        ("batch/metadata", v2.BatchMetadata.as_view()),
        ("task", v2.OneTask.as_view()),
        ("tasks", v2.Tasks.as_view()),
        ("task/chat", v2.CreateChatTask.as_view()),
        ("task/metadata", v2.TaskMetadata.as_view()),
        ("annotation", v2.Annotation.as_view()),
        ("deliveries", deliveries.Deliveries.as_view()),
        ("delivery", deliveries.Delivery.as_view()),
        ("delivery/tasks", deliveries.DeliveryTasks.as_view()),
        ("schema", deliveries.Schema.as_view()),
        ("datasets", deliveries.Datasets.as_view()),
        *[(f"datasets/{what}", deliveries.NoDataset.as_view()) for what in ("deliveries", "delivery", "task", "tasks")],
        ("datasets/task/<str:task_id>/response_url/<str:attachment_id>", deliveries.NoDataset.as_view()),
    ]
)
