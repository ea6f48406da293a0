"""Finds every text that a page may show, without gettext's tools: the test of the translations runs it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import template

from labeling.celery import QUEUES
from labeling.env import SETTINGS
from labeling.http.docs import texts

ROOT = Path(__file__).parents[2]
CODE = ("labeling", "workers", "tasks")
CALLS = {"gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
PLURALS = {"ngettext", "ngettext_lazy", "sayMany"}
STRING = r'"(?:[^"\\]|\\.)*"'
IN_SCRIPT = re.compile(rf"\b(gettext|say|ngettext|sayMany)\(\s*({STRING})(?:,\s*({STRING}))?")
COMMENT = re.compile(r"(?s:/\*\*.*?\*/)|^\s*//.*$", re.MULTILINE)
TEXT = r"""u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
IN_TEMPLATE = re.compile(rf"\b(gettext|ngettext|_)\(\s*{TEXT}(?:,\s*{TEXT})?")
ERRORS = {"Problem": 1, "BadFile": 0, "BadValue": 0, "BadImage": 0, "StaleState": 0, "NotAllowed": 0, "InvalidLink": 0}
ERRORS |= {"BucketError": 1, "CannotOpen": 0}
ERRORS |= {"Trouble": 1, "LineProblem": 3, "FieldRefused": 1, "BadRecord": 0, "BadShape": 0}  # of imports
FOR_OPERATORS = ("management", "replay", "crowd_csv", "supervisor", "outgoing", "scale")  # terminals, logs, an API
HELD = {"message", "why", "reason", "NO_SUCH_ASSIGNMENT", "USED_UP"}
HELD |= {
    "KNOWN",
    "NEW_VERSION",
    "READ_ANEW",
    "AFTER_ANSWERS",
    "TAKEN_ANYWAY",
    "GONE",
}  # names of variables that hold a problem's message

Message = str | tuple[str, str]  # singular, or singular and plural


def python_files() -> Iterator[Path]:
    for folder in CODE:
        yield from (path for path in sorted((ROOT / folder).rglob("*.py")) if "migrations" not in path.parts)


def pages() -> Iterator[tuple[Path, Message]]:
    """The domain `django`."""
    for path in python_files():
        yield from ((path, message) for message in in_python(path))
    templates = [*(ROOT / "templates").rglob("*"), *(ROOT / "labeling/types").rglob("*.html")]
    for path in sorted(templates):
        if path.suffix in (".html", ".txt"):
            yield from ((path, message) for message in in_template(path))
    yield from ((ROOT / "labeling/types/registry.py", message) for message in core_words())
    yield from ((ROOT / "labeling/env.py", setting.help) for setting in SETTINGS.values())
    yield from ((ROOT / "tasks/services/archive/kinds.py", text) for text in archive_words())
    yield from ((ROOT / "labeling/celery.py", purpose) for purpose in QUEUES.values())
    yield from ((ROOT / "labeling/http/docs.py", text) for text in texts())


def scripts() -> Iterator[tuple[Path, Message]]:
    """The domain `djangojs`."""
    for path in sorted((ROOT / "labeling").rglob("*.js")):
        if "vendor" in path.parts:
            continue
        source = COMMENT.sub("", path.read_text("utf-8"))
        for name, one, many in IN_SCRIPT.findall(source):
            yield path, _message(name, one, many)


def problems() -> Iterator[tuple[Path, Message]]:
    """The domain `problems`: what varies in a message is numbered, `{1}`."""
    for path in python_files():
        parts = path.relative_to(ROOT).parts
        if not any(each.startswith(FOR_OPERATORS) for each in parts):
            yield from ((path, message) for message in problem_messages(path))
            if parts[1] == "importers" or path.name in ("strict.py", "rle.py"):
                yield from ((path, message) for message in returned_reasons(path))
    yield from losses()


