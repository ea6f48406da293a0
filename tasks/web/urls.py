from django.urls import URLPattern, URLResolver, include, path, re_path

from tasks.web import (
    comments,
    datasets,
    exports,
    machines,
    project_settings,
    projects,
    results,
    suggestions,
    webhooks,
    work,
    workbench,
)

project_urls = [
    path("", projects.overview, name="project"),
    path("live/", projects.live, name="project-live"),
    path("launch/", projects.launch, name="project-launch"),
    path("results/", results.results, name="project-results"),
    path("tasks/<int:task_id>/", results.task, name="project-task"),
    path("tasks/<int:task_id>/change/", results.change_task, name="project-task-change"),
    path("settings/", project_settings.settings, name="project-settings"),
    path("exports/", exports.exports, name="project-exports"),
    path("comments/", comments.comments, name="project-comments"),
    path("comments/<int:comment_id>/", comments.answer, name="project-comment"),
    path("suggestions/", suggestions.suggestions, name="project-suggestions"),
    path("machines/", machines.machines, name="project-machines"),
    path("machines/reopen/", machines.reopen, name="project-machines-reopen"),
    path("exports/live/", exports.live, name="project-exports-live"),
    path("<slug:action>/", projects.move, name="project-move"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("tasks.web.media_urls")),
    path("work/", work.home, name="work"),
    path("work/history/", work.history, name="work-history"),
    path("work/label/", workbench.workbench, name="workbench"),
    path("projects/", projects.index, name="projects"),
    path("projects/new/", projects.new, name="project-new"),
    path("projects/<int:project_id>/", include(project_urls)),
    path("datasets/", datasets.index, name="datasets"),
    path("datasets/new/", datasets.new, name="dataset-new"),
    path("datasets/<int:dataset_id>/", datasets.dataset, name="dataset"),
    path("datasets/<int:dataset_id>/live/", datasets.live, name="dataset-live"),
    path("datasets/<int:dataset_id>/delete/", datasets.delete, name="dataset-delete"),
    path("settings/webhooks/", webhooks.index, name="webhooks"),
    path("settings/webhooks/<int:pk>/", webhooks.one, name="webhook"),
    re_path(r"^settings/webhooks/(?P<pk>\d+)/(?P<action>ping|on|off|delete)/$", webhooks.change, name="change-webhook"),
    path("settings/webhooks/<int:pk>/<int:delivery_id>/redeliver/", webhooks.redeliver, name="redeliver"),
    re_path(r"^uploads/(?P<upload_id>\d+)/(?P<action>cancel|resume)/$", datasets.change_upload, name="upload-change"),
]
