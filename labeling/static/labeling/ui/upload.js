// The upload form: drop files on it, see each on its way. Without this module the form posts as it is.
import { make } from "./dialog.js";

const form = document.querySelector("[data-upload]");
const zone = form.querySelector("[data-dropzone]");
const input = form.querySelector("input[type=file]");
const folder = form.querySelector("[data-folder]"); // not on every page
const list = document.getElementById("sending");
const TOGETHER = 90; // files in one request: the server reads a hundred parts
const IMAGE = /\.(png|jpe?g|webp|gif|tiff?|bmp)$/i;
const TEXT = /\.(txt|text|md)$/i; // of a folder they go together, each an item
const CHOICES = ["text_field", "id_field", "labels_as", "texts_as", "encoding"];

// One button instead of the browser's own control, which would show the last choice only.
form.querySelector(`label[for="${input.id}"]`).hidden = false;
input.classList.add("visually-hidden");
input.removeAttribute("required");
form.querySelector("[data-plain]").hidden = true;
if (folder) {
  form.querySelector("[data-folder-label]").hidden = folder.hidden = false;
  folder.addEventListener("change", () => take([...folder.files].map((file) => ({ file, path: file.webkitRelativePath }))));
}
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
  const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (entries.some((entry) => entry.isDirectory)) Promise.all(entries.map((entry) => walk(entry))).then((found) => take(found.flat()));
  else take(event.dataTransfer.files);
});

/** All files below a dropped folder, with their paths. A reader gives a hundred entries at a time. */
async function walk(entry, path = "") {
  if (entry.isFile) return [{ file: await new Promise((done, fail) => entry.file(done, fail)), path: path + entry.name }];
  const reader = entry.createReader();
  const inside = [];
  for (let some; (some = await new Promise((done, fail) => reader.readEntries(done, fail))).length;) inside.push(...some);
  return (await Promise.all(inside.map((each) => walk(each, `${path}${entry.name}/`)))).flat();
}

/** A file of a folder under one name: what is below the folder chosen, so that train/1.jpg and test/1.jpg are two. */
function flat({ file, path }) {
  const name = path.split("/").slice(1).join("__") || file.name;
  return name === file.name ? file : new File([file], name, { type: file.type });
}

let sending = Promise.resolve();

/**
 * Images go together, the texts of a folder too, every other file by itself; one after another. Hidden files of a
 * folder stay where they are. Texts beside images or brat's marks are labels of them: such a folder has to be a zip.
 */
function take(files) {
  const fromFolder = new Set();
  const all = [...files].map((each) => {
    const file = each.file ? flat(each) : each;
    if (each.path?.includes("/")) fromFolder.add(file);
    return file;
  }).filter((file) => !file.name.split("__").some((part) => part.startsWith(".")));
  const images = all.filter((file) => IMAGE.test(file.name));
  const texts = all.filter((file) => fromFolder.has(file) && TEXT.test(file.name));
  const areLabels = texts.length && all.some((file) => fromFolder.has(file) && (IMAGE.test(file.name) || /\.ann$/i.test(file.name)));
  const groups = [...inParts(images), ...(areLabels ? [texts] : inParts(texts))];
  groups.push(...all.filter((file) => !images.includes(file) && !texts.includes(file)).map((file) => [file]));
  for (const group of groups) {
    const row = rowFor(group);
    group.areTexts = texts.includes(group[0]);
    if (group.areTexts && areLabels) {
      failed(row, gettext("Not sent: these belong to the files beside them. Send the folder as one zip."));
      continue;
    }
    sending = sending.then(() => target()).then((url) => send(url, group, row), () => failed(row));
  }
  input.value = "";
  if (folder) folder.value = "";
}

function inParts(files) {
  return Array.from({ length: Math.ceil(files.length / TOGETHER) }, (_, n) => files.slice(n * TOGETHER, (n + 1) * TOGETHER));
}

/** Where files go to. A page whose dataset is made for the first of them has to ask. */
async function target() {
  if (!form.dataset.upload) {
    const body = new URLSearchParams({ csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value });
    const reply = await fetch(form.dataset.uploadBegin, { method: "POST", body });
    if (!reply.ok || reply.redirected) throw new Error(`${reply.status} ${reply.statusText}`);
    form.dataset.upload = (await reply.json()).upload;
  }
  return form.dataset.upload;
}

function rowFor(group) {
  const name = group.length === 1 ? group[0].name : interpolate(IMAGE.test(group[0].name) ? ngettext("%s image", "%s images", group.length) : ngettext("%s text", "%s texts", group.length), [group.length]);
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

function failed({ row, bar, state, stop }, why = gettext("Not sent")) {
  stop.remove();
  bar.remove();
  state.textContent = why;
  state.setAttribute("role", "alert");
  row.classList.add("meter-bad");
}

function send(url, group, { row, bar, state, stop }) {
  const body = new FormData();
  body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  for (const name of CHOICES) if (form.elements[name].value.trim()) body.append(name, form.elements[name].value.trim());
  if (group.areTexts && !body.has("texts_as")) body.append("texts_as", "files");
  for (const file of group) body.append("file", file);
  return new Promise((done) => {
    if (!row.isConnected) return done();
    const request = new XMLHttpRequest();
    const began = performance.now();
    request.open("POST", url);
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
        failed({ row, bar, state, stop }, reason(request));
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
