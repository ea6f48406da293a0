// Shows an item (text, picture) in a widget's document part.
import { fetchTile } from "./engine/tiles.js";
import { Viewport } from "./engine/viewport.js";
import { say } from "./text.js";

/** Fetch and decode the picture, or the overview of a large one, so that showing it costs nothing. */
export async function prepareItem(task, { signal } = {}) {
  const { image } = task.item;
  if (!image) return;
  if (image.tiles) {
    task.ready = { bitmap: await fetchTile(image.tiles, 0, signal) };
    return;
  }
  const response = await fetch(task.item.image.url, { signal, credentials: "same-origin" });
  if (!response.ok) throw new Error(`picture ${task.item.id}: ${response.status}`);
  task.ready = { bitmap: await createImageBitmap(await response.blob()) };
}

/** @returns {Viewport|null} the viewport, if the item has a picture */
export function showItem(element, task) {
  const { text, image } = task.item;
  element.tabIndex = -1;
  let viewport = null;
  if (image) {
    element.classList.add("document-stage");
    const stage = document.createElement("div");
    stage.className = "stage";
    element.append(stage);
    if (task.ready?.bitmap) {
      viewport = new Viewport(stage, task.ready.bitmap, { large: image.tiles && image, label: text || say("Picture to label") });
    } else {
      const note = document.createElement("p");
      note.className = "stage-note";
      note.textContent = say("The picture could not be loaded. Reload the page, or skip the task as broken.");
      stage.append(note);
    }
  }
  if (text) element.append(paragraphs(text, task.item.lang ?? task.item.data?.lang));
  return viewport;
}

function paragraphs(text, lang) {
  const block = document.createElement("div");
  block.className = "document-text";
  if (typeof lang === "string" && lang) block.lang = lang;
  for (const part of text.split(/\n{2,}/)) {
    const paragraph = document.createElement("p");
    paragraph.dir = "auto";
    paragraph.textContent = part;
    block.append(paragraph);
  }
  return block;
}
