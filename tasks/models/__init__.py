from tasks.models.comments import Comment
from tasks.models.data import Dataset, Item, Upload, UploadProblem
from tasks.models.exports import Export, ExportRow
from tasks.models.policy import Calibration, LeftOut, QualityPolicy
from tasks.models.projects import Project, ProjectVersion
from tasks.models.quality import AgreementReport, AnnotatorCounts, Consensus, QualityState
from tasks.models.review import Appeal, Rejection, Review
from tasks.models.work import Answer, Assignment, ClaimCursor, Draft, SuggestionProblem, Task

__all__ = [
    "AgreementReport",
    "AnnotatorCounts",
    "Answer",
    "Appeal",
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
    "Rejection",
    "Review",
    "SuggestionProblem",
    "Task",
    "Upload",
    "UploadProblem",
]
