"""Every type's widget keeps the contract: keys of a sample give its answer, and what is restored is what was given."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from labeling.types import registry

MOUNT = """async ([name, config, item]) => {
  const { default: Widget } = await import(`/static/types/${name}/widget.js`);
  const { setScope } = await import("/static/labeling/keys.js");
  const task = { assignment: 0, task: 0, item, suggestion: null, draft: null };
  const make = () => {
    const element = new Widget();
    element.mount({ task, config, template: document.getElementById(`widget-${name}`) });
    return element;
  };
  const element = make();
  document.getElementById("stage").replaceChildren(element);
  setScope("task", element.actions());
  element.activate();
  window.contract = { element, make };
}"""
VALUE = "() => ({ value: contract.element.value(), problems: contract.element.problems() })"
UNDONE_AND_REDONE = """() => {
  const { element } = contract;
  let steps = 0;
  while (steps < 500 && element.undo()) steps++;
  const undone = element.value();
  for (let n = 0; n < steps; n++) element.redo();
  return [undone, element.value()];
}"""
RESTORED = "() => { const other = contract.make(); other.restore(contract.element.value()); return other.value(); }"


def in_browser(name: str, item: dict[str, Any]) -> dict[str, Any]:
    """The item as the labeling page receives it."""
    shown = {"id": 0} | {field: item[field] for field in ("text", "image") if field in item}
    shown["data"] = {field: value for field, value in item.items() if field not in ("text", "image")}
    html = registry.get(name).html(item)
    return shown | ({"html": html} if html else {})


SUGGESTED = """([name, suggestion]) => {
  const { element } = contract;
  const other = new element.constructor();
  const { task, config } = element;
  other.mount({ task, config, template: document.getElementById(`widget-${name}`), suggestion });
  document.getElementById("stage").replaceChildren(other);
  const seen = [other.dataset.suggestion, other.value()];
  other.suggestion.acceptAll();
  return [...seen, other.dataset.suggestion, other.value(), other.suggestion.settle()];
}"""


@pytest.mark.parametrize("name", registry.all())
def test_a_widget_gives_each_samples_answer_restores_and_undoes_it_and_takes_it_as_a_suggestion(
    bench: Callable[[], Page], name: str
) -> None:
    page = bench()
    kind = registry.get(name)
    for sample in kind.samples():
        title, answer = sample["title"], sample["answer"]
        page.evaluate(MOUNT, [name, kind.clean_config(sample["config"]), in_browser(name, sample["item"])])
        begun = page.evaluate(VALUE)["value"]
        for key in sample["keys"]:
            if isinstance(key, dict):
                page.keyboard.insert_text(key["type"])
            else:
                page.keyboard.press(key)
        assert page.evaluate(VALUE) == {"value": answer, "problems": []}, title
        assert page.evaluate(RESTORED) == answer, title
        assert page.evaluate(UNDONE_AND_REDONE) == [begun, answer], title
        assert page.evaluate(SUGGESTED, [name, {"value": answer}]) == ["open", answer, "accepted", answer, False], title


def test_two_actions_on_one_key_of_a_scope_are_an_error(bench: Callable[[], Page]) -> None:
    page = bench()
    said = page.evaluate(
        """async () => {
          const { setScope } = await import("/static/labeling/keys.js");
          const action = (id) => ({ id, key: "q", label: id, run() {} });
          try { setScope("test", [action("one"), action("two")]); } catch (error) { return error.message; }
        }"""
    )
    assert said == "key q in test: one and two"
