// The order of batches: rows are dragged, or moved by their buttons without leaving the page. Without this the buttons
// post, and the page comes back in the new order.
import { announce } from "../announce.js";

const table = document.querySelector("[data-batches]");
const form = document.getElementById("batch-order");
const body = table?.tBodies[0];
let dragged = null;

const rows = () => [...body.rows];

/** Buttons at the ends lead nowhere. */
function mark() {
  const all = rows();
  for (const row of all) {
    row.querySelector("[name=up]").disabled = row === all[0];
    row.querySelector("[name=down]").disabled = row === all.at(-1);
  }
}

function say(row) {
  const all = rows();
  announce(interpolate(gettext("%(name)s is number %(place)s of %(all)s now."), { name: row.dataset.name, place: all.indexOf(row) + 1, all: all.length }, true));
}

async function keep(row) {
  mark();
  const sent = new URLSearchParams({ csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value });
  for (const each of rows()) sent.append("batch", each.dataset.batch);
  try {
    const reply = await fetch(form.action, { method: "POST", body: sent, headers: { "X-Requested-With": "fetch" } });
    if (reply.ok && !reply.redirected) return say(row);
  } catch { /* told below: the page shows what is */ }
  location.reload();
}

form?.addEventListener("submit", (event) => {
  const button = event.submitter;
  const row = button?.closest("tr");
  if (!row) return;
  event.preventDefault();
  if (button.name === "up") row.previousElementSibling?.before(row);
  else row.nextElementSibling?.after(row);
  keep(row);
  const other = row.querySelector(button.name === "up" ? "[name=down]" : "[name=up]");
  (button.disabled ? other : button).focus();
});

body?.addEventListener("dragstart", (event) => {
  dragged = event.target.closest("tr");
  dragged?.classList.add("is-dragged");
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", dragged?.dataset.name ?? "");
});
body?.addEventListener("dragover", (event) => {
  const over = event.target.closest("tr");
  if (!dragged || !over) return;
  event.preventDefault();
  if (over === dragged) return;
  const { top, height } = over.getBoundingClientRect();
  if (event.clientY < top + height / 2) over.before(dragged);
  else over.after(dragged);
});
body?.addEventListener("drop", (event) => event.preventDefault());
body?.addEventListener("dragend", () => {
  const row = dragged;
  dragged = null;
  row?.classList.remove("is-dragged");
  if (row) keep(row);
});

for (const handle of table?.querySelectorAll("[data-drag]") ?? []) {
  handle.hidden = false;
  handle.closest("tr").draggable = true;
}
