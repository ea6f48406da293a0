import { criteriaQuestions } from "../../labeling/engine/criteria.js";
import { turn } from "../../labeling/engine/panes.js";
import { QuestionsWidget } from "../../labeling/engine/questions.js";
import { say } from "../../labeling/text.js";

/** A conversation with its questions under each message, after each turn, and beside it for the whole. */
export default class ConversationWidget extends QuestionsWidget {
  ask() {
    const { messages, lang } = this.task.item.data;
    const element = this.part("document");
    element.tabIndex = -1;
    element.classList.add("conversation");
    this.places = new Map(); // "messages.3" -> the element under that message
    this.groups = []; // in the order in which they are asked
    let number = -1;
    messages.forEach((message, index) => {
      if (message.role === "user") number += 1;
      const article = turn(message, index, { html: this.task.item.html?.[`messages[${index}]`], lang });
      element.append(article);
      if (this.config.roles.includes(message.role)) this.group(`messages.${index}.`, this.config.message_criteria, article);
      const isLast = index === messages.length - 1 || messages[index + 1].role === "user";
      if (isLast && number >= 0) this.group(`turns.${number}.`, this.config.turn_criteria, element, say("Turn %(number)s", { number: number + 1 }));
    });
    this.group("overall.", this.config.overall_criteria, this.part("questions"), this.groups.length ? gettext("The whole conversation") : "");
    this.part("questions").hidden = !this.config.overall_criteria.length;
    super.ask();
  }

  group(at, criteria, parent, title = "") {
    if (!criteria.length) return;
    const element = document.createElement("div");
    element.className = "turn-questions";
    element.role = "group";
    element.ariaLabel = title || parent.ariaLabel || say("Questions");
    if (title) {
      const heading = document.createElement("p");
      heading.className = "turn-role";
      heading.textContent = title;
      element.append(heading);
    }
    parent.append(element);
    this.places.set(at, element);
    this.groups.push({ at, criteria });
  }

  questions() {
    return this.groups.flatMap(({ at, criteria }) => criteriaQuestions(criteria, at, { place: at }).map((question) => ({ ...question, place: at })));
  }

  place(question) {
    return this.places.get(question.place);
  }

  nameOf(question) {
    return this.groups.length > 1 ? `${this.place(question).ariaLabel}, ${question.label}` : question.label;
  }

  moves(group) {
    return [
      { id: "message.next", key: "J", label: gettext("Next message"), group, run: () => this.jump(1) },
      { id: "message.back", key: "K", label: gettext("Message before"), group, run: () => this.jump(-1) },
    ];
  }

  /** To the first question of the message, turn or whole that comes next. */
  jump(by) {
    const at = this.groups.findIndex((each) => each.at === this.current?.question.place);
    const next = this.groups[Math.min(this.groups.length - 1, Math.max(0, at + by))];
    const first = this.asked.find(({ question }) => question.place === next?.at);
    if (!first) return;
    this.places.get(next.at).parentElement.scrollIntoView({ block: "nearest" });
    this.focusOn(first);
  }

  value() {
    const found = { messages: {}, turns: {}, overall: {}, justifications: {} };
    for (const { question: { id, place } } of this.asked) {
      const value = this.state[id];
      if (value === undefined) continue;
      if (id.startsWith("why:")) {
        if (value.trim()) found.justifications[id.slice(4)] = value;
        continue;
      }
      const [level, number] = place.split(".");
      const name = id.slice(place.length);
      if (level === "overall") found.overall[name] = value;
      else (found[level][number] ??= {})[name] = value;
    }
    return found;
  }

  restore(value) {
    const state = {};
    for (const level of ["messages", "turns"]) {
      for (const [number, ratings] of Object.entries(value?.[level] ?? {})) {
        for (const [name, one] of Object.entries(ratings)) state[`${level}.${number}.${name}`] = one;
      }
    }
    for (const [name, one] of Object.entries(value?.overall ?? {})) state[`overall.${name}`] = one;
    for (const [path, text] of Object.entries(value?.justifications ?? {})) state[`why:${path}`] = text;
    this.load(state);
  }
}

customElements.define("gw-conversation", ConversationWidget);
