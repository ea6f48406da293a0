"""Everything the pages say has a translation, with the same placeholders, compiled; problems by their shape."""

import ast

import pytest
from django.utils import translation

from labeling.errors import InvalidInput, Problem
from labeling.problem_words import error_in_words, in_words
from tests.catalogue import extract, files


@pytest.mark.parametrize("language", files.languages())
@pytest.mark.parametrize("domain", files.DOMAINS)
def test_a_catalogue_is_complete_and_compiled(language: str, domain: str) -> None:
    """`make messages` adds what is new; then it wants a translation, and `make messages` once more to compile."""
    assert [*files.problems(language, domain)] == []


@pytest.mark.parametrize("language", files.languages())
@pytest.mark.parametrize("domain", files.DOMAINS)
def test_a_catalogue_holds_nothing_that_the_code_does_not_say(language: str, domain: str) -> None:
    assert files.po(files.updated(language, domain)) == files.place(language, domain).read_bytes()


def test_texts_are_found_in_templates_scripts_and_python(tmp_path) -> None:
    template, code = tmp_path / "a.html", tmp_path / "a.py"
    template.write_text(
        "{% load i18n %}{% translate 'One' %}{% blocktranslate count n=n %}{{ n }} is{% plural %}{{ n }} are"
        '{% endblocktranslate %}{% translate "It\'s" as title %}'
    )
    assert [*extract.in_template(template)] == ["One", ("%(n)s is", "%(n)s are"), "It's"]
    code.write_text(
        "from django.utils.translation import gettext_lazy as _\nx = _('Two'), gettext('Three'), other('Four')"
    )
    assert {*extract.in_python(code)} == {"Two", "Three"}
    found = {message for _path, message in extract.scripts()}
    assert {"Zoom in", ("%(count)s span", "%(count)s spans")} <= found


def test_a_problem_is_a_shape_with_what_varies_numbered() -> None:
    [node] = ast.parse('f"has {len(a)} options; must be 2 to {MOST}"').body
    assert isinstance(node, ast.Expr)
    assert [*extract.templates(node.value)] == ["has {1} options; must be 2 to {2}"]


def test_problems_are_told_in_the_language_in_force() -> None:
    error = InvalidInput([Problem("options", "has 1 options; must be 2 to 100"), Problem("", "choose one option")])
    with translation.override("en"):
        assert error_in_words(error) == str(error)
    with translation.override("ja"):
        assert in_words("choose one option") == "選択肢を 1 つ選んでください"
        assert in_words("has 1 options; must be 2 to 100") == "選択肢が 1 個あります。2～100 個にしてください"
        assert in_words("nobody ever said this") == "nobody ever said this"
        assert (
            error_in_words(error)
            == "options: 選択肢が 1 個あります。2～100 個にしてください; 選択肢を 1 つ選んでください"
        )
