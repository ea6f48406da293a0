// The items page by keyboard: J and K go from row to row, X chooses one, Enter opens it. Without this the page works by
// Tab, checkboxes and links.
import { announce } from "../announce.js";
import { listen, setScope } from "../keys.js";
import { sayMany } from "../text.js";
import { showPalette } from "./palette.js";
import { showShortcuts } from "./shortcuts.js";

const list = document.querySelector("[data-items]");
const rows = [...document.querySelectorAll("[data-row]")];
const boxes = [...document.querySelectorAll('[data-row] input[name="task"]')];
const all = document.querySelector("[data-pick-all]");
const told = document.querySelector("[data-chosen]");
const scope = document.getElementById("bulk-scope");
const kind = document.getElementById("bulk-kind");
const ASKS = { prioritise: "bulk-priority", batch: "bulk-batch" }; // what a kind of change has to know besides
let last = null; // the box that was clicked last, for a range

const current = () => rows.findIndex((row) => row.contains(document.activeElement));

function step(by) {
  const next = Math.min(rows.length - 1, Math.max(0, current() + by));
  rows[next]?.querySelector("[data-open-row]").focus();
  rows[next]?.scrollIntoView({ block: "nearest" });
}

/** Only what the chosen kind of change asks for. */
function ask() {
  for (const [name, field] of Object.entries(ASKS)) document.getElementById(field)?.closest(".field").toggleAttribute("hidden", kind.value !== name);
}

function tell() {
  const count = boxes.filter((box) => box.checked).length;
  if (told) told.textContent = count ? sayMany("%(count)s item chosen.", "%(count)s items chosen.", count) : "";
  if (all) {
    all.checked = count === boxes.length;
    all.indeterminate = count > 0 && count < boxes.length;
  }
  for (const box of boxes) box.closest("[data-row]").classList.toggle("is-chosen", box.checked);
}

function choose() {
  const box = boxes[current()];
  if (!box) return;
  box.checked = !box.checked;
  if (scope) scope.value = "chosen";
  tell();
}

function chooseAll(checked) {
  for (const box of boxes) box.checked = checked;
  tell();
}

function follow(rel) {
  document.querySelector(`.pager [rel=${rel}]`)?.click();
}

list?.addEventListener("click", (event) => {
  const box = event.target.closest('input[name="task"]');
  if (!box) return;
  if (event.shiftKey && last) {
    const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((one, other) => one - other);
    for (const each of boxes.slice(from, to + 1)) each.checked = box.checked;
  }
  last = box;
  if (scope) scope.value = "chosen";
  tell();
});
if (all) {
  all.hidden = false;
  all.addEventListener("change", () => chooseAll(all.checked));
}

const group = gettext("Items");
const picking = boxes.length ? [
  { id: "items.choose", key: "X", label: gettext("Choose the item, or leave it"), run: choose, group },
  { id: "items.choose-all", key: "A", label: gettext("Choose all on this page, or none"), run: () => { chooseAll(!boxes.every((box) => box.checked)); announce(told.textContent); }, group },
  { id: "items.change", key: "B", label: gettext("Change the chosen items"), run: () => document.getElementById("bulk-kind").focus(), group },
] : [];
setScope("page", [
  { id: "items.next", key: "J", label: gettext("Next item"), run: () => step(1), group },
  { id: "items.previous", key: "K", label: gettext("Item before"), run: () => step(-1), group },
  ...picking,
  { id: "items.page-next", key: "]", label: gettext("Next page"), run: () => follow("next"), group },
  { id: "items.page-previous", key: "[", label: gettext("Page before"), run: () => follow("prev"), group },
  { id: "items.search", key: "/", label: gettext("Search"), run: () => document.getElementById("id_q").focus(), group },
  { id: "shortcuts", key: "?", label: gettext("Keyboard shortcuts"), run: showShortcuts, group: gettext("Page") },
  { id: "palette", key: "Ctrl+K", label: gettext("Command palette"), run: showPalette, group: gettext("Page"), inFields: true },
]);
listen();
tell();
if (kind) {
  kind.addEventListener("change", ask);
  ask();
}
