// What a form is about: its attachments, or the item's own text and picture.
import { showItem } from "../item.js";
import { say } from "../text.js";
import { pane, textBlock } from "./panes.js";

/** @returns the viewport, if the item has a picture of its own */
export function showAttachments(element, task) {
  const { item } = task;
  const { attachments } = item.data;
  if (!attachments) return showItem(element, task);
  element.tabIndex = -1;
  element.classList.add("panes");
  const viewport = item.image ? picture(element, task) : null;
  if (item.text) element.append(pane(say("Text"), textBlock(item.text, undefined, item.data.lang)));
  attachments.forEach((each, index) => element.append(pane(titleOf(each, index, attachments.length), content(each, item.html?.[`attachments[${index}]`], item.data.lang))));
  return viewport;
}

/** The item's own picture, in a pane of its own: it can be zoomed and moved there. */
function picture(element, task) {
  const place = document.createElement("div");
  place.className = "pane-picture";
  const viewport = showItem(place, { ...task, item: { ...task.item, text: "" } });
  const made = pane(say("Picture"), place);
  made.querySelector(".pane-body").classList.add("pane-body-picture");
  element.append(made);
  return viewport;
}

function titleOf({ title, type }, index, count) {
  if (typeof title === "string" && title) return title;
  const kind = type === "markdown" ? "text" : type;
  if (count === 1 && kind === "text") return say("Text");
  return say("Attachment %(number)s (%(type)s)", { number: index + 1, type: kind });
}

/** What is shown beside the thing to label, folded away in the panel. */
export function showContext(element, item) {
  const attachments = item.data?.attachments ?? [];
  element.hidden = !attachments.length;
  attachments.forEach((each, index) => element.append(content(each, item.html?.[`attachments[${index}]`], item.data.lang)));
}

function content({ type, content: body, title }, html, lang) {
  if (type === "text" || type === "markdown") return textBlock(body, html, lang);
  if (type === "image" && /^(data:image|\/media)\//i.test(body)) {
    const image = document.createElement("img");
    image.className = "pane-image";
    image.src = body;
    image.alt = typeof title === "string" ? title : say("Picture to look at");
    return image;
  }
  if (!/^https?:\/\//i.test(body)) return textBlock(body, undefined, lang);
  const link = document.createElement("a"); // pages load nothing from elsewhere: the annotator opens it
  link.href = body;
  link.target = "_blank";
  link.rel = "noopener noreferrer nofollow";
  link.textContent = body;
  return link;
}
