"""/v1/: no trailing slashes. Names may hold slashes, so what follows a name is matched first."""

from django.urls import path

from tasks.scale.views import batches, files, projects, quality, studio, tasks, teams

urlpatterns = [
    path("tasks", tasks.Tasks.as_view()),
    path("task/<str:what>", tasks.CreateOrGetTask.as_view()),
    path("task/<str:task_id>/cancel", tasks.CancelTask.as_view()),
    path("task/<str:task_id>/audit", tasks.AuditTask.as_view()),
    path("task/<str:task_id>/unique_id", tasks.UniqueId.as_view()),
    path("task/<str:task_id>/setMetadata", tasks.Metadata.as_view()),
    path("task/<str:task_id>/tags", tasks.Tags.as_view()),
    path("batches", batches.Batches.as_view()),
    path("batches/<path:name>/finalize", batches.FinalizeBatch.as_view()),
    path("batches/<path:name>/status", batches.BatchStatus.as_view()),
    path("batches/<path:name>/setMetadata", batches.BatchMetadata.as_view()),
    path("batches/<path:name>", batches.OneBatch.as_view()),
    path("projects", projects.Projects.as_view()),
    path("projects/<path:name>/setParams", projects.SetParams.as_view()),
    path("projects/<path:name>/setOntology", projects.SetOntology.as_view()),
    path("projects/<path:name>/taskTemplates", projects.TaskTemplate.as_view()),
    path("projects/<path:name>", projects.OneProject.as_view()),
    path("files/upload", files.UploadFile.as_view()),
    path("files/import", files.ImportFile.as_view()),
    path("files/<str:file_id>", files.OneFile.as_view()),
    path("files/<str:file_id>/<str:token>", files.SignedFile.as_view()),
    path("teams", teams.Teams.as_view()),
    path("teams/invite", teams.Invite.as_view()),
    path("teams/set_role", teams.SetRole.as_view()),
    path("evaluation_tasks/<str:kind>", quality.QualityTasks.as_view(is_training=False)),
    path("training_tasks/<str:kind>", quality.QualityTasks.as_view(is_training=True)),
    path("studio/assignments", studio.Assignments.as_view()),
    path("studio/assignments/add", studio.ChangeAssignments.as_view(add=True)),
    path("studio/assignments/remove", studio.ChangeAssignments.as_view(add=False)),
    path("studio/projects/<path:name>/groups", studio.ProjectGroups.as_view()),
    path("studio/projects/<path:name>/groups/<path:group_name>", studio.ProjectGroup.as_view()),
    path("studio/batches", studio.StudioBatches.as_view()),
    path("studio/batches/set_priorities", studio.SetPriorities.as_view()),
    path("studio/batches/reset_priorities", studio.ResetPriorities.as_view()),
    path("studio/batches/<path:name>", studio.StudioBatch.as_view()),
]
