from django.urls import path

from tasks.api import datasets, exports, uploads

urlpatterns = [
    path("datasets", datasets.Datasets.as_view(), name="api-datasets"),
    path("datasets/<int:dataset_id>", datasets.DatasetDetail.as_view(), name="api-dataset"),
    path("datasets/<int:dataset_id>/items", datasets.Items.as_view(), name="api-items"),
    path("datasets/<int:dataset_id>/uploads", uploads.Uploads.as_view(), name="api-uploads"),
    path("uploads/<int:upload_id>", uploads.UploadDetail.as_view(), name="api-upload"),
    path("uploads/<int:upload_id>/cancel", uploads.CancelUpload.as_view(), name="api-upload-cancel"),
    path("uploads/<int:upload_id>/resume", uploads.ResumeUpload.as_view(), name="api-upload-resume"),
    path("uploads/<int:upload_id>/errors", uploads.UploadErrors.as_view(), name="api-upload-errors"),
    path("projects/<int:project_id>/exports", exports.Exports.as_view(), name="api-exports"),
    path("projects/<int:project_id>/exports/<int:export_id>", exports.ExportDetail.as_view(), name="api-export"),
    path(
        "projects/<int:project_id>/exports/<int:export_id>/sent", exports.SentExports.as_view(), name="api-export-sent"
    ),
    path(
        "projects/<int:project_id>/exports/<int:export_id>/sent/<int:sent_id>/stop",
        exports.StopSending.as_view(),
        name="api-export-stop",
    ),
]
