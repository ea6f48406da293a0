// The order of batches: rows are dragged, or moved by their buttons without leaving the page. Without this the buttons
// post, and the page comes back in the new order. The lists are asked for again by live.js; not while a row is on its way.
import { announce } from "../announce.js";

const part = document.querySelector("[data-live-merge]");
let dragged = null;

const body = () => part.querySelector("[data-batches]")?.tBodies[0];
const rows = () => [...(body()?.rows ?? [])];

/** Buttons at the ends lead nowhere. */
function mark() {
  const all = rows();
  for (const row of all) {
    row.querySelector("[name=up]").disabled = row === all[0];
    row.querySelector("[name=down]").disabled = row === all.at(-1);
  }
}

function makeDraggable() {
  for (const handle of part.querySelectorAll("[data-batches] [data-drag]")) {
    handle.hidden = false;
    handle.closest("tr").draggable = true;
  }
}

function say(row) {
  const all = rows();
  announce(interpolate(gettext("%(name)s is number %(place)s of %(all)s now."), { name: row.dataset.name, place: all.indexOf(row) + 1, all: all.length }, true));
}

async function keep(row) {
  mark();
  part.dataset.busy = "";
  const form = document.getElementById("batch-order");
  const sent = new URLSearchParams({ csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value });
  for (const each of rows()) sent.append("batch", each.dataset.batch);
  try {
    const reply = await fetch(form.action, { method: "POST", body: sent, headers: { "X-Requested-With": "fetch" } });
    if (reply.ok && !reply.redirected) {
      delete part.dataset.busy;
      part.dispatchEvent(new Event("refresh")); // what is on its way here is older
      return say(row);
    }
  } catch { /* told below: the page shows what is */ }
  location.reload();
}

part.addEventListener("submit", (event) => {
  const button = event.submitter;
  const row = button?.closest("tr");
  if (event.target.id !== "batch-order" || !row) return;
  event.preventDefault();
  if (button.name === "up") row.previousElementSibling?.before(row);
  else row.nextElementSibling?.after(row);
  keep(row);
  const other = row.querySelector(button.name === "up" ? "[name=down]" : "[name=up]");
  (button.disabled ? other : button).focus();
});

part.addEventListener("dragstart", (event) => {
  dragged = event.target.closest("[data-batches] tbody tr");
  if (!dragged) return;
  part.dataset.busy = "";
  dragged.classList.add("is-dragged");
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", dragged.dataset.name ?? "");
});
part.addEventListener("dragover", (event) => {
  const over = event.target.closest("[data-batches] tbody tr");
  if (!dragged || !over) return;
  event.preventDefault();
  if (over === dragged) return;
  const { top, height } = over.getBoundingClientRect();
  if (event.clientY < top + height / 2) over.before(dragged);
  else over.after(dragged);
});
part.addEventListener("drop", (event) => { if (dragged) event.preventDefault(); });
part.addEventListener("dragend", () => {
  const row = dragged;
  dragged = null;
  row?.classList.remove("is-dragged");
  if (row) keep(row);
});
part.addEventListener("live", makeDraggable);
makeDraggable();
