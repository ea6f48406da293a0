import { reason } from "../../labeling/engine/criteria.js";
import { isOrder, promptPane, responsePane, shownOrder, textOf } from "../../labeling/engine/panes.js";
import { QuestionsWidget } from "../../labeling/engine/questions.js";
import { dragRows } from "../../labeling/engine/drag.js";
import { inserted, joined, moved, ranked, ranksOf, tied, tiersOf } from "../../labeling/engine/tiers.js";
import { say } from "../../labeling/text.js";

const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0"];
const PEEK = 80; // characters of a response in the list

/** Responses put in order: by digits, by Alt+arrows, by dragging. */
export default class RankingWidget extends QuestionsWidget {
  ask() {
    const { item } = this.task;
    this.count = item.data.responses.length;
    this.order ??= shownOrder(this.task, this.count);
    this.cursor = this.order[0];
    const element = this.part("document");
    element.classList.add("panes");
    element.tabIndex = -1;
    const many = document.createElement("div");
    many.className = "many";
    this.panes = new Map(this.order.map((index) => [index, responsePane(item, index, this.nameOf(index))]));
    for (const [index, pane] of this.panes) pane.addEventListener("pointerdown", () => this.select(index));
    many.append(...this.panes.values());
    const prompt = promptPane(item);
    element.replaceChildren(...(prompt ? [prompt] : []), many);
    this.list();
    super.ask();
  }

  /** The list in the panel: the order so far. */
  list() {
    const row = this.part("rank").content;
    this.rows = new Map(this.order.map((index) => {
      const li = row.cloneNode(true).firstElementChild;
      li.dataset.index = index;
      li.querySelector("strong").textContent = this.nameOf(index);
      li.querySelector(".rank-words").textContent = textOf(this.task.item.data.responses[index]).slice(0, PEEK);
      li.addEventListener("focus", () => this.select(index));
      li.addEventListener("click", () => li.focus({ preventScroll: true }));
      return [index, li];
    }));
    this.part("ranks").replaceChildren(...this.rows.values());
    if (this.listening) return;
    this.listening = true;
    const { ties } = this.config;
    this.part("help").textContent = ties ? say("A digit gives a rank; several may share one.") : say("A digit gives a rank, 1 is best.");
    for (const button of this.part("moves").children) {
      button.hidden = button.dataset.move === "tie" && !ties;
      button.disabled = this.readonly;
      button.addEventListener("click", () => (button.dataset.move === "tie" ? this.tie() : this.moveRank(Number(button.dataset.move))));
    }
    if (!this.readonly) dragRows(this.part("ranks"), { onto: ties, drop: (from, to, where) => this.drop(Number(from.dataset.index), Number(to.dataset.index), where) });
  }

  nameOf(index) {
    return say("Response %(number)s", { number: this.order.indexOf(index) + 1 });
  }

  questions() {
    return this.config.justification ? [reason("justification", this.config.justification)] : [];
  }

  get ranks() { return this.state.ranks ?? Array(this.count).fill(null); }
  get tiers() { return tiersOf(this.ranks, this.order); }

  actions() {
    const group = gettext("Answer");
    const ranks = DIGITS.slice(0, this.count).map((key, index) => (
      { id: `rank.${index + 1}`, key, label: say("Rank %(number)s", { number: index + 1 }), group, run: () => this.give(index + 1) }));
    const tie = { id: "tie", key: "T", label: gettext("Same rank as the one above"), group, run: () => this.tie() };
    return [
      ...ranks,
      { id: "move.up", key: "Alt+ArrowUp", label: gettext("Better by one place"), group, run: () => this.moveRank(-1) },
      { id: "move.down", key: "Alt+ArrowDown", label: gettext("Worse by one place"), group, run: () => this.moveRank(1) },
      { id: "response.next", key: "J", also: ["ArrowDown"], label: gettext("Next response"), group, run: () => this.go(1) },
      { id: "response.back", key: "K", also: ["ArrowUp"], label: gettext("Response before"), group, run: () => this.go(-1) },
      ...(this.config.ties ? [tie] : []),
    ];
  }

  activate() { this.rows.get(this.cursor).focus({ preventScroll: true }); }

  select(index) {
    this.cursor = index;
    this.point();
  }

  go(by) {
    const shown = this.tiers.flat();
    const at = shown.indexOf(this.cursor) + by;
    this.select(shown[Math.min(shown.length - 1, Math.max(0, at))]);
    this.reveal();
  }

  reveal() {
    this.rows.get(this.cursor).focus({ preventScroll: true });
    this.rows.get(this.cursor).scrollIntoView({ block: "nearest" });
    this.panes.get(this.cursor).scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  /** A digit: this rank for the current response, and on to the next one without. */
  give(rank) {
    if (this.readonly || rank > this.count) return;
    const ranks = ranked(this.ranks, this.cursor, rank, this.config.ties);
    this.put(ranks);
    const at = this.order.indexOf(this.cursor);
    const next = [...this.order.slice(at + 1), ...this.order.slice(0, at)].find((index) => ranks[index] === null);
    if (next !== undefined) this.select(next);
    this.reveal();
  }

  moveRank(by) { this.rearrange(moved(this.tiers, this.cursor, by)); }
  tie() { if (this.config.ties) this.rearrange(tied(this.tiers, this.cursor)); }

  drop(index, target, where) {
    this.cursor = index;
    this.rearrange(where === "onto" ? joined(this.tiers, index, target) : inserted(this.tiers, index, target, where));
  }

  rearrange(tiers) {
    if (this.readonly) return;
    this.put(ranksOf(tiers, this.count));
    this.reveal();
  }

  put(ranks) {
    this.assign({ ranks }, say("%(what)s: rank %(rank)s", { what: this.nameOf(this.cursor), rank: ranks[this.cursor] }));
  }

  shown() {
    const { ranks } = this;
    const shown = this.tiers.flat();
    const list = this.part("ranks");
    if ([...list.children].some((li, place) => li !== this.rows.get(shown[place]))) list.replaceChildren(...shown.map((index) => this.rows.get(index)));
    for (const [index, li] of this.rows) {
      const rank = ranks[index];
      li.querySelector(".rank-number").textContent = rank ?? "–";
      li.classList.toggle("is-ranked", rank !== null);
      li.ariaLabel = `${this.nameOf(index)}, ${rank === null ? say("not ranked") : say("rank %(rank)s", { rank })}`;
    }
    this.point();
  }

  point() {
    for (const [index, li] of this.rows) {
      li.tabIndex = index === this.cursor ? 0 : -1;
      li.ariaSelected = String(index === this.cursor);
      this.panes.get(index).classList.toggle("is-current", index === this.cursor);
    }
  }

  problems() {
    const missing = this.order.filter((index) => this.ranks[index] === null).map((index) => this.nameOf(index));
    const list = missing.length ? [{ path: "ranks", message: say("Not ranked yet: %(names)s", { names: missing.join(", ") }) }] : [];
    return [...list, ...super.problems()];
  }

  value() {
    return { ranks: [...this.ranks], order: [...this.order], justification: this.state.justification ?? "" };
  }

  restore(value) {
    if (isOrder(value?.order, this.count) && String(value.order) !== String(this.order)) {
      this.order = [...value.order];
      this.part("questions").replaceChildren();
      this.ask();
    }
    const state = {};
    if (value?.ranks?.length === this.count) state.ranks = [...value.ranks];
    if (value?.justification) state.justification = value.justification;
    this.load(state);
  }
}

customElements.define("gw-ranking", RankingWidget);
