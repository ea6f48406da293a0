// Shows whatever an item of a rating has: its text and picture, its prompt, its responses, its conversation.
import { showItem } from "../item.js";
import { say } from "../text.js";
import { pane, promptPane, responsePane, textBlock, textOf, turn } from "./panes.js";

/** @returns the viewport, if the item has a picture */
export function showMaterial(element, task) {
  const { item } = task;
  if (item.image) return showItem(element, task);
  element.tabIndex = -1;
  element.classList.add("panes");
  const { response, responses, messages, lang } = item.data;
  const prompt = promptPane(item);
  if (prompt) element.append(prompt);
  if (response != null) element.append(pane(say("Response"), textBlock(textOf(response), item.html?.response, lang)));
  (responses ?? []).forEach((_, index) => element.append(responsePane(item, index, say("Response %(number)s", { number: index + 1 }))));
  if (messages && response == null) {
    const turns = messages.map((message, index) => turn(message, index, { html: item.html?.[`messages[${index}]`], lang }));
    element.append(pane(say("Conversation"), ...turns));
  }
  if (!element.childElementCount) {
    element.classList.remove("panes");
    return showItem(element, task);
  }
  if (item.text) element.append(pane(say("Text"), textBlock(item.text, undefined, lang)));
  return null;
}
