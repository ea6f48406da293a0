from tasks.models.comments import Comment
from tasks.models.data import Dataset, Item, Upload, UploadProblem
from tasks.models.exports import Export, ExportRow
from tasks.models.gold import CheckRules, Entry, Gold, GoldProblem, PaidTime, Verdict
from tasks.models.policy import Calibration, LeftOut, QualityPolicy
from tasks.models.projects import Project, ProjectVersion
from tasks.models.quality import AnnotatorCounts, Consensus, QualityState
from tasks.models.skills import Sign, Skill
from tasks.models.work import Answer, Assignment, ClaimCursor, Draft, SuggestionProblem, Task

__all__ = [
    "AnnotatorCounts",
    "Answer",
    "Assignment",
    "Calibration",
    "CheckRules",
    "ClaimCursor",
    "Comment",
    "Consensus",
    "Dataset",
    "Draft",
    "Entry",
    "Export",
    "ExportRow",
    "Gold",
    "GoldProblem",
    "Item",
    "LeftOut",
    "PaidTime",
    "Project",
    "ProjectVersion",
    "QualityPolicy",
    "QualityState",
    "Sign",
    "Skill",
    "SuggestionProblem",
    "Task",
    "Upload",
    "UploadProblem",
    "Verdict",
]
