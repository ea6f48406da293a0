// Small dialogs made by script. Focus returns to where it was: <dialog> does that itself.

/** @param {string} tag @param {Record<string, any>} properties @param {...(Node|string)} children */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

let count = 0;

/** A dialog with a heading and a close button, removed when it closes. */
export function open(title, body, { kind = "dialog", onClose = () => {} } = {}) {
  const id = `dialog-${++count}`;
  const close = make("button", { type: "button", className: "btn btn-quiet btn-icon", ariaLabel: gettext("Close") }, "✕");
  const head = make("div", { className: "dialog-head" }, make("h2", { id, textContent: title }), close);
  const dialog = make("dialog", { className: kind, "aria-labelledby": id }, head, body);
  body.classList.add("dialog-body");
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener("close", () => { dialog.remove(); onClose(dialog.returnValue); });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** @returns {Promise<boolean>} */
export function ask(question) {
  return new Promise((resolve) => {
    const no = make("button", { type: "button", className: "btn" }, gettext("Cancel"));
    const yes = make("button", { type: "button", className: "btn btn-primary" }, gettext("Yes"));
    const body = make("div", {}, make("p", { textContent: question }), make("div", { className: "dialog-foot" }, no, yes));
    const dialog = open(gettext("Are you sure?"), body, { onClose: (value) => resolve(value === "yes") });
    no.addEventListener("click", () => dialog.close());
    yes.addEventListener("click", () => dialog.close("yes"));
  });
}
