"""Where data may come from. A kind of source is one entry of SOURCES: its form, its template, and what takes it in.

Another app adds its own kind by appending a Source in its `ready()`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from labeling.errors import InvalidInput
from labeling.http import outgoing
from tasks.models import Dataset
from tasks.selectors.projects import launchable_datasets
from tasks.services import setting_up
from tasks.services.feeds import create_feed
from tasks.services.fetching import request_file
from tasks.web.asking import MODE
from tasks.web.datasets import UploadForm, receive
from tasks.web.feeds import FeedForm
from tasks.web.setup.steps import Here

MOST_PASTED = 2_000_000


@dataclass(frozen=True)
class Source:
    name: str  # of its form, as the page posts it
    title: Any
    template: str
    form: Callable[[HttpRequest | None, Here], forms.Form]  # bound where there is a request
    take: Callable[[HttpRequest, Here, Any], bool]  # of a valid form; false with the reason in the form's errors


class PasteForm(forms.Form):
    pasted = forms.CharField(
        label=_("Lines"), max_length=MOST_PASTED, strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=_("One item a line; or JSON Lines, or CSV with a first line of column names."),
    )  # fmt: skip

    def clean_pasted(self) -> str:
        pasted: str = self.cleaned_data["pasted"]
        if not pasted.strip():
            raise forms.ValidationError(_t("There are only empty lines."))
        return pasted


class AddressForm(forms.Form):
    url = forms.CharField(
        label=_("Address"), max_length=outgoing.LONGEST_URL, widget=forms.URLInput(attrs={"placeholder": "https://"}),
        help_text=_("Of a file this server can reach: any of the formats above."),
    )  # fmt: skip


class DatasetForm(forms.Form):
    dataset: "forms.ModelChoiceField[Dataset]" = forms.ModelChoiceField(None, label=_("Dataset"))

    def __init__(self, *args: Any, here: Here, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = launchable_datasets(organization_id=here.project.organization_id, mode=MODE).filter(item_count__gt=0)
        others = mine.exclude(pk=here.dataset.pk) if here.dataset else mine
        self.fields["dataset"].queryset = others  # type: ignore[attr-defined]
        self.fields["dataset"].label_from_instance = lambda one: f"{one.name} ({one.item_count})"  # type: ignore[attr-defined]


class _One(dict[str, Any]):
    """Files of a form, as if this one had been sent."""

    def __init__(self, name: str, content: bytes) -> None:
        super().__init__()
        self.one = SimpleUploadedFile(name, content)

    def getlist(self, name: str) -> list[SimpleUploadedFile]:
        return [self.one] if name == "file" else []


def as_file(text: str) -> tuple[str, bytes]:
    """What was pasted, as a file of the format it looks like."""
    lines = [line for line in text.splitlines() if line.strip()]
    if lines and lines[0].lstrip().startswith("{"):
        return "pasted.jsonl", "\n".join(lines).encode()
    names = [name.strip().strip('"').lower() for name in lines[0].split(",")] if lines else []
    if len(names) > 1 and "text" in names:
        return "pasted.csv", text.encode()
    return "pasted.jsonl", b"\n".join(orjson.dumps({"text": line.strip()}) for line in lines)


class BucketForm(FeedForm):
    """As on a dataset's own page; the dataset may be still to be made."""

    def __init__(self, *args: Any, here: Here, **kwargs: Any) -> None:
        organization, mode = here.project.organization, here.project.mode
        super().__init__(
            *args,
            dataset=here.dataset or Dataset(organization=organization, mode=mode),
            auto_id="id_bucket_%s",
            **kwargs,
        )


def _take_files(request: HttpRequest, here: Here, form: Any) -> bool:
    """Without JavaScript; with it ui/upload.js sends files to the API."""
    actor: Any = request.user
    return receive(request, setting_up.own_dataset(project=here.project, actor=actor), form) is not None


def _take_paste(request: HttpRequest, here: Here, form: Any) -> bool:
    files = UploadForm(request.POST, _One(*as_file(form.cleaned_data["pasted"])))  # type: ignore[arg-type]  # getlist is all it asks for
    if files.is_valid() and _take_files(request, here, files):
        return True
    form.add_error("pasted", [one for errors in files.errors.values() for one in errors] or _t("Nothing to read."))
    return False


def _take_address(request: HttpRequest, here: Here, form: Any) -> bool:
    actor: Any = request.user
    url = form.cleaned_data["url"].strip()
    if problem := outgoing.address_problem(url, "url"):  # before a dataset is made for it
        raise InvalidInput(problem)
    dataset = setting_up.own_dataset(project=here.project, actor=actor)
    request_file(dataset=dataset, url=url, options={}, created_by=actor, now=timezone.now())
    return True


def _take_bucket(request: HttpRequest, here: Here, form: Any) -> bool:
    actor: Any = request.user
    dataset = setting_up.own_dataset(project=here.project, actor=actor)
    create_feed(dataset=dataset, actor=actor, now=timezone.now(), **form.cleaned_data)
    return True


def _take_dataset(request: HttpRequest, here: Here, form: Any) -> bool:
    setting_up.choose_dataset(project=here.project, dataset=form.cleaned_data["dataset"])
    return True


SOURCES = [
    Source(
        "files", _("Files or a folder"), "requester/setup/source_files.html",
        lambda request, here: UploadForm(request.POST, request.FILES) if request else UploadForm(), _take_files,
    ),
    Source(
        "paste", _("Paste lines"), "requester/setup/source_paste.html",
        lambda request, here: PasteForm(request.POST if request else None), _take_paste,
    ),
    Source(
        "address", _("A file by its address"), "requester/setup/source_address.html",
        lambda request, here: AddressForm(request.POST if request else None), _take_address,
    ),
    Source(
        "bucket", _("A bucket"), "requester/setup/source_bucket.html",
        lambda request, here: BucketForm(request.POST if request else None, here=here), _take_bucket,
    ),
    Source(
        "dataset", _("A dataset that is here"), "requester/setup/source_dataset.html",
        lambda request, here: DatasetForm(request.POST if request else None, here=here), _take_dataset,
    ),
]  # fmt: skip
