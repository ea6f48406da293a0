"""/v1/: names may hold slashes, so what follows a name is matched first."""

from tasks.scale.slashes import with_slashes
from tasks.scale.views import batches, files, projects, quality, studio, tasks, teams

urlpatterns = with_slashes(
    [
        ("tasks", tasks.Tasks.as_view()),
        ("task/<str:what>", tasks.CreateOrGetTask.as_view()),
        ("task/<str:task_id>/cancel", tasks.CancelTask.as_view()),
        ("task/<str:task_id>/audit", tasks.AuditTask.as_view()),
        ("task/<str:task_id>/send_callback", tasks.SendCallback.as_view()),
        ("task/<str:task_id>/unique_id", tasks.UniqueId.as_view()),
        ("task/<str:task_id>/setMetadata", tasks.Metadata.as_view()),
        ("task/<str:task_id>/tags", tasks.Tags.as_view()),
        ("batches", batches.Batches.as_view()),
        ("batches/<path:name>/finalize", batches.FinalizeBatch.as_view()),
        ("batches/<path:name>/status", batches.BatchStatus.as_view()),
        ("batches/<path:name>/setMetadata", batches.BatchMetadata.as_view()),
        ("batches/<path:name>", batches.OneBatch.as_view()),
        ("projects", projects.Projects.as_view()),
        ("projects/<path:name>/setParams", projects.SetParams.as_view()),
        ("projects/<path:name>/setOntology", projects.SetOntology.as_view()),
        ("projects/<path:name>/taskTemplates", projects.TaskTemplate.as_view()),
        ("projects/<path:name>", projects.OneProject.as_view()),
        ("files", files.Files.as_view()),
        ("files/upload", files.UploadFile.as_view()),
        ("files/import", files.ImportFile.as_view()),
        ("files/<str:file_id>", files.OneFile.as_view()),
        ("files/<str:file_id>/<str:token>", files.SignedFile.as_view()),
        ("teams", teams.Teams.as_view()),
        ("teams/invite", teams.Invite.as_view()),
        ("teams/set_role", teams.SetRole.as_view()),
        ("evaluation_tasks/<str:kind>", quality.QualityTasks.as_view(is_training=False)),
        ("training_tasks/<str:kind>", quality.QualityTasks.as_view(is_training=True)),
        ("studio/assignments", studio.Assignments.as_view()),
        ("studio/assignments/add", studio.ChangeAssignments.as_view(add=True)),
        ("studio/assignments/remove", studio.ChangeAssignments.as_view(add=False)),
        ("studio/projects/<path:name>/groups", studio.ProjectGroups.as_view()),
        ("studio/projects/<path:name>/groups/<path:group_name>", studio.ProjectGroup.as_view()),
        ("studio/batches", studio.StudioBatches.as_view()),
        ("studio/batches/set_priorities", studio.SetPriorities.as_view()),
        ("studio/batches/reset_priorities", studio.ResetPriorities.as_view()),
        ("studio/batches/<path:name>", studio.StudioBatch.as_view()),
    ]
)
