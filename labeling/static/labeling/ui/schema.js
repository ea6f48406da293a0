// The labels page by keyboard: J and K go from label to label, X chooses, and a letter says what becomes of the chosen.
import { listen, setScope } from "../keys.js";
import { showPalette } from "./palette.js";
import { showShortcuts } from "./shortcuts.js";

const form = document.querySelector("[data-schema]");
const rows = [...document.querySelectorAll("[data-label-row]")];
const boxes = rows.map((row) => row.querySelector("input"));
const name = document.getElementById("schema-to");
const keep = form?.querySelector("[name=keep]");

function mark() {
  rows.forEach((row, n) => row.classList.toggle("is-chosen", boxes[n].checked));
  keep?.closest("label").toggleAttribute("hidden", form.elements.op.value !== "split");
  form?.querySelector("[data-shown-as]").toggleAttribute("hidden", ["split", "retire"].includes(form.elements.op.value));
}

function step(by) {
  const at = boxes.indexOf(document.activeElement);
  boxes[Math.min(boxes.length - 1, Math.max(0, at + by))]?.focus();
}

function choose() {
  const box = document.activeElement;
  if (!boxes.includes(box)) return;
  box.checked = !box.checked;
  mark();
}

/** Say what comes next; the label with the focus is meant where none is chosen. */
function begin(op) {
  const here = boxes.indexOf(document.activeElement);
  if (op !== "add" && here >= 0 && !boxes.some((box) => box.checked)) boxes[here].checked = true;
  form.elements.op.value = op;
  mark();
  const picked = rows.filter((row, n) => boxes[n].checked);
  if (op === "rename" && picked.length === 1 && !name.value) name.value = picked[0].querySelector("th").textContent;
  name.focus();
  name.select();
}

if (form) {
  form.addEventListener("change", mark);
  mark();
  const group = gettext("Labels");
  const press = (button) => () => form.querySelector(`[name=${button}]`)?.click();
  setScope("page", [
    { id: "labels.next", key: "J", label: gettext("Next label"), run: () => step(1), group },
    { id: "labels.previous", key: "K", label: gettext("Label before"), run: () => step(-1), group },
    { id: "labels.choose", key: "X", label: gettext("Choose the label, or leave it"), run: choose, group },
    { id: "labels.rename", key: "R", label: gettext("Rename"), run: () => begin("rename"), group },
    { id: "labels.merge", key: "M", label: gettext("Merge"), run: () => begin("merge"), group },
    { id: "labels.split", key: "S", label: gettext("Split"), run: () => begin("split"), group },
    { id: "labels.retire", key: "D", label: gettext("Retire"), run: () => begin("retire"), group },
    { id: "labels.add", key: "A", label: gettext("Add"), run: () => begin("add"), group },
    { id: "labels.back", key: "Z", label: gettext("Take the last one out"), run: press("back"), group },
    { id: "labels.apply", key: "Ctrl+Enter", label: gettext("Make the version"), run: press("apply"), group, inFields: true },
    { id: "shortcuts", key: "?", label: gettext("Keyboard shortcuts"), run: showShortcuts, group: gettext("Page") },
    { id: "palette", key: "Ctrl+K", label: gettext("Command palette"), run: showPalette, group: gettext("Page"), inFields: true },
  ]);
  listen();
}
