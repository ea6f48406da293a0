// In a frame of the wizard: a type's widget on the requester's own items. The page around hands it new schemas.
import { announce } from "../announce.js";
import { listen, setScope } from "../keys.js";
import { say } from "../text.js";

const { module, template, items, ...given } = JSON.parse(document.getElementById("preview").textContent);
const stage = document.getElementById("stage");
const told = document.querySelector("[data-preview-told]");
const place = document.querySelector("[data-preview-place]");
const why = document.querySelector("[data-preview-why]");
let config = given.config;
let at = 0;
let widget = null;
let turn = 0;

async function mount() {
  const mine = ++turn;
  const { item } = items[at];
  const task = { assignment: at, task: at, item, suggestion: null, draft: null };
  const { default: Widget } = await import(module);
  await Widget.prepare(task, {});
  if (mine !== turn) return;
  const next = new Widget();
  next.mount({ task, config, template: document.getElementById(template) });
  next.addEventListener("change", () => { told.textContent = ""; });
  next.addEventListener("announce", (event) => announce(event.detail.text));
  widget?.release();
  widget = next;
  stage.replaceChildren(widget);
  stage.dataset.mounted = at;
  place.textContent = say("%(n)s of %(all)s", { n: at + 1, all: items.length });
  told.textContent = "";
  setScope("workbench", [
    { id: "submit", key: "Enter", label: gettext("Check"), run: check },
    { id: "submit.anywhere", key: "Ctrl+Enter", label: gettext("Check"), run: check, inFields: true },
    { id: "undo", key: "Z", also: ["Ctrl+Z"], label: gettext("Undo"), run: () => widget.undo() },
    { id: "redo", key: "Shift+Z", also: ["Ctrl+Shift+Z"], label: gettext("Redo"), run: () => widget.redo() },
    { id: "preview.before", key: "[", label: gettext("Item before"), run: () => go(-1) },
    { id: "preview.after", key: "]", label: gettext("Next item"), run: () => go(1) },
  ]);
  setScope("task", widget.actions());
}

function fail(error) {
  console.error(error);
  stage.textContent = say("This example could not be loaded.");
}

function go(by) {
  at = (at + by + items.length) % items.length;
  return mount().catch(fail);
}

function check() {
  const problems = widget.problems();
  widget.showProblems(problems);
  told.textContent = problems.length ? say("Not complete yet.") : say("Complete: this answer could be submitted.");
  return !problems.length;
}

/** To the page around, which stores it with its form. */
function keep(as) {
  if (!check()) return;
  const detail = JSON.stringify({ item: items[at].id, answer: widget.value(), why: why.value, ...as });
  parent.document.dispatchEvent(new CustomEvent("example", { detail }));
}

const COMMANDS = { before: () => go(-1), after: () => go(1), undo: () => widget?.undo(), submit: check, keep: () => keep({ isWrong: false }), mistake: () => keep({ isWrong: true }), training: () => keep({ kind: "training" }), qualification: () => keep({ kind: "qualification" }) };

document.addEventListener("click", (event) => {
  const name = event.target.closest("[data-preview-command]")?.dataset.previewCommand;
  if (name) COMMANDS[name]();
});
addEventListener("schema", (event) => {
  config = JSON.parse(event.detail);
  mount().catch(fail);
});
addEventListener("kept", () => { // the page around has it: on to the next one
  if (why) why.value = "";
  go(1).then(() => (stage.querySelector("input, button, [tabindex]") ?? document.body).focus());
});
mount().catch(fail);
listen();
