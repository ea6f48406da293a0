// The labels of a new project: rows are added, moved and taken out, and the annotator's page beside them follows.
import { announce } from "../announce.js";

const form = document.querySelector("[data-labels]");
const frame = document.querySelector("[data-preview]");
const state = document.querySelector("[data-preview-state]");
const errors = document.querySelector("[data-errors]");
const PAUSE = 350; // ms after the last key
let timer = 0;
let asked = 0;
let latest = null;

function rowsOf(list) {
  return [...list.querySelectorAll("[data-row]")];
}

/** Each row's name and buttons, after one was added, moved or taken out. */
function number(list) {
  const rows = rowsOf(list);
  rows.forEach((row, n) => {
    row.setAttribute("aria-label", interpolate(gettext("Row %s"), [n + 1]));
    for (const [hook, hidden] of [["up", n === 0], ["down", n === rows.length - 1], ["remove", false]]) row.querySelector(`[data-${hook}]`).hidden = hidden;
  });
}

function add(list) {
  const row = list.querySelector("[data-row-template]").content.firstElementChild.cloneNode(true);
  list.querySelector("[data-rows]").append(row);
  number(list);
  row.querySelector("input:not([type=hidden])").focus();
}

function move(row, by) {
  const list = row.closest("[data-list]");
  const other = by < 0 ? row.previousElementSibling : row.nextElementSibling;
  if (!other) return;
  if (by < 0) other.before(row);
  else other.after(row);
  number(list);
  const button = row.querySelector(by < 0 ? "[data-up]" : "[data-down]");
  (button.hidden ? row.querySelector(by < 0 ? "[data-down]" : "[data-up]") : button).focus();
  announce(interpolate(gettext("Row %s"), [rowsOf(list).indexOf(row) + 1]));
  later();
}

function remove(row) {
  const list = row.closest("[data-list]");
  const next = row.nextElementSibling ?? row.previousElementSibling;
  row.remove();
  number(list);
  (next?.querySelector("[data-remove]") ?? list.querySelector("[data-add]")).focus();
  later();
}

function tell({ at, row, text }) {
  const [listName] = at.split(".");
  const list = form.querySelector(`[data-list="${listName}"]`);
  const place = row === undefined ? form : rowsOf(list)[row];
  const slot = place?.querySelector(`[data-error="${at}"]`);
  if (!slot) {
    errors.querySelector("div").append(Object.assign(document.createElement("p"), { textContent: text }));
    errors.hidden = false;
    return;
  }
  slot.replaceChildren(Object.assign(document.createElement("li"), { textContent: text }));
  const control = slot.parentElement.querySelector("input:not([type=hidden]), textarea, select");
  control?.setAttribute("aria-invalid", "true");
}

function show({ config, problems }) {
  for (const slot of form.querySelectorAll("[data-error]")) slot.replaceChildren();
  for (const control of form.querySelectorAll("[aria-invalid]")) control.removeAttribute("aria-invalid");
  errors.hidden = true;
  errors.querySelector("div").replaceChildren();
  problems.forEach(tell);
  state.textContent = problems.length ? interpolate(ngettext("%s thing to mend", "%s things to mend", problems.length), [problems.length]) : "";
  state.className = problems.length ? "chip chip-warn" : "visually-hidden";
  if (!config) return;
  latest = config;
  send();
}

function send() {
  if (latest) frame.contentWindow.dispatchEvent(new CustomEvent("schema", { detail: JSON.stringify(latest) }));
}

async function check() {
  const turn = ++asked;
  try {
    const reply = await fetch(form.dataset.check, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    if (reply.ok && !reply.redirected && turn === asked) show(await reply.json());
  } catch {
    // offline: the page stays as it is, and saving will tell
  }
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(check, PAUSE);
}

form.addEventListener("input", later);
form.addEventListener("change", (event) => {
  const swatch = event.target.closest(".colour-choice")?.querySelector("[data-swatch]");
  if (swatch) swatch.className = `swatch swatch-${event.target.value}`;
});
form.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const row = button.closest("[data-row]");
  if ("add" in button.dataset) {
    event.preventDefault();
    add(button.closest("[data-list]"));
  } else if (row && "up" in button.dataset) move(row, -1);
  else if (row && "down" in button.dataset) move(row, 1);
  else if (row && "remove" in button.dataset) remove(row);
});
form.addEventListener("keydown", (event) => {
  const row = event.target.closest("[data-row]");
  if (row && event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
    event.preventDefault();
    const control = event.target;
    move(row, event.key === "ArrowUp" ? -1 : 1);
    control.focus();
  }
});
frame.addEventListener("load", send);
for (const list of form.querySelectorAll("[data-list]")) if (list.querySelector("[data-rows]")) number(list);
