from tasks.models.archives import Archive
from tasks.models.buckets import FedObject, Feed, SentExport, StorageConnection
from tasks.models.comments import Comment
from tasks.models.data import Dataset, Item, Upload, UploadProblem
from tasks.models.exports import Export, ExportRow
from tasks.models.gold import CheckRules, Entry, Gold, GoldProblem, PaidTime, Verdict
from tasks.models.items import Bulk, BulkChange, SavedView
from tasks.models.machines import Acceptance, AcceptedTask, Machine, MachineAnswer, MachinePolicy
from tasks.models.ordering import Batch, ClientFile, Order, OrderParams, OrderProject, OrderTag, QualityTask
from tasks.models.policy import Calibration, LeftOut, QualityPolicy
from tasks.models.projects import Project, ProjectVersion
from tasks.models.quality import AgreementReport, AnnotatorCounts, Consensus, QualityState
from tasks.models.review import Appeal, Rejection, Review, ReviewRules
from tasks.models.schema import SchemaBefore, SchemaChange
from tasks.models.setup import Setup
from tasks.models.skills import Sign, Skill
from tasks.models.webhooks import CallbackAccount, Delivery, Webhook
from tasks.models.work import Answer, Assignment, ClaimCursor, Draft, SuggestionProblem, Task

__all__ = [
    "Acceptance",
    "AcceptedTask",
    "AgreementReport",
    "AnnotatorCounts",
    "Answer",
    "Appeal",
    "Archive",
    "Assignment",
    "Batch",
    "Bulk",
    "BulkChange",
    "Calibration",
    "CallbackAccount",
    "CheckRules",
    "ClaimCursor",
    "ClientFile",
    "Comment",
    "Consensus",
    "Dataset",
    "Delivery",
    "Draft",
    "Entry",
    "Export",
    "ExportRow",
    "FedObject",
    "Feed",
    "Gold",
    "GoldProblem",
    "Item",
    "LeftOut",
    "Machine",
    "MachineAnswer",
    "MachinePolicy",
    "Order",
    "OrderParams",
    "OrderProject",
    "OrderTag",
    "PaidTime",
    "Project",
    "ProjectVersion",
    "QualityPolicy",
    "QualityState",
    "QualityTask",
    "Rejection",
    "Review",
    "ReviewRules",
    "SavedView",
    "SchemaBefore",
    "SchemaChange",
    "SentExport",
    "Setup",
    "Sign",
    "Skill",
    "StorageConnection",
    "SuggestionProblem",
    "Task",
    "Upload",
    "UploadProblem",
    "Verdict",
    "Webhook",
]
