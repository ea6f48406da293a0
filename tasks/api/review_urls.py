from django.urls import path

from tasks.api import agreement, explanations, rejections, reviews

ONE = "projects/<int:project_id>/rejections/<int:rejection_id>"

urlpatterns = [
    path("projects/<int:project_id>/agreement", agreement.Agreement.as_view(), name="api-project-agreement"),
    path("projects/<int:project_id>/reviews/next", reviews.NextReviews.as_view(), name="api-reviews-next"),
    path("projects/<int:project_id>/rejections", rejections.Rejections.as_view(), name="api-project-rejections"),
    path(f"{ONE}", rejections.OneRejection.as_view(), name="api-rejection"),
    path(f"{ONE}/confirm", rejections.ConfirmRejection.as_view(), name="api-rejection-confirm"),
    path(f"{ONE}/dismiss", rejections.DismissRejection.as_view(), name="api-rejection-dismiss"),
    path(f"{ONE}/decide-appeal", rejections.DecideAppealAgainst.as_view(), name="api-rejection-appeal"),
    path("tasks/<int:task_id>/explanation", explanations.Explanation.as_view(), name="api-task-explanation"),
    path("reviews/leave", reviews.LeaveReviews.as_view(), name="api-reviews-leave"),
    path("reviews/<int:review_id>/decide", reviews.DecideReview.as_view(), name="api-review-decide"),
    path("reviews/<int:review_id>/undo", reviews.UndoReview.as_view(), name="api-review-undo"),
]
