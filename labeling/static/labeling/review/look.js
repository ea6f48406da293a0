// One item with all its answers, to look at: no lease, no verdict. The next item of the list is a link.
import { announce } from "../announce.js";
import { listen, setKeys, setScope } from "../keys.js";
import { say } from "../text.js";
import { make } from "../ui/dialog.js";
import { showPalette } from "../ui/palette.js";
import { onPreferences, startPreferences } from "../ui/preferences.js";
import { showShortcuts } from "../ui/shortcuts.js";
import { Side } from "./side.js";
import { Stage } from "./stage.js";

const config = JSON.parse(document.getElementById("look-config").textContent);
const view = { shown: null, over: null, differences: false };
const place = document.getElementById("review-stage");
place.addEventListener("announce", (event) => announce(event.detail.text));

const { default: Widget } = await import(config.widgetModule);
const stage = await new Stage({ review: config.review, project: config.project, Widget, template: document.getElementById(`widget-${config.type}`), place }).prepare();
const side = new Side({ methods: config.methods, setAside: config.setAside, reasons: [], onChoose: choose, onOver: point });
const { config: schema } = config.project;
side.labels = new Map([...(schema.options ?? []), ...(schema.labels ?? [])].map((one) => [one.value, one.label ?? one.value]));

function draw() {
  side.draw({ stage, rejected: new Map(), shown: view.shown, differences: view.differences });
  for (const button of document.querySelectorAll('[data-command="review.differences"]')) button.ariaPressed = String(view.differences);
}

function look() {
  draw();
  stage.look({ ...view });
}

function choose(key) {
  view.shown = key;
  look();
  const card = side.list.querySelector("[aria-selected=true]");
  card?.scrollIntoView({ block: "nearest" });
  if (card) announce([...card.children].filter((each) => each.tagName !== "PROGRESS").map((each) => each.textContent).join(", "));
}

function point(key) {
  if (view.over === key) return;
  view.over = key;
  stage.look({ ...view });
}

function step(by) {
  const keys = [null, ...stage.layers.map(({ key }) => key)].filter((key) => key === null || !side.list.querySelector(`#card-${key}`)?.hidden);
  choose(keys[(keys.indexOf(view.shown) + by + keys.length) % keys.length]);
}

function toggleDifferences() {
  view.differences = !view.differences;
  look();
  announce(view.differences ? say("Only what differs is shown.") : say("Everything is shown."));
}

function follow(name) {
  document.querySelector(`[data-link="${name}"]`)?.click();
}

const group = gettext("Item");
const commands = [
  { id: "look.after", key: "]", label: gettext("Next item of the list"), run: () => follow("look.after"), group },
  { id: "look.before", key: "[", label: gettext("Item before"), run: () => follow("look.before"), group },
  { id: "look.list", key: "Backspace", label: gettext("Back to the items"), run: () => follow("look.list"), group },
  { id: "review.differences", key: "D", label: gettext("Only what differs from the consensus"), run: toggleDifferences, group },
  { id: "review.answer.next", key: "J", also: ["ArrowDown"], label: gettext("Next answer, alone"), run: () => step(1), group },
  { id: "review.answer.previous", key: "K", also: ["ArrowUp"], label: gettext("Answer before, alone"), run: () => step(-1), group },
  { id: "review.all", key: "Escape", label: gettext("All answers at once"), run: () => choose(null), group },
  { id: "shortcuts", key: "?", label: gettext("Keyboard shortcuts"), run: showShortcuts, group: gettext("Page") },
  { id: "palette", key: "Ctrl+K", label: gettext("Command palette"), run: showPalette, group: gettext("Page"), inFields: true },
];

startPreferences(config.preferences, { uid: config.uid, save: () => Promise.resolve() });
onPreferences(({ keys }) => setKeys(keys));
for (const { id, run } of commands) for (const button of document.querySelectorAll(`button[data-command="${id}"]`)) button.addEventListener("click", run);
draw();
if (!stage.layers.length) side.list.replaceWith(make("p", { className: "muted", textContent: gettext("Nobody has answered yet.") }));
stage.colors = Object.fromEntries(stage.layers.map(({ key }) => [key, getComputedStyle(document.querySelector(`#card-${key} .swatch`)).borderTopColor]));
stage.view = view;
stage.show();
setScope("workbench", commands);
setScope("task", stage.actions());
listen();
document.body.dataset.mode = "look";
document.getElementById("main").focus({ preventScroll: true });
