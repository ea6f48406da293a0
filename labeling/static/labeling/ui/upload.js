// The upload form: drop files on it, see each on its way. Without this module the form posts as it is.
import { make } from "./dialog.js";

const form = document.querySelector("[data-upload]");
const zone = form.querySelector("[data-dropzone]");
const input = form.querySelector("input[type=file]");
const list = document.getElementById("sending");
const IMAGE = /\.(png|jpe?g|webp|gif)$/i;

// One button instead of the browser's own control, which would show the last choice only.
zone.querySelector("label").hidden = false;
input.classList.add("visually-hidden");
input.removeAttribute("required");
form.querySelector("[data-plain]").hidden = true;
form.addEventListener("submit", (event) => {
  event.preventDefault();
  take(input.files);
});
input.addEventListener("change", () => take(input.files));

for (const name of ["dragenter", "dragover"]) zone.addEventListener(name, (event) => {
  event.preventDefault();
  zone.classList.add("over");
});
for (const name of ["dragleave", "drop"]) zone.addEventListener(name, () => zone.classList.remove("over"));
zone.addEventListener("drop", (event) => {
  event.preventDefault();
  take(event.dataTransfer.files);
});

let sending = Promise.resolve();

/** Images go together, every other file by itself; one after another. */
function take(files) {
  const all = [...files];
  const images = all.filter((file) => IMAGE.test(file.name));
  const groups = [...(images.length ? [images] : []), ...all.filter((file) => !IMAGE.test(file.name)).map((file) => [file])];
  for (const group of groups) {
    const row = rowFor(group);
    sending = sending.then(() => send(group, row));
  }
  input.value = "";
}

function rowFor(group) {
  const name = group.length === 1 ? group[0].name : interpolate(ngettext("%s image", "%s images", group.length), [group.length]);
  const bar = make("progress", { className: "bar", max: 1, value: 0 });
  bar.setAttribute("aria-label", name);
  const state = make("span", { className: "meter-text", textContent: gettext("Waiting") });
  const stop = make("button", { type: "button", className: "btn btn-quiet", textContent: gettext("Cancel") });
  const row = make("li", { className: "meter" }, make("span", { className: "meter-label", textContent: name }), bar, make("span", { className: "row" }, state, stop));
  stop.addEventListener("click", () => row.remove());
  list.append(row);
  list.hidden = false;
  return { row, bar, state, stop };
}

function send(group, { row, bar, state, stop }) {
  const body = new FormData();
  body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  for (const name of ["text_field", "id_field", "labels_as"]) if (form.elements[name].value.trim()) body.append(name, form.elements[name].value.trim());
  for (const file of group) body.append("file", file);
  return new Promise((done) => {
    if (!row.isConnected) return done();
    const request = new XMLHttpRequest();
    const began = performance.now();
    request.open("POST", form.dataset.upload);
    request.setRequestHeader("X-CSRFToken", form.elements.csrfmiddlewaretoken.value);
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      bar.max = total;
      bar.value = loaded;
      const left = ((performance.now() - began) / loaded) * (total - loaded) / 1000;
      state.textContent = `${Math.floor((loaded / total) * 100)} %` + (left > 2 ? ` · ${interpolate(gettext("%s s left"), [Math.ceil(left)])}` : "");
    });
    request.addEventListener("loadend", () => {
      stop.remove();
      if (request.status === 201) {
        row.remove();
        document.querySelector("[data-live]").dispatchEvent(new Event("refresh"));
      } else {
        state.textContent = reason(request);
        row.classList.add("meter-bad");
      }
      list.hidden = !list.children.length;
      done();
    });
    stop.addEventListener("click", () => request.abort());
    request.send(body);
  });
}

function reason(request) {
  if (!request.status) return gettext("Not sent");
  try {
    return JSON.parse(request.responseText).detail || request.statusText;
  } catch {
    return `${request.status} ${request.statusText}`;
  }
}

if (input.files.length) take(input.files); // chosen before this module was here
