"""Every page as every role sees it in Japanese: no word of ours is left in English, in its text or what is read out."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import translation

from labeling.problem_words import in_words
from tasks.models import Gold, Project
from tasks.services.gold import retire
from tests.browser.test_every_page import SAME_FOR_ALL, pages  # noqa: F401  (a fixture)
from tests.factories import NOW
from workers.models import User

READ = {"title", "aria-label", "alt", "placeholder", "data-confirm", "aria-description"}
NOT_OURS = {
    "code",
    "pre",
    "kbd",
    "script",
    "style",
    "title",
    "svg",
}  # code, and the tab's title, which ends in our name
EMPTY = {"img", "input", "br", "hr", "link", "meta", "wbr", "source"}  # elements that have no end
WORD = re.compile(r"[A-Za-z][A-Za-z'’]{3,}")
NAMES = {  # of products, formats, people, keys
    "Groundwork", "Scale", "Python", "JavaScript", "Markdown", "Redis", "SQLite", "Celery", "Django", "Parquet",
    "Lines", "OpenAPI", "WebP", "Cookie", "Webhook", "Webhooks", "Standard", "English", "Enter", "Space", "Shift",
    "Ctrl", "Dawid", "Skene", "Gwet", "Conger", "Fleiss", "Whitehill", "PostgreSQL", "Annotation", "Croissant",
    "DocBin", "Hugging", "Face", "Label", "Studio", "SageMaker", "Mechanical", "Turk", "brat", "doccano",
    "Latin", "Macintosh", "Windows", "MinIO", "Ceph", "labelImg", "spaCy", "Argilla", "Pascal", "OpenAI", "CoNLL",
    "Safari", "iPhone",
}  # fmt: skip
CODE = re.compile(  # what stands in a sentence as it is to be typed
    r"`[^`]*`|\[?\{.*\}\]?|\bhttps?\b\S*|\b[a-z]+://\S+|\b\S+@\S+|\bVAR/\S+|\b(?:live|msg)_\S+|\bitem-\d+|\?\w+="
    r"|\b[A-Z_]{4,}\b|\b[A-Za-z]+(?:[-_.][A-Za-z]+)+|「[a-z_]+」|（[a-z]+）|\x22[a-z]+\x22"
    r"|\b(?:fixed|agree|overlap|replay|prior|floor|ceiling|nothing|losses|alpha|fleiss)\b"
    r"|\b[a-z]+(?:/[a-z]+)+"
    r"|\b(?:kappa|percent|held|labels|options|criteria|style|detect|segment|pose|immediate|week)\b"
    r"|\b(?:answer|assignment|item|kind|explanation|option|label|person|task|true|false|null)\b(?=[、。：（） ]|$)"
)
THEIRS = "Week Trial Dataset Night Sorter No room Read Fine good bad It says so For the tests Other"  # of the fixture


class Words(HTMLParser):
    """What a page says: texts and what screen readers are told, outside of code and of what people wrote."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        theirs = tag in NOT_OURS or given.get("dir") == "auto" or given.get("lang") not in (None, "ja")
        theirs = theirs or "mono" in (given.get("class") or "").split()
        if not theirs and not self.is_theirs:
            self.found.extend(value for name, value in attrs if name in READ and value)
        if tag not in EMPTY:
            self.open.append((tag, theirs))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    @property
    def is_theirs(self) -> bool:
        return any(theirs for _tag, theirs in self.open)

    def handle_data(self, data: str) -> None:
        if not self.is_theirs:
            self.found.append(data)


def english(html: str, known: set[str]) -> Iterator[tuple[str, str]]:
    """Words with Latin letters that are nobody's name, each with the text it is in."""
    reader = Words()
    reader.feed(html)
    for text in reader.found:
        for word in set(WORD.findall(CODE.sub("", text))) - known:
            yield word, " ".join(text.split())


def named(org: Any) -> set[str]:
    """Words of the people's own: names of people and things."""
    listed = [*User.objects.values_list("name", flat=True), *Project.objects.values_list("name", flat=True)]
    return set(WORD.findall(" ".join([*listed, org.name, THEIRS])))


def test_no_page_has_english_words_left(org: Any, pages: Any) -> None:  # noqa: F811
    User.objects.update(language="ja")
    retire(gold=Gold.objects.get(), actor=None, why="retired by hand", now=NOW)
    known = NAMES | named(org)
    left: set[str] = set()
    for role in ("admin", "labeler", ""):  # whatever others see, one of these sees it
        client = Client(headers={"accept-language": "ja"})
        if role:
            client.force_login(org.memberships.filter(role=role).last().user, "workers.web.backend.MemberBackend")
        mine = [name for name in pages if name not in SAME_FOR_ALL or not role]
        for address in [reverse(name, kwargs=given) for name in mine for given in pages[name]]:
            reply = client.get(address, follow=True)
            assert '<html lang="ja"' in reply.text, address
            left |= {f"{address}: {word}: {text[:200]}" for word, text in english(reply.text, known)}
    assert not left, "\n".join(sorted(left))


def test_a_word_of_ours_is_found_and_a_name_or_code_is_not() -> None:
    page = '<p>保存 <code>save</code> <b dir="auto">Their words</b> Groundwork</p><img alt="A picture">'
    assert sorted(english(page, {"Groundwork"})) == [("picture", "A picture")]


def test_what_varies_in_a_stored_message_is_told_in_the_readers_language_too() -> None:
    with translation.override("ja"):
        assert in_words("line 7: must be a number") == "7 行目：数値にしてください"
        assert in_words("project 5 is archived") == "プロジェクト 5 の状態は「アーカイブ済み」です"
        assert in_words("must be live or test, not draft") == "draft ではなく live か test にしてください", "as typed"
        assert in_words("3 of 11 people have seen it") == "11 人中 3 人が見ました"
