"""Load the demo into a running server, through its own API. Loading again goes on where it stopped."""

import io
import zipfile
from pathlib import Path

from django.conf import settings

from tasks.demo import content
from tasks.demo.people import make_people
from tasks.models import Answer, Project
from tasks.replay.access import DEMO_SLUG, temporary_key
from tasks.replay.bar import Bar
from tasks.replay.client import Api
from tasks.replay.people import NOBODY, read_secret
from tasks.replay.recording import Recording, answer_map, read_items, read_recording
from tasks.replay.run import Plan, fill_dataset, give, open_project, prepare, wait_for_consensus
from tasks.states import ProjectState

HERE = Path(__file__).parent
REVIEWS, FINISHED, PHOTOS = "Review sentiment", "Review sentiment, all 20 ratings", "What is in the picture?"
FIRST_RATERS, FIRST_ITEMS = ("r00", "r01", "r02"), 200
AT_ONCE = 50  # tasks in a round trip: few trips, and none so long that others wait
THREADS = 4
UNNOTICED = 1  # while visitors look around
PARTS = ("all", "first", "rest")


def recorded_ratings() -> Recording:
    return read_recording(HERE / "reviews" / "answers.csv", answer_map(content.RATINGS))


def plan(name: str, *, overlap: int) -> Plan:
    items = read_items(HERE / "reviews" / "items.jsonl")
    recording = recorded_ratings()
    if name == REVIEWS:
        recording = recording.only(items=list(items)[:FIRST_ITEMS], workers=FIRST_RATERS)
    return Plan(
        name=name,
        recording=recording,
        items=list(items.values()),
        config=content.SENTIMENT,
        crowd="reviews",
        dataset="Product reviews",
        overlap=overlap,
        fields={
            "guideline": content.SENTIMENT_GUIDELINE,
            "end_use": content.SENTIMENT_USE,
            "aggregation": "dawid_skene",
        },
    )


def load_demo(*, url: str, part: str = "all") -> None:
    """`first` is what a visitor looks at; `rest`, the finished project, may go on while they do."""
    make_people(settings.VAR)
    if part != "rest":
        _load(url, plan(REVIEWS, overlap=3), threads=THREADS, with_photos=True)
    if part != "first":
        threads = THREADS if part == "all" else UNNOTICED
        _load(url, plan(FINISHED, overlap=0), threads=threads, with_photos=False)
        _finish(url)


def _load(url: str, wanted: Plan, *, threads: int, with_photos: bool) -> None:
    if is_loaded(wanted) and not (with_photos and find(PHOTOS) is None):
        return
    with temporary_key(name="demo loader") as key:
        api = Api(url, key=key)
        if with_photos:
            load_photos(api)
        project, tasks = prepare(api, wanted, _say_nothing)
        bar = Bar(wanted.name, len(wanted.recording.said))
        secret = read_secret(settings.VAR)
        give(api, wanted, project, tasks, secret=secret, at_once=AT_ONCE, threads=threads, bar=bar)
        api.call("PATCH", f"/projects/{project}", json={"self_selection": False})  # from now on as projects are
        api.close()


def _finish(url: str) -> None:
    """The finished project is exported and complete, as a requester would leave it; only once: it is theirs then."""
    project = find(FINISHED)
    if project is None or project.exports.exists():
        return
    with temporary_key(name="demo loader") as key:
        api = Api(url, key=key)
        wait_for_consensus(api, project.pk)
        api.post(f"/projects/{project.pk}/exports", {"format": "csv", "include_answers": True})
        if project.state == ProjectState.RUNNING:
            api.post(f"/projects/{project.pk}/complete", {})
        api.close()


def is_loaded(wanted: Plan) -> bool:
    """By the facts, not by a mark: a load that was interrupted goes on at the next start."""
    project = find(wanted.name)
    answers = Answer.objects.filter(project=project, annotator__email__endswith=NOBODY)
    return project is not None and answers.count() >= len(wanted.recording.said)


def find(name: str) -> Project | None:
    return Project.objects.filter(organization__slug=DEMO_SLUG, name=name).first()


def _say_nothing(text: str) -> None:
    return None


def load_photos(api: Api) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for photo in sorted((HERE / "photos").glob("*.jpg")):
            archive.write(photo, photo.name)
    dataset = fill_dataset(api, "Photos", "photos.zip", packed.getvalue(), _say_nothing)
    body = {
        "name": PHOTOS,
        "type": "choice",
        "config": content.PHOTO,
        "guideline": content.PHOTO_GUIDELINE,
        "end_use": content.PHOTO_USE,
        "overlap": 2,
    }
    open_project(api, dataset, body)
