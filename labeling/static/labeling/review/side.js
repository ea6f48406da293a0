// Beside the item: a card for each answer, and what they add up to. The list of cards says what is shown over the item.
import { clock, say } from "../text.js";
import { make } from "../ui/dialog.js";
import { CONSENSUS, swatch } from "./stage.js";

const MOST_CLASSES = 4;
const MOST_PARTS = 6;

const percent = (share) => `${Math.round(share * 100)} %`;

export class Side {
  constructor({ methods, reasons, setAside, onChoose, onOver }) {
    Object.assign(this, { methods, onChoose, setAside });
    this.reasons = new Map(reasons);
    this.place = document.getElementById("review-side");
    this.list = this.place.querySelector("[data-side=cards]");
    this.comments = this.place.querySelector("[data-side=comments]");
    const card = (event) => event.target.closest("[data-key]");
    this.list.addEventListener("click", (event) => { if (card(event)) onChoose(this.#keyOf(card(event))); });
    this.list.addEventListener("pointerover", (event) => onOver(card(event) ? this.#keyOf(card(event)) : null));
    this.list.addEventListener("pointerleave", () => onOver(null));
  }

  #keyOf(card) {
    const { key } = card.dataset;
    return key === "all" ? null : key === CONSENSUS ? key : Number(key);
  }

  /** @param {{ stage, rejected: Map, shown, differences: boolean }} state */
  draw({ stage, rejected, shown, differences }) {
    const { review, layers } = stage;
    const all = this.#card("all", gettext("All answers"), null, []);
    const cards = layers.map((layer) => this.#answer(layer, stage, rejected.get(layer.key)));
    this.list.replaceChildren(all, ...cards);
    for (const card of this.list.children) {
      const isShown = this.#keyOf(card) === shown;
      card.ariaSelected = String(isShown);
      if (isShown) this.list.setAttribute("aria-activedescendant", card.id);
    }
    layers.forEach((layer, n) => { cards[n].hidden = differences && layer.key !== CONSENSUS && stage.isAlike(layer); });
    this.comments.hidden = !review.comments.length;
    this.comments.replaceChildren(make("h2", { className: "panel-title", textContent: gettext("Comments") }), ...review.comments.map(({ who, text }) => (
      make("p", { className: "comment-reply", dir: "auto" }, make("strong", { textContent: who }), ` ${text}`))));
    this.place.hidden = false;
  }

  #card(key, title, color, details) {
    const head = make("span", { className: "answer-head" }, ...(color === null ? [] : [swatch(color)]), make("strong", { textContent: title }));
    const card = make("li", { className: "answer-card", id: `card-${key}`, role: "option" }, head, ...details);
    card.dataset.key = key;
    return card;
  }

  #answer(layer, stage, rejection) {
    if (layer.key === CONSENSUS) return this.#card(CONSENSUS, gettext("Consensus"), 0, [words(layer), ...this.#sureness(layer)]);
    const title = layer.who ? `${layer.letter}  ${layer.who}` : say("Reviewer %(letter)s", { letter: layer.letter });
    const details = [words(layer)];
    const facts = [];
    if (layer.weight !== null) facts.push(say("weight %(share)s", { share: percent(layer.weight) }));
    if (layer.seconds) facts.push(say("%(count)s s", { count: layer.seconds }));
    facts.push(clock(layer.answered_at));
    details.push(make("span", { className: "muted small", textContent: facts.join(" · ") }));
    if (layer.weight !== null) details.push(make("progress", { className: "bar", max: 1, value: layer.weight, ariaLabel: gettext("Weight") }));
    const chips = make("span", { className: "row" });
    const [aside, why] = layer.set_aside ? this.#aside(layer.set_aside) : [];
    if (aside) details.push(make("span", { className: "muted small", textContent: why }));
    if (aside) chips.append(make("span", { className: "chip chip-warn", textContent: aside }));
    if (layer.is_machine) chips.append(make("span", { className: "chip", textContent: gettext("Machine") }));
    if (stage.isAlike(layer)) chips.append(make("span", { className: "chip chip-ok", textContent: gettext("same as consensus") }));
    else if (layer.apart !== null) chips.append(make("span", { className: "chip chip-warn", textContent: layer.apart >= 1 ? gettext("differs") : say("%(share)s apart", { share: percent(layer.apart) }) }));
    if (layer.is_older) chips.append(make("span", { className: "chip", textContent: gettext("older version") }));
    if (rejection) chips.append(make("span", { className: "chip chip-bad", textContent: say("Rejected: %(reason)s", { reason: this.reasons.get(rejection.reason) }) }));
    if (chips.children.length) details.push(chips);
    return this.#card(layer.key, title, layer.color, details);
  }

  /** That an answer counts for nothing, and why. */
  #aside({ by, reason }) {
    const [word, why] = this.setAside.by[by];
    return [word, reason ? `${why} (${this.setAside.reasons[reason] ?? reason})` : why];
  }

  /** By which method, and what it gives to each class: of a few parts of the answer. */
  #sureness(consensus) {
    const facts = make("span", { className: "muted small", textContent: `${this.methods[consensus.method] ?? consensus.method} · ${say("confidence %(share)s", { share: percent(consensus.confidence) })}` });
    const parts = Object.entries(consensus.posterior);
    const bars = parts.slice(0, MOST_PARTS).map(([part, shares]) => {
      const top = Object.entries(shares).sort((one, other) => other[1] - one[1]).slice(0, MOST_CLASSES);
      const list = make("dl", { className: "posterior" });
      for (const [name, share] of top) {
        const label = this.labels?.get(name) ?? name;
        list.append(make("dt", { textContent: label, dir: "auto" }), make("dd", {}, make("progress", { className: "bar", max: 1, value: share, ariaLabel: label }), make("span", { textContent: percent(share) })));
      }
      return parts.length > 1 ? make("div", {}, make("span", { className: "small muted", textContent: part }), list) : list;
    });
    return [facts, ...bars];
  }
}

/** Written text may repeat what the item says: it is veiled with it. */
function words({ words: text, texts }) {
  const isWritten = Object.keys(texts ?? {}).length > 0;
  return make("span", { className: isWritten ? "answer-words answer-text" : "answer-words", dir: "auto", textContent: text || gettext("none") });
}
