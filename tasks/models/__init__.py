from tasks.models.comments import Comment
from tasks.models.data import Dataset, Item, Upload, UploadProblem
from tasks.models.exports import Export, ExportRow
from tasks.models.machines import Acceptance, AcceptedTask, Machine, MachineAnswer, MachinePolicy
from tasks.models.ordering import Batch, ClientFile, Order, OrderParams, OrderProject, OrderTag, QualityTask
from tasks.models.policy import Calibration, LeftOut, QualityPolicy
from tasks.models.projects import Project, ProjectVersion
from tasks.models.quality import AnnotatorCounts, Consensus, QualityState
from tasks.models.webhooks import CallbackAccount, Delivery, Webhook
from tasks.models.work import Answer, Assignment, ClaimCursor, Draft, SuggestionProblem, Task

__all__ = [
    "Acceptance",
    "AcceptedTask",
    "AnnotatorCounts",
    "Answer",
    "Assignment",
    "Batch",
    "Calibration",
    "CallbackAccount",
    "ClaimCursor",
    "ClientFile",
    "Comment",
    "Consensus",
    "Dataset",
    "Delivery",
    "Draft",
    "Export",
    "ExportRow",
    "Item",
    "LeftOut",
    "Machine",
    "MachineAnswer",
    "MachinePolicy",
    "Order",
    "OrderParams",
    "OrderProject",
    "OrderTag",
    "Project",
    "ProjectVersion",
    "QualityPolicy",
    "QualityState",
    "QualityTask",
    "SuggestionProblem",
    "Task",
    "Upload",
    "UploadProblem",
    "Webhook",
]
