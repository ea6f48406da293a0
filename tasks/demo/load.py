"""Load the demo into a running server, through its own API. Loading again goes on where it stopped."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from tasks.demo import content
from tasks.demo.people import make_people
from tasks.models import Answer, Project
from tasks.replay.access import temporary_key
from tasks.replay.bar import Bar
from tasks.replay.client import Api
from tasks.replay.people import read_secret
from tasks.replay.recording import Recording, answer_map, read_items, read_recording
from tasks.replay.run import Plan, fill_dataset, give, open_project, prepare
from workers.models import Organization

HERE = Path(__file__).parent
REVIEWS, FINISHED, PHOTOS = "Review sentiment", "Review sentiment, all 20 ratings", "What is in the picture?"
FIRST_RATERS, FIRST_ITEMS = ("r00", "r01", "r02"), 200
AT_ONCE = 100


def recorded_ratings() -> Recording:
    return read_recording(HERE / "reviews" / "answers.csv", answer_map(content.RATINGS))


def plans() -> list[Plan]:
    """The half-labeled project first: it is what a visitor looks at."""
    items = read_items(HERE / "reviews" / "items.jsonl")
    ratings = recorded_ratings()
    fields = {
        "guideline": content.SENTIMENT_GUIDELINE,
        "end_use": content.SENTIMENT_USE,
        "aggregation": "dawid_skene",
    }
    half = ratings.only(items=list(items)[:FIRST_ITEMS], workers=FIRST_RATERS)
    return [
        Plan(
            name=name,
            recording=recording,
            items=list(items.values()),
            config=content.SENTIMENT,
            crowd="reviews",
            dataset="Product reviews",
            overlap=overlap,
            fields=fields,
        )
        for name, recording, overlap in ((REVIEWS, half, 3), (FINISHED, ratings, 20))
    ]


def is_loaded(wanted: list[Plan]) -> bool:
    """By the facts, not by a mark: a load that was interrupted goes on at the next start."""
    projects = dict(
        Project.objects.filter(organization__slug="demo", name__in=[REVIEWS, FINISHED, PHOTOS]).values_list(
            "name", "pk"
        )
    )
    return len(projects) == 3 and all(
        Answer.objects.filter(project_id=projects[plan.name]).count() >= len(plan.recording.said) for plan in wanted
    )


def load_demo(*, url: str, say: Callable[[str], None]) -> Organization:
    organization = make_people(settings.VAR)
    wanted = plans()
    if is_loaded(wanted):
        return organization
    secret = read_secret(settings.VAR)
    with temporary_key(name="demo loader") as key:
        api = Api(url, key=key)
        load_photos(api, say)
        bar = Bar("demo answers", sum(len(plan.recording.said) for plan in wanted))
        for plan in wanted:
            project, tasks = prepare(api, plan, lambda text: None)
            give(api, plan, project, tasks, secret=secret, at_once=AT_ONCE, bar=bar)
        api.close()
    return organization


def load_photos(api: Api, say: Callable[[str], None]) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for photo in sorted((HERE / "photos").glob("*.jpg")):
            archive.write(photo, photo.name)
    dataset = fill_dataset(api, "Photos", "photos.zip", packed.getvalue(), say)
    body = {
        "name": PHOTOS,
        "type": "choice",
        "config": content.PHOTO,
        "guideline": content.PHOTO_GUIDELINE,
        "end_use": content.PHOTO_USE,
        "overlap": 2,
    }
    open_project(api, dataset, body)
