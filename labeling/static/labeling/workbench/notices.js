// What the workbench says beside the task: views without a task, toasts, the sign-in dialog.
import { hint } from "../keys.js";
import { say } from "../text.js";
import { make, open } from "../ui/dialog.js";

const UNDO_MS = 5000;
const TOAST_MS = 8000;
const SHOWN = 400; // characters of an answer that may be megabytes

export class Notices {
  #undoTimer;
  #undoToast = null;
  #dialog = null;
  #said = new Set();

  /** Show one of the page's <template id="view-…"> instead of a task. */
  view(stage, name) {
    if (stage.firstElementChild?.dataset.view === name) return;
    stage.replaceChildren(document.getElementById(`view-${name}`).content.cloneNode(true));
  }

  /** A message that leaves by itself; the toasts' place is a live region, so it is spoken. */
  toast(text, ...extra) {
    const toast = make("div", { className: "toast" }, make("span", { textContent: text }), ...extra);
    const toasts = document.getElementById("toasts");
    if (!extra.length) [...toasts.children].find((each) => each.textContent === text)?.remove(); // said again, not shown twice
    toasts.append(toast);
    setTimeout(() => toast.remove(), extra.length ? TOAST_MS * 3 : TOAST_MS);
    return toast;
  }

  /** One undo toast at a time, in its own quiet corner: "Submitted" is announced once, elsewhere. */
  undo(text, run) {
    this.clear();
    const button = make("button", { type: "button", className: "btn btn-quiet" }, hint("Z", "undo"), say("Undo"));
    button.addEventListener("click", run);
    this.#undoToast = make("div", { className: "toast" }, make("span", { textContent: text }), button);
    document.getElementById("undo-corner").append(this.#undoToast);
    this.#undoTimer = setTimeout(() => this.clear(), UNDO_MS);
  }

  clear() {
    clearTimeout(this.#undoTimer);
    this.#undoToast?.remove();
    this.#undoToast = null;
  }

  #once(name, run) {
    if (this.#said.has(name)) return;
    this.#said.add(name);
    run();
  }

  /** A message that stays until it is put away; spoken once, and in nobody's way. */
  stay(text) {
    const button = make("button", { type: "button", className: "btn btn-quiet" }, say("Dismiss"));
    const toast = make("div", { className: "toast" }, make("span", { textContent: text }), button);
    button.addEventListener("click", () => {
      toast.remove();
      document.getElementById("main").focus({ preventScroll: true });
    });
    document.getElementById("toasts").append(toast);
    return toast;
  }

  newRelease() {
    this.#once("release", () => {
      const button = make("button", { type: "button", className: "btn btn-quiet" }, say("Reload"));
      button.addEventListener("click", () => location.reload());
      this.toast(say("There is a newer version of this page. Nothing is lost by reloading."), button);
    });
  }

  signedOut(url, again) {
    if (this.#dialog) return;
    const link = make("a", { className: "btn btn-primary", href: url, target: "_blank", rel: "noopener" }, say("Sign in"));
    const retry = make("button", { type: "button", className: "btn" }, say("I am signed in again"));
    const body = make("div", {}, make("p", { textContent: say("Your answers are kept on this device. Sign in in the new tab, then come back here.") }),
      make("div", { className: "dialog-foot" }, retry, link));
    const back = () => { if (!document.hidden) this.#dialog?.close(); };
    this.#dialog = open(say("You were signed out"), body, {
      onClose: () => {
        this.#dialog = null;
        removeEventListener("focus", back);
        again();
      },
    });
    addEventListener("focus", back);
    retry.addEventListener("click", () => this.#dialog.close());
  }

  /** What the server would not take: a copy stays until the worker removes it. */
  attention(entries, { remove, again, isOpen }) {
    const list = make("ul", { className: "earlier" });
    const dialog = open(say("Needs attention"), make("div", {}, make("p", { className: "muted", textContent: say("These were not taken. The copies stay on this device until you remove them.") }), list));
    for (const entry of entries) {
      const written = entry.body.text ?? JSON.stringify(entry.body.answer ?? entry.body);
      const button = (text, look, run) => {
        const made = make("button", { type: "button", className: `btn ${look}` }, text);
        made.addEventListener("click", async () => {
          await run(entry.id);
          item.remove();
          if (!list.children.length) dialog.close();
        });
        return made;
      };
      const item = make("li", {}, make("p", { textContent: entry.detail ?? "" }), make("code", { textContent: written.length > SHOWN ? `${written.slice(0, SHOWN)}…` : written }),
        make("div", { className: "row" }, ...(isOpen(entry) ? [] : [button(say("Send once more"), "", again)]), saved(written, entry), button(say("Remove the copy"), "btn-danger", remove)));
      list.append(item);
    }
  }
}

/** A link that saves the whole as a file. */
function saved(written, { body, id }) {
  const link = make("a", { className: "btn", download: `task-${body.assignment ?? id}.json` }, say("Save as a file"));
  link.href = URL.createObjectURL(new Blob([written], { type: "application/json" }));
  return link;
}
