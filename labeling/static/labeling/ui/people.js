// The people step: how many qualify follows what is chosen, and practice items come and go without the rest of the form.
import { announce } from "../announce.js";

const form = document.querySelector("form[data-able]");
const able = form.querySelector("[data-able-here]");
const known = form.querySelector("[data-known]");
const frame = form.querySelector("iframe[data-preview]");
const PAUSE = 300; // ms after the last key
let timer = 0;
let asked = 0;

async function ask() {
  const turn = ++asked;
  const fields = new URLSearchParams(new FormData(form));
  for (const name of ["csrfmiddlewaretoken", "emails"]) fields.delete(name);
  try {
    const reply = await fetch(`${form.dataset.able}?${fields}`, { headers: { "X-Requested-With": "fetch" } });
    if (!reply.ok || reply.redirected) return;
    const text = await reply.text();
    if (turn === asked && able.innerHTML !== text) able.innerHTML = text;
  } catch {
    // offline: the last number stays
  }
}

function follow() {
  clearTimeout(timer);
  timer = setTimeout(ask, PAUSE);
}

/** Whether it was done; the list shows what there is now, and says what was wrong. */
async function change(fields) {
  const body = new URLSearchParams({ ...fields, csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value });
  try {
    const reply = await fetch(known.dataset.known, { method: "POST", body, headers: { "X-Requested-With": "fetch" } });
    if (reply.redirected || (!reply.ok && reply.status !== 422)) throw new Error(String(reply.status));
    known.innerHTML = await reply.text();
    const told = known.querySelector("[data-told]")?.textContent.trim();
    if (told) announce(told);
    return reply.ok;
  } catch {
    announce(gettext("It could not be sent. Try again."));
    return false;
  }
}

/** The first items of a test make a test, the first lessons a training: what is set up is what one sees. */
function begin(kind) {
  const { train_first: training, test_size: size, tries } = form.elements;
  const there = Number(known.querySelector("[data-test-items]").dataset.testItems);
  if (kind === "training") training.checked = true;
  else if (Number(size.value) === 0 && there) size.value = Math.min(10, Math.max(1, Math.floor(there / Number(tries.value || 1))));
  follow();
}

form.addEventListener("input", follow);
known.addEventListener("click", async (event) => {
  const button = event.target.closest("button[name=then]");
  if (!button) return;
  event.preventDefault();
  const row = button.closest("li");
  const place = row ? [...row.parentElement.children].indexOf(row) : -1;
  const fields = { then: button.value };
  for (const one of known.querySelectorAll("[name=number], [name=kind_taken]")) fields[one.name] = one.value;
  if (row) fields.gold = row.dataset.gold;
  if (await change(fields) && fields.then === "take") begin(fields.kind_taken);
  const rows = known.querySelectorAll("li[data-gold] button");
  const next = place < 0 ? known.querySelector("[name=number]") : (rows[Math.min(place, rows.length - 1)] ?? form.querySelector("[data-known-title]"));
  next?.focus();
});
known.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.target.name !== "number") return;
  event.preventDefault();
  known.querySelector("button[value=take]").click();
});
document.addEventListener("example", async (event) => {
  const { item, answer, why, kind } = JSON.parse(event.detail);
  if (await change({ then: "add", item, answer: JSON.stringify(answer), why, kind })) {
    begin(kind);
    frame?.contentWindow.dispatchEvent(new Event("kept"));
  }
});
