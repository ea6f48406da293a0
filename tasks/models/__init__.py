from tasks.models.comments import Comment
from tasks.models.data import Dataset, Item, Upload, UploadProblem
from tasks.models.exports import Export, ExportRow
from tasks.models.policy import Calibration, LeftOut, QualityPolicy
from tasks.models.projects import Project, ProjectVersion
from tasks.models.quality import AnnotatorCounts, Consensus, QualityState
from tasks.models.work import Answer, Assignment, ClaimCursor, Draft, SuggestionProblem, Task

__all__ = [
    "AnnotatorCounts",
    "Answer",
    "Assignment",
    "Calibration",
    "ClaimCursor",
    "Comment",
    "Consensus",
    "Dataset",
    "Draft",
    "Export",
    "ExportRow",
    "Item",
    "LeftOut",
    "Project",
    "ProjectVersion",
    "QualityPolicy",
    "QualityState",
    "SuggestionProblem",
    "Task",
    "Upload",
    "UploadProblem",
]
