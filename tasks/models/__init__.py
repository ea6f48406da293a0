from tasks.models.data import Dataset, Item, Upload, UploadProblem
from tasks.models.exports import Export, ExportRow
from tasks.models.projects import Project, ProjectVersion
from tasks.models.quality import AnnotatorCounts, Consensus, QualityState
from tasks.models.work import Answer, Assignment, ClaimCursor, Draft, Task

__all__ = [
    "AnnotatorCounts",
    "Answer",
    "Assignment",
    "ClaimCursor",
    "Consensus",
    "Dataset",
    "Draft",
    "Export",
    "ExportRow",
    "Item",
    "Project",
    "ProjectVersion",
    "QualityState",
    "Task",
    "Upload",
    "UploadProblem",
]