def returned_reasons(path: Path) -> Iterator[str]:
    """What functions tell by a text that they return or raise, and what lies ready for it in a table."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Return) and node.value:
            yield from templates(node.value)
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "ValueError":
            yield from templates(node.args[0])
        elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in (
            "LEFT_OUT",
            "kinds",
            "NO_PICTURES",
            "CUT_SHORT",
            "LONE",
            "TOO_LONG",
            "REPEATED",
        ):
            for each in node.value.values if isinstance(node.value, ast.Dict) else [node.value]:
                yield from templates(each)


def losses() -> Iterator[tuple[Path, Message]]:
    """What exporters note that a format cannot say: the constants they hand to `note`, wherever those are defined."""
    trees = {path: ast.parse(path.read_text("utf-8")) for path in sorted((ROOT / "labeling/exporters").glob("*.py"))}
    noted: set[str] = set()
    for path, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and "note" in (getattr(node.func, "id", ""), getattr(node.func, "attr", "")):
                reason = list(ast.walk(node.args[-1])) if node.args else []
                noted |= {each.id for each in reason if isinstance(each, ast.Name) and each.id.isupper()}
                yield from ((path, one) for one in map(_literal, reason) if " " in one)
    for path, tree in trees.items():
        for node in tree.body:
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in noted:
                yield from ((path, one) for one in map(_literal, ast.walk(node.value)) if " " in one)


def _literal(node: ast.AST) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def in_python(path: Path) -> Iterator[Message]:
    tree = ast.parse(path.read_text("utf-8"))
    names = {name: name for name in CALLS}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            names |= {each.asname: each.name for each in node.names if each.asname}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and names.get(node.func.id) in CALLS:
            texts = [each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
            if texts:
                yield (texts[0], texts[1]) if names[node.func.id] in PLURALS else texts[0]


def in_template(path: Path) -> Iterator[Message]:
    source = template.templatize(path.read_text("utf-8"), origin=str(path))
    for name, one, many in IN_TEMPLATE.findall(source):
        yield _message(name, one, many)


def _message(name: str, one: str, many: str) -> Message:
    single = ast.literal_eval(one)
    return (single, ast.literal_eval(many)) if name in PLURALS else single


def core_words() -> Iterator[str]:
    """What the core, which imports no Django and marks nothing, says of itself: types, keys, methods of consensus."""
    from labeling import aggregation
    from labeling.types import registry

    for kind in registry.all().values():
        yield from filter(None, (kind.title, kind.description))
        for sample in kind.samples():
            config = kind.clean_config(sample["config"])
            own = set(_strings(config))
            yield from (key.label for key in kind.keys(config) if key.label not in own)
    yield from (one.TITLE for one in aggregation.live_methods().values())


def archive_words() -> Iterator[str]:
    """What the help page tells of an archive's records."""
    from tasks.services.archive.kinds import KINDS, LEFT_OUT

    for kind in KINDS:
        yield kind.about
        yield from kind.without.values()
    yield from LEFT_OUT.values()


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)


def problem_messages(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        found: ast.expr | None = None
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            place = ERRORS.get(name, 1 if name == "note" and "types" in path.parts else None)
            found = node.args[place] if place is not None and len(node.args) > place else None
            if name == "Taken":
                found = next((each.value for each in node.keywords if each.arg == "reason"), None)
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id in HELD:
            found = node.value
        elif isinstance(node, ast.FunctionDef) and node.name.lstrip("_").startswith("why"):
            returned = [each.value for each in ast.walk(node) if isinstance(each, ast.Return) and each.value]
            for each in returned:
                yield from templates(each)
        if found is not None:
            yield from templates(found)


def templates(node: ast.expr) -> Iterator[str]:
    """The texts an expression may be, with what varies numbered."""
    if isinstance(node, ast.BoolOp):
        for each in node.values:
            yield from templates(each)
    elif isinstance(node, ast.IfExp):
        yield from templates(node.body)
        yield from templates(node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        parts, count = [], 0
        for part in node.values:
            if isinstance(part, ast.Constant):
                parts.append(str(part.value))
            else:
                count += 1
                parts.append(f"{{{count}}}")
        if re.search(r"[a-z]{2} ", "".join(parts)):
            yield "".join(parts)
