"""What an archive of an organization holds: one kind of record for each table, and why other tables are left out.

The fields of a kind are those of its table. A person is written as a pseudonym, another row as its id, a file as its
content's hash. A test walks over all tables: each is a kind or is left out for a reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Field

from tasks.services.archive import cleaning, references
from tasks.services.archive.references import Reference

Record: TypeAlias = dict[str, Any]
ORGANIZATION = ("organization", "organization_id")
LEASE = "of a job that is at work now"
FILE = "made again by whoever needs it"
HERE = "of this installation"


@dataclass(frozen=True)
class Kind:
    name: str
    label: str  # of the model
    path: str  # from a row to its organization
    about: str
    without: Mapping[str, str] = field(default_factory=dict)  # fields that are not written: why
    many: tuple[str, ...] = ()  # many-to-many fields, written as lists
    references: Reference | None = None  # ids inside of JSON and of plain numbers
    clean: Callable[[Record], None] | None = None  # of a record that is about to be written

    @property
    def file(self) -> str:
        return f"{self.name}.jsonl"

    @property
    def model(self) -> type[models.Model]:
        return apps.get_model(self.label)

    @cached_property
    def has_id(self) -> bool:
        return not self.model._meta.pk.is_relation

    @cached_property
    def fields(self) -> list[Field[Any, Any]]:
        """Written for each row, beside its id."""
        found = self.model._meta.concrete_fields
        own = [one for one in found if not (one.primary_key and self.has_id)]
        return [one for one in own if one.name not in self.without and one.name not in ORGANIZATION]

    @cached_property
    def names(self) -> list[str]:
        first = ["id"] if self.has_id else []
        return [*first, *(one.name for one in self.fields), *self.many]


KINDS: list[Kind] = [
    Kind("groups", "workers.Group", "organization", "Groups of labelers.", many=("users",)),
    Kind(
        "restrictions",
        "workers.Restriction",
        "organization",
        "Who was paused, removed or suspended, why, and what they had to say.",
        references=references.restriction,
    ),
    Kind("datasets", "tasks.Dataset", "organization", "Named collections of items."),
    Kind(
        "uploads",
        "tasks.Upload",
        "dataset__organization",
        "Files that became items: when, how many lines, what was wrong.",
        without={"storage_key": "its lines are the items", "position": LEASE, "worked_at": LEASE, "crashes": LEASE,
                 "cancel_requested": LEASE},
        clean=cleaning.upload,
    ),
    Kind("upload_problems", "tasks.UploadProblem", "upload__dataset__organization", "Lines that became no item."),
    Kind(
        "items",
        "tasks.Item",
        "dataset__organization",
        "The data. Pictures are named by the file in media/ that holds them.",
        references=references.item,
    ),
    Kind(
        "connections",
        "tasks.StorageConnection",
        "organization",
        "Buckets that data is read from and exports are sent to.",
        without={"access_key_id": "part of a key", "sealed_secret": "a secret", "checked_at": HERE,
                 "check_error": HERE},
        clean=cleaning.connection,
    ),
    Kind(
        "feeds",
        "tasks.Feed",
        "dataset__organization",
        "Folders of buckets that datasets are filled from.",
        without={"due_at": "nothing is read until somebody enters the key again", "worked_at": LEASE,
                 "crashes": LEASE, "stop_requested": LEASE},
        clean=cleaning.feed,
    ),
    Kind(
        "fed_objects",
        "tasks.FedObject",
        "feed__dataset__organization",
        "Objects of those folders, and what became of them. Pictures that are read in place stay in the bucket.",
    ),
    Kind(
        "sent_exports",
        "tasks.SentExport",
        "export__project__organization",
        "Which exports were sent to buckets.",
        without={"upload_id": LEASE, "part_size": LEASE, "etags": LEASE, "tries": LEASE, "due_at": LEASE,
                 "worked_at": LEASE},
        clean=cleaning.sent_export,
    ),
    Kind(
        "projects",
        "tasks.Project",
        "organization",
        "Questions asked of many items; what they ask is in project_versions.",
        many=("members", "groups", "datasets", "accepted_tests"),
    ),
    Kind(
        "project_versions",
        "tasks.ProjectVersion",
        "project__organization",
        "What was asked at each time: label schema, guideline, overlap, end use, examples.",
        references=references.project_version,
    ),
    Kind(
        "schema_changes",
        "tasks.SchemaChange",
        "project__organization",
        "Labels added, renamed, merged, split or retired between two versions.",
        without={"worked_at": LEASE, "crashes": LEASE},
        references=references.schema_change,
    ),
    Kind("setups", "tasks.Setup", "project__organization", "How far the wizards of projects have come."),
    Kind("quality_policies", "tasks.QualityPolicy", "project__organization", "When to stop asking about a task."),
    Kind("calibrations", "tasks.Calibration", "project__organization", "How honest the confidence was found to be."),
    Kind("check_rules", "tasks.CheckRules", "project__organization", "How people are trained, tested and checked."),
    Kind("review_rules", "tasks.ReviewRules", "project__organization", "How a project is reviewed."),
    Kind("saved_views", "tasks.SavedView", "project__organization", "Named ways to look at a project's items.",
         references=references.saved_view),
    Kind(
        "order_projects",
        "tasks.OrderProject",
        "organization",
        "Projects as client programs of the Scale API know them.",
        many=("members", "groups"),
    ),
    Kind("order_params", "tasks.OrderParams", "project__organization", "Their parameters, in all versions."),
    Kind(
        "batches",
        "tasks.Batch",
        "organization",
        "Tasks ordered together.",
        many=("groups",),
        clean=cleaning.batch,
    ),
    Kind("tasks", "tasks.Task", "project__organization", "Items asked in projects, with their state."),
    Kind("suggestion_problems", "tasks.SuggestionProblem", "project__organization", "Suggestions that are not used."),
    Kind("assignments", "tasks.Assignment", "project__organization", "One person's turn on one task."),
    Kind(
        "answers",
        "tasks.Answer",
        "project__organization",
        "What was submitted, with active time, the version it was given under, and the answer it supersedes.",
    ),
    Kind(
        "consensus",
        "tasks.Consensus",
        "project__organization",
        "What a task's answers add up to, how sure that is, and by which answers.",
        references=references.consensus,
    ),
    Kind(
        "quality_states",
        "tasks.QualityState",
        "project__organization",
        "The models behind the consensus.",
        without={"consumer": LEASE, "consumer_until": LEASE},
    ),
    Kind("annotator_counts", "tasks.AnnotatorCounts", "project__organization", "What answers tell of their annotator."),
    Kind("left_out", "tasks.LeftOut", "project__organization", "People whose answers count for nothing."),
    Kind("skills", "tasks.Skill", "project__organization", "How well people answer, by project and label."),
    Kind(
        "signs",
        "tasks.Sign",
        "project__organization",
        "What somebody should look at in a person's work.",
        references=references.sign,
    ),
    Kind("gold", "tasks.Gold", "project__organization", "What is known of tasks that check, train or test people."),
    Kind("gold_problems", "tasks.GoldProblem", "project__organization", "Known answers that are not used."),
    Kind("verdicts", "tasks.Verdict", "project__organization", "Answers measured by known ones."),
    Kind(
        "entries",
        "tasks.Entry",
        "project__organization",
        "What of a project's training and test people have behind them.",
        references=references.entry,
    ),
    Kind("paid_time", "tasks.PaidTime", "project__organization", "Active time of training and tests."),
    Kind(
        "reviews",
        "tasks.Review",
        "project__organization",
        "Reviewers' looks at tasks, and their verdicts.",
        references=references.before_it,
    ),
    Kind("rejections", "tasks.Rejection", "project__organization", "Answers that were not accepted, and why."),
    Kind("appeals", "tasks.Appeal", "project__organization", "What annotators had to say against it."),
    Kind("comments", "tasks.Comment", "organization", "What annotators tell of tasks, and the replies."),
    Kind(
        "machines",
        "tasks.Machine",
        "organization",
        "Versions of models that answer.",
        without={"key": "a secret"},
    ),
    Kind("machine_answers", "tasks.MachineAnswer", "project__organization", "What models said of tasks."),
    Kind("machine_policies", "tasks.MachinePolicy", "project__organization", "How projects work with models."),
    Kind("acceptances", "tasks.Acceptance", "project__organization", "When models' answers were taken unseen."),
    Kind("accepted_tasks", "tasks.AcceptedTask", "task__project__organization", "Tasks that a model settled alone."),
    Kind(
        "bulks",
        "tasks.Bulk",
        "project__organization",
        "Changes of many tasks at once.",
        without={"worked_at": LEASE, "crashes": LEASE},
        references=references.bulk,
    ),
    Kind(
        "bulk_changes",
        "tasks.BulkChange",
        "bulk__project__organization",
        "What each task was before.",
        references=references.before_it,
    ),
    Kind(
        "schema_before",
        "tasks.SchemaBefore",
        "change__project__organization",
        "What each task was before a change of the labels.",
        references=references.before_it,
    ),
    Kind(
        "orders",
        "tasks.Order",
        "organization",
        "Tasks as they were ordered through the Scale API, and what their client hears of them.",
        references=references.order,
        clean=cleaning.order,
    ),
    Kind("order_tags", "tasks.OrderTag", "order__organization", "Tags of those."),
    Kind("client_files", "tasks.ClientFile", "organization", "Files that clients sent to name them in orders."),
    Kind("quality_tasks", "tasks.QualityTask", "organization", "Tasks with a known answer, as clients gave them."),
    Kind(
        "exports",
        "tasks.Export",
        "project__organization",
        "Which exports there were; not their files.",
        without={"storage_key": FILE, "position": LEASE, "worked_at": LEASE, "crashes": LEASE},
        clean=cleaning.export,
    ),
    Kind(
        "webhooks",
        "tasks.Webhook",
        "organization",
        "Addresses that are told of events.",
        without={"secret": "a secret", "old_secret": "a secret", "old_secret_until": "goes with it",
                 "last_event_id": "counts events of one installation",
                 "is_active": "one that came with an archive is off until somebody switches it on",
                 "disabled_reason": "as is_active"},
        clean=cleaning.webhook,
    ),
    Kind(
        "callback_accounts",
        "tasks.CallbackAccount",
        "organization",
        "Where callbacks go when a task names no address.",
        without={"auth_key": "a secret"},
        clean=cleaning.callback_account,
    ),
    Kind(
        "events",
        "labeling.Event",
        "",
        "The history: who did what, when.",
        without={"relayed_at": "an archive's events are told to nobody again", "key_id": "of a key, which is left out"},
        references=references.event,
    ),
]  # fmt: skip

LEFT_OUT: dict[str, str] = {
    "workers.Organization": "in the manifest: its name and since when it is there",
    "workers.User": "in people.jsonl, under pseudonyms: no names, addresses or passwords",
    "workers.Membership": "in people.jsonl: roles",
    "workers.Placeholder": "in people.jsonl: the pseudonym somebody had",
    "workers.ApiKey": "secrets",
    "workers.Invitation": "e-mail addresses and secrets; who came is a member",
    "labeling.IdempotencyKey": "replies kept for a day, for programs that ask again",
    "tasks.Archive": "archives do not hold archives",
    "tasks.AgreementReport": "measured again from the answers",
    "tasks.ClaimCursor": "where the next claim begins to look; made again",
    "tasks.Delivery": "messages on their way, signed with secrets; what they told is in the events and orders",
    "tasks.Draft": "unsent work is its annotator's own",
    "tasks.ExportRow": "of an export that is being written",
    # tables of other packages, by their app
    "account": "e-mail addresses",
    "admin": "the operator's, of the whole installation",
    "auth": "Django's own; not used",
    "axes": "sign-ins of the whole installation, with addresses",
    "contenttypes": "Django's own",
    "mfa": "secrets: second factors",
    "sessions": "who is signed in now",
    "usersessions": "who is signed in now, and where",
}


def kind_of() -> dict[str, Kind]:
    return {kind.name: kind for kind in KINDS}


def by_label() -> dict[str, Kind]:
    return {kind.label: kind for kind in KINDS}


def is_person(one: Field[Any, Any]) -> bool:
    return one.related_model is not None and one.related_model._meta.label == settings.AUTH_USER_MODEL
