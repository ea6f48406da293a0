// Shows prompts, responses and conversations. Texts are plain, with their line breaks, unless the server rendered them.
import { say } from "../text.js";

/** A text, or the safe HTML that the server made of it (`item.html`, by path). */
export function textBlock(text, html, lang) {
  const block = document.createElement("div");
  block.className = html ? "pane-text prose" : "pane-text";
  block.dir = "auto";
  if (typeof lang === "string" && lang) block.lang = lang;
  if (html) block.innerHTML = html; // made from Markdown and sanitised by the server
  else block.textContent = text;
  return block;
}

export function textOf(response) {
  return (typeof response === "string" ? response : response?.text) ?? "";
}

/** A titled pane that scrolls by itself and can be reached by Tab. */
export function pane(title, ...content) {
  const element = document.createElement("section");
  element.className = "pane";
  const head = document.createElement("h2");
  head.className = "pane-head";
  head.textContent = title;
  const body = document.createElement("div");
  body.className = "pane-body";
  body.tabIndex = 0;
  body.role = "group";
  body.ariaLabel = title;
  body.append(...content);
  element.append(head, body);
  return element;
}

/** The item's prompt, if it has one: a text or a list of chat turns. */
export function promptPane(item) {
  const { prompt } = item.data;
  if (prompt == null || prompt === "" ) return null;
  const content = typeof prompt === "string"
    ? [textBlock(prompt, item.html?.prompt, item.data.lang)]
    : prompt.map((message, index) => turn(message, index, { html: item.html?.[`prompt[${index}]`], lang: item.data.lang }));
  const element = pane(say("Prompt"), ...content);
  element.classList.add("pane-prompt");
  return element;
}

export function responsePane(item, index, title) {
  return pane(title, textBlock(textOf(item.data.responses[index]), item.html?.[`responses[${index}]`], item.data.lang));
}

/** One message of a conversation. */
export function turn(message, index, { html, lang } = {}) {
  const element = document.createElement("article");
  element.className = "turn";
  element.dataset.role = message.role === "user" ? "user" : "other";
  const who = document.createElement("p");
  who.className = "turn-role";
  who.textContent = roleName(message.role);
  element.ariaLabel = say("Message %(number)s, %(role)s", { number: index + 1, role: who.textContent });
  element.append(who, textBlock(message.content, html, lang));
  return element;
}

function roleName(role) {
  const known = { user: gettext("User"), assistant: gettext("Assistant"), system: gettext("System"), tool: gettext("Tool"), function: gettext("Function") };
  return known[role] ?? role;
}

/** 0 … count-1 in an order that depends on the task and the assignment only: a reload shows the same. */
export function shownOrder(task, count) {
  const order = Array.from({ length: count }, (_, index) => index);
  let seed = 2166136261;
  for (const sign of `${task.task}:${task.assignment}`) seed = Math.imul(seed ^ sign.codePointAt(0), 16777619);
  for (let last = count - 1; last > 0; last -= 1) {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    const pick = ((mixed ^ (mixed >>> 14)) >>> 0) % (last + 1);
    [order[last], order[pick]] = [order[pick], order[last]];
  }
  return order;
}

export function isOrder(order, count) {
  return Array.isArray(order) && order.length === count && [...order].sort((a, b) => a - b).every((each, index) => each === index);
}
