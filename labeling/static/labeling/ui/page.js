// What every page has: theme switch, dialogs opened by buttons, copy, confirm, toasts that leave.
import { unsent } from "../workbench/store.js";
import { ask } from "./dialog.js";

const root = document.documentElement;

function dark() {
  return root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

for (const button of document.querySelectorAll("[data-theme-switch]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    root.dataset.theme = dark() ? "light" : "dark";
    document.cookie = `theme=${root.dataset.theme};path=/;max-age=31536000;samesite=lax`;
  });
}

document.addEventListener("click", async (event) => {
  const element = event.target.closest("[data-open], [data-close], [data-copy]");
  if (!element) return;
  if (element.dataset.open) document.getElementById(element.dataset.open).showModal();
  else if ("close" in element.dataset) element.closest("dialog").close();
  else await copy(element);
});

async function copy(button) {
  const source = document.querySelector(button.dataset.copy);
  await navigator.clipboard.writeText((source.value ?? source.textContent).trim());
  const before = button.innerHTML;
  button.textContent = gettext("Copied");
  setTimeout(() => { button.innerHTML = before; }, 2000);
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const leaves = "signOut" in form.dataset;
  if (!(form.dataset.confirm || leaves) || form.dataset.confirmed) return;
  event.preventDefault();
  const question = leaves ? await warning(form.dataset.uid) : form.dataset.confirm;
  if (!question || (await ask(question))) {
    form.dataset.confirmed = "yes";
    form.requestSubmit(event.submitter);
  }
});

/** Signing out with unsent answers is asked about first. */
async function warning(uid) {
  const count = await unsent(uid);
  return count && ngettext("%s answer on this device has not been sent yet. Sign out all the same?", "%s answers on this device have not been sent yet. Sign out all the same?", count).replace("%s", count);
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
});

for (const toast of document.querySelectorAll("[data-message]")) setTimeout(() => toast.remove(), 8000);
