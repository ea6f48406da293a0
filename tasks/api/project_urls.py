from django.urls import path

from tasks.api import (
    batches,
    bulk,
    checks,
    comments,
    gold,
    machine_figures,
    machine_votes,
    machines,
    projects,
    quality,
    restrictions,
    review_rules,
    schema_changes,
    suggestions,
    tasks,
)

urlpatterns = [
    path("task-types", projects.TaskTypes.as_view(), name="api-task-types"),
    path("projects", projects.Projects.as_view(), name="api-projects"),
    path("projects/<int:project_id>", projects.OneProject.as_view(), name="api-project"),
    path("projects/<int:project_id>/versions", projects.Versions.as_view(), name="api-project-versions"),
    path("projects/<int:project_id>/launch", projects.Launch.as_view(), name="api-project-launch"),
    path("projects/<int:project_id>/progress", projects.Progress.as_view(), name="api-project-progress"),
    path("projects/<int:project_id>/quality", quality.Quality.as_view(), name="api-project-quality"),
    path(
        "projects/<int:project_id>/quality/estimate",
        quality.QualityEstimate.as_view(),
        name="api-project-quality-estimate",
    ),
    path(
        "projects/<int:project_id>/quality/policies",
        quality.QualityPolicies.as_view(),
        name="api-project-quality-policies",
    ),
    path("projects/<int:project_id>/tasks", tasks.ProjectTasks.as_view(), name="api-project-tasks"),
    path("projects/<int:project_id>/results", tasks.ProjectResults.as_view(), name="api-project-results"),
    path("projects/<int:project_id>/views", bulk.Views.as_view(), name="api-project-views"),
    path("projects/<int:project_id>/views/<int:view_id>", bulk.OneView.as_view(), name="api-project-view"),
    path("projects/<int:project_id>/batches", batches.Batches.as_view(), name="api-project-batches"),
    path("projects/<int:project_id>/batches/order", batches.BatchOrder.as_view(), name="api-project-batches-order"),
    path("projects/<int:project_id>/batches/<slug:batch_id>", batches.OneBatch.as_view(), name="api-project-batch"),
    path(
        "projects/<int:project_id>/batches/<slug:batch_id>/tasks",
        batches.BatchTasks.as_view(),
        name="api-project-batch-tasks",
    ),
    *[
        path(
            f"projects/<int:project_id>/batches/<slug:batch_id>/{to}",
            batches.MoveBatch.as_view(to=to),
            name=f"api-project-batch-{to}",
        )
        for to in ("start", "pause", "resume", "cancel")
    ],
    path("projects/<int:project_id>/changes", bulk.Changes.as_view(), name="api-project-changes"),
    path("projects/<int:project_id>/changes/preview", bulk.PreviewChange.as_view(), name="api-project-changes-preview"),
    path("projects/<int:project_id>/changes/<int:change_id>", bulk.OneChange.as_view(), name="api-project-change"),
    path(
        "projects/<int:project_id>/changes/<int:change_id>/undo",
        bulk.UndoChange.as_view(),
        name="api-project-change-undo",
    ),
    path(
        "projects/<int:project_id>/schema-changes",
        schema_changes.SchemaChanges.as_view(),
        name="api-project-schema-changes",
    ),
    path(
        "projects/<int:project_id>/schema-changes/preview",
        schema_changes.PreviewSchemaChange.as_view(),
        name="api-project-schema-changes-preview",
    ),
    path(
        "projects/<int:project_id>/schema-changes/<int:change_id>/undo",
        schema_changes.UndoSchemaChange.as_view(),
        name="api-project-schema-change-undo",
    ),
    path("projects/<int:project_id>/comments", comments.Comments.as_view(), name="api-project-comments"),
    path(
        "projects/<int:project_id>/comments/<int:comment_id>/reply",
        comments.ReplyToComment.as_view(),
        name="api-comment-reply",
    ),
    *[
        path(
            f"projects/<int:project_id>/comments/<int:comment_id>/{to}",
            comments.MoveComment.as_view(to=to),
            name=f"api-comment-{to}",
        )
        for to in ("resolve", "reopen")
    ],
    path("projects/<int:project_id>/check-rules", checks.CheckRulesView.as_view(), name="api-check-rules"),
    path(
        "projects/<int:project_id>/review-rules",
        review_rules.ReviewRulesView.as_view(),
        name="api-project-review-rules",
    ),
    path("projects/<int:project_id>/people", checks.ProjectPeople.as_view(), name="api-project-people"),
    path("projects/<int:project_id>/gold-column", checks.GoldColumn.as_view(), name="api-gold-column"),
    path("projects/<int:project_id>/gold", gold.GoldList.as_view(), name="api-project-gold"),
    path("projects/<int:project_id>/gold/<int:gold_id>", gold.OneGold.as_view(), name="api-gold"),
    path("projects/<int:project_id>/gold/<int:gold_id>/retire", gold.RetireGold.as_view(), name="api-gold-retire"),
    path(
        "projects/<int:project_id>/gold/<int:gold_id>/reactivate",
        gold.ReactivateGold.as_view(),
        name="api-gold-reactivate",
    ),
    path(
        "projects/<int:project_id>/suggestion-problems",
        suggestions.SuggestionProblems.as_view(),
        name="api-project-suggestion-problems",
    ),
    *[
        path(f"projects/<int:project_id>/{to}", projects.Move.as_view(to=to), name=f"api-project-{to}")
        for to in ("pause", "resume", "complete", "archive", "restore")
    ],
    path("machines", machines.Machines.as_view(), name="api-machines"),
    path("machines/<int:machine_id>", machines.OneMachine.as_view(), name="api-machine"),
    path("machines/<int:machine_id>/archive", machines.ArchiveMachine.as_view(), name="api-machine-archive"),
    path("machines/<int:machine_id>/key", machines.MachineKey.as_view(), name="api-machine-key"),
    path(
        "projects/<int:project_id>/machines/<int:machine_id>/tasks",
        machines.AskedOfMachine.as_view(),
        name="api-machine-tasks",
    ),
    path(
        "projects/<int:project_id>/machines/<int:machine_id>/answers",
        machines.MachineAnswers.as_view(),
        name="api-machine-answers",
    ),
    path(
        "projects/<int:project_id>/machines/<int:machine_id>/votes",
        machine_votes.MachineVotes.as_view(),
        name="api-machine-votes",
    ),
    path(
        "projects/<int:project_id>/machines/<int:machine_id>/votes/preview",
        machine_votes.PreviewMachineVotes.as_view(),
        name="api-machine-votes-preview",
    ),
    path("projects/<int:project_id>/machines", machine_figures.ProjectMachines.as_view(), name="api-project-machines"),
    path(
        "projects/<int:project_id>/machine-policy",
        machine_figures.ProjectMachinePolicy.as_view(),
        name="api-machine-policy",
    ),
    path(
        "projects/<int:project_id>/machine-policy/preview",
        machine_figures.PreviewMachine.as_view(),
        name="api-machine-policy-preview",
    ),
    path(
        "projects/<int:project_id>/machine-policy/reopen",
        machine_figures.ReopenSettled.as_view(),
        name="api-machine-policy-reopen",
    ),
    path("restrictions", restrictions.Restrictions.as_view(), name="api-restrictions"),
    path("restrictions/preview", restrictions.PreviewRestriction.as_view(), name="api-restrictions-preview"),
    path("restrictions/<int:restriction_id>/lift", restrictions.LiftRestriction.as_view(), name="api-restriction-lift"),
    path(
        "restrictions/<int:restriction_id>/decide", restrictions.DecideAppeal.as_view(), name="api-restriction-decide"
    ),
    path("work/restrictions", restrictions.OwnRestrictions.as_view(), name="api-work-restrictions"),
    path(
        "work/restrictions/<int:restriction_id>/appeal",
        restrictions.AppealRestriction.as_view(),
        name="api-work-restriction-appeal",
    ),
    path("tasks/<int:task_id>", tasks.OneTask.as_view(), name="api-task"),
    path("tasks/<int:task_id>/cancel", tasks.CancelTask.as_view(), name="api-task-cancel"),
]
