from django.urls import path

from tasks.api import returned, work

urlpatterns = [
    path("work/exchange", work.Exchange.as_view(), name="api-work-exchange"),
    path("work/history", work.History.as_view(), name="api-work-history"),
    path("work/projects", work.Projects.as_view(), name="api-work-projects"),
    path("work/returned", returned.Returned.as_view(), name="api-work-returned"),
    path("work/returned/<int:rejection_id>/decline", returned.Decline.as_view(), name="api-returned-decline"),
    path("work/returned/<int:rejection_id>/appeal", returned.AppealAgainst.as_view(), name="api-returned-appeal"),
    path("tasks/<int:task_id>/claim", work.ClaimTask.as_view(), name="api-task-claim"),
    path("assignments/<int:assignment_id>", work.Turn.as_view(), name="api-assignment"),
    path("assignments/<int:assignment_id>/answer", work.SubmitAnswer.as_view(), name="api-assignment-answer"),
    path("assignments/<int:assignment_id>/skip", work.Skip.as_view(), name="api-assignment-skip"),
    path("assignments/<int:assignment_id>/comment", work.AddComment.as_view(), name="api-assignment-comment"),
    path("assignments/<int:assignment_id>/return", work.Return.as_view(), name="api-assignment-return"),
    path("assignments/<int:assignment_id>/heartbeat", work.Heartbeat.as_view(), name="api-assignment-heartbeat"),
    path("assignments/<int:assignment_id>/draft", work.SaveDraft.as_view(), name="api-assignment-draft"),
]
