"""Datasets: the list, a new one, its items and uploads."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from labeling import storage
from labeling.errors import GroundworkError
from labeling.problem_words import error_in_words
from tasks.models import Dataset, Upload
from tasks.selectors import datasets as selectors
from tasks.selectors import feeds as feed_reads
from tasks.selectors.media import image_links
from tasks.selectors.projects import sensitive
from tasks.services.datasets import create_dataset, delete_dataset
from tasks.services.ingesting import CHOSEN
from tasks.services.uploading import Received, cancel_upload, receive_upload, resume_upload
from tasks.states import UploadState
from tasks.web import words
from tasks.web.asking import MODE, my_dataset, organization_of, other_columns, show_problems
from tasks.web.keyset import keyset
from workers.selectors.membership import MANAGES
from workers.web.access import needs

PAGE = 24
ITEMS = 20
NEWEST = 20
RESUMABLE = (UploadState.CANCELED, UploadState.FAILED)
SECTION = {"nav_section": "datasets"}
ENCODINGS = {
    "windows-1252": _("Western European (Windows-1252)"),
    "iso-8859-1": _("Western European (ISO 8859-1, Latin-1)"),
    "iso-8859-15": _("Western European (ISO 8859-15)"),
    "macintosh": _("Western European (Macintosh)"),
    "windows-1250": _("Central European (Windows-1250)"),
    "iso-8859-2": _("Central European (ISO 8859-2)"),
    "windows-1251": _("Cyrillic (Windows-1251)"),
    "koi8-r": _("Cyrillic (KOI8-R)"),
    "windows-1253": _("Greek (Windows-1253)"),
    "windows-1254": _("Turkish (Windows-1254)"),
    "windows-1255": _("Hebrew (Windows-1255)"),
    "windows-1256": _("Arabic (Windows-1256)"),
    "shift_jis": _("Japanese (Shift_JIS)"),
    "euc-jp": _("Japanese (EUC-JP)"),
    "gb18030": _("Chinese (GB 18030, GBK)"),
    "big5": _("Chinese (Big5)"),
    "euc-kr": _("Korean (EUC-KR)"),
}


class DatasetForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    description = forms.CharField(
        label=_("Description"), required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 3})
    )


class ManyFiles(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[UploadedFile]:
        return list(files.getlist(name))


class FilesField(forms.FileField):
    """One file or several."""

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        return [super(FilesField, self).clean(one, initial) for one in data or [None]]


class UploadForm(forms.Form):
    file = FilesField(label=_("Files"), widget=ManyFiles)
    text_field = forms.CharField(
        label=_("Column with the text"), required=False, max_length=200, help_text=_("“text” unless you say otherwise.")
    )
    id_field = forms.CharField(
        label=_("Column with the key"), required=False, max_length=200, help_text=_("“id” unless you say otherwise.")
    )

    labels_as = forms.ChoiceField(
        label=_("Labels in the file are"), required=False,
        choices=[
            ("suggestion", _("suggestions, to be checked")),
            ("known", _("known to be right: gold")),
            ("answers", _("answers of those who gave them")),
            ("nothing", _("left out")),
        ],
    )  # fmt: skip
    texts_as = forms.ChoiceField(
        label=_("Items of text files"), required=False,
        choices=[
            ("", _("each line; of a folder or zip, each file")), ("lines", _("each line")), ("files", _("each file")),
        ],
    )  # fmt: skip
    encoding = forms.ChoiceField(
        label=_("Encoding"), required=False, choices=[("", "UTF-8, UTF-16"), *ENCODINGS.items()],
        help_text=_("Of texts and tables that are in another one. The report shows how they would read."),
    )  # fmt: skip

    def place_of(self, path: str) -> tuple[str, str]:
        return path.partition("[")[0], ""


@needs("see")
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    mine = selectors.datasets_of(organization=organization_of(request), mode=MODE).prefetch_related("projects")
    page = keyset(request, mine, size=PAGE, newest_first=True)
    return render(request, "requester/datasets.html", SECTION | {"page": page})


@needs("manage")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    form = DatasetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actor: Any = request.user
        try:
            dataset = create_dataset(
                organization=organization_of(request), mode=MODE, created_by=actor, **form.cleaned_data
            )
        except GroundworkError as error:
            show_problems(form, error)
        else:
            return redirect("dataset", dataset.pk)
    status = 422 if form.is_bound else 200
    return render(request, "requester/dataset_new.html", SECTION | {"form": form}, status=status)


@needs("see")
@require_http_methods(["GET", "POST"])
def dataset(request: HttpRequest, dataset_id: int) -> HttpResponse:
    """A POST is the upload form without JavaScript; with it ui/upload.js sends files to the API and shows the way."""
    found = my_dataset(request, dataset_id)
    may = request.membership.role in MANAGES  # type: ignore[attr-defined]  # middleware
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST" and may and form.is_valid() and receive(request, found, form):
        return redirect("dataset", found.pk)
    page = keyset(request, selectors.items_of(found), size=ITEMS)
    projects = list(found.projects.order_by("name"))
    fed = feeds_context(found) if found.is_fed else {}  # type: ignore[attr-defined]  # of `dataset_of`
    shown = {
        "form": form,
        "page": page,
        "items": [
            {
                "item": item,
                "image": image_links(item.media),
                "text": item.data.get("text", ""),
                "more": other_columns(item),
            }
            for item in page.rows
        ],
        "projects": projects,
        "risks": sensitive([project.pk for project in projects]),
    }
    context = uploads_context(found) | fed | shown
    status = (422 if may else 403) if request.method == "POST" else 200
    return render(request, "requester/dataset.html", context, status=status)


def receive(request: HttpRequest, dataset: Dataset, form: UploadForm) -> Upload | None:
    data, received = form.cleaned_data, []
    actor: Any = request.user
    try:
        for file in data["file"]:
            received.append(Received(file.name, storage.Writing()))
            for block in file.chunks(storage.BLOCK):
                received[-1].file.write(block)
        options = {name: data[name] for name in CHOSEN if data[name]}
        return receive_upload(dataset=dataset, received=received, options=options, created_by=actor, now=timezone.now())
    except GroundworkError as error:
        show_problems(form, error)
        return None
    finally:
        for one in received:
            one.file.drop()


@needs("see")
@require_GET
def live(request: HttpRequest, dataset_id: int) -> HttpResponse:
    """The uploads, asked for again and again by ui/live.js."""
    return render(request, "requester/uploads_live.html", uploads_context(my_dataset(request, dataset_id)))


@needs("see")
@require_GET
def feeds(request: HttpRequest, dataset_id: int) -> HttpResponse:
    """What feeds it, asked for again and again by ui/live.js."""
    return render(request, "requester/feeds_live.html", feeds_context(my_dataset(request, dataset_id)))


def uploads_context(dataset: Dataset) -> dict[str, Any]:
    newest = selectors.uploads_of(dataset).order_by("-id")[:NEWEST]
    rows = [
        {
            "upload": upload,
            "chip": words.chip(upload.state),
            "is_under_way": upload.state in selectors.UNDER_WAY,
            "may_resume": upload.state in RESUMABLE and bool(upload.storage_key or upload.source_id),
        }
        for upload in newest
    ]
    return SECTION | {"dataset": dataset, "uploads": rows}


def feeds_context(dataset: Dataset) -> dict[str, Any]:
    fed = [
        {
            "feed": feed,
            "chip": words.chip(feed.state),
            "is_under_way": feed.state in feed_reads.UNDER_WAY,
            "place": f"{feed.connection.bucket}/{feed.whole_prefix}",
        }
        for feed in feed_reads.feeds_of(dataset).order_by("id")
    ]
    return SECTION | {"dataset": dataset, "feeds": fed}


@needs("manage")
@require_POST
def change_upload(request: HttpRequest, upload_id: int, action: str) -> HttpResponse:
    upload = selectors.upload_of(organization=organization_of(request), mode=MODE, upload_id=upload_id)
    actor: Any = request.user
    try:
        if action == "cancel":
            cancel_upload(upload=upload, actor=actor, now=timezone.now())
        elif action == "resume":
            resume_upload(upload=upload, actor=actor)
        else:
            raise Http404
    except GroundworkError as error:
        messages.error(request, error_in_words(error))
    return redirect("dataset", upload.dataset_id)


@needs("manage")
@require_http_methods(["GET", "POST"])
def delete(request: HttpRequest, dataset_id: int) -> HttpResponse:
    """Asks first: what is deleted does not come back."""
    found = my_dataset(request, dataset_id)
    error = ""
    if request.method == "POST":
        actor: Any = request.user
        try:
            delete_dataset(dataset=found, actor=actor, now=timezone.now())
        except GroundworkError as problem:
            error = str(problem)
        else:
            messages.success(request, _t("The dataset “%(name)s” is deleted.") % {"name": found.name})
            return redirect("datasets")
    context = SECTION | {"dataset": found, "error": error}
    return render(request, "requester/dataset_delete.html", context, status=409 if error else 200)
