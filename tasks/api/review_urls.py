from django.urls import path

from tasks.api import agreement, reviews

urlpatterns = [
    path("projects/<int:project_id>/agreement", agreement.Agreement.as_view(), name="api-project-agreement"),
    path("projects/<int:project_id>/reviews/next", reviews.NextReviews.as_view(), name="api-reviews-next"),
    path("reviews/leave", reviews.LeaveReviews.as_view(), name="api-reviews-leave"),
    path("reviews/<int:review_id>/decide", reviews.DecideReview.as_view(), name="api-review-decide"),
    path("reviews/<int:review_id>/undo", reviews.UndoReview.as_view(), name="api-review-undo"),
]
