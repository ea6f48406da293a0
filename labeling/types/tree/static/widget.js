import { prepareItem, showItem } from "../../labeling/item.js";
import { find, hint, keyOf } from "../../labeling/keys.js";
import { say, sayMany } from "../../labeling/text.js";
import Widget from "../../labeling/widget.js";

const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0"];
const MOST_FOUND = 100;
const TYPING_MS = 700;
const PAGE = 10;

/** A taxonomy as an ARIA tree. Branches build their entries when they are first opened. */
export default class TreeWidget extends Widget {
  static prepare = prepareItem;
  chosen = []; // places in `nodes`, in order
  #typed = "";
  #typedAt = -Infinity;

  build() {
    this.viewport = showItem(this.part("document"), this.task);
    this.dataset.shows = this.task.item.image ? "image" : "text";
    this.part("question").textContent = this.config.question;
    this.tree = this.part("tree");
    this.filter = this.part("filter");
    this.nodes = [];
    this.#collect(this.config.options, null);
    this.top = this.nodes.filter((node) => !node.parent);
    this.tree.ariaLabel = this.config.question;
    this.tree.ariaMultiSelectable = String(Boolean(this.config.multiple));
    this.part("form").addEventListener("submit", (event) => event.preventDefault());
    this.tree.addEventListener("keydown", (event) => this.#key(event));
    this.tree.addEventListener("click", (event) => this.#click(event));
    this.tree.addEventListener("focusin", (event) => { if (event.target.node) this.#hold(event.target.node); });
    this.filter.addEventListener("input", () => this.#showFound());
    this.filter.addEventListener("keydown", (event) => this.#filterKey(event));
    this.#showAll();
    this.#tick([], { quiet: true });
  }

  #collect(options, parent) {
    for (const option of options) {
      const node = { option, parent, place: this.nodes.length, path: [...(parent?.path ?? []), option.value], children: [] };
      this.nodes.push(node);
      parent?.children.push(node);
      this.#collect(option.choices ?? [], node);
    }
  }

  actions() {
    const group = gettext("Taxonomy");
    const act = (id, key, label, run) => ({ id, key, label, run, group });
    return [
      ...DIGITS.map((digit, n) => act(`tree.${digit}`, digit, say("Entry %(number)s of this level", { number: n + 1 }), () => this.pick(n))),
      act("tree.down", "ArrowDown", gettext("Next entry"), () => this.#go(1)),
      act("tree.up", "ArrowUp", gettext("Previous entry"), () => this.#go(-1)),
      act("tree.pagedown", "PageDown", gettext("Ten entries down"), () => this.#go(PAGE)),
      act("tree.pageup", "PageUp", gettext("Ten entries up"), () => this.#go(-PAGE)),
      act("tree.open", "ArrowRight", gettext("Open, or go in"), () => this.#sideways(1)),
      act("tree.close", "ArrowLeft", gettext("Close, or go out"), () => this.#sideways(-1)),
      act("tree.first", "Home", gettext("First entry"), () => this.#focus(this.#visible()[0])),
      act("tree.last", "End", gettext("Last entry"), () => this.#focus(this.#visible().at(-1))),
      act("tree.out", "Backspace", gettext("Up one level"), () => this.#out()),
      act("tree.filter", "/", gettext("Find an entry"), () => this.filter.focus()),
      ...(this.viewport?.actions() ?? []),
    ];
  }

  activate() {
    this.held.row?.focus({ preventScroll: true });
  }

  // --- the answer ----------------------------------------------------------------------------------------------------

  value() {
    return { paths: this.chosen.map((place) => [...this.nodes[place].path]) };
  }

  problems() {
    return this.config.multiple || this.chosen.length ? [] : [{ path: "paths", message: gettext("Choose one entry first.") }];
  }

  restore(value) {
    const wanted = new Set((value?.paths ?? []).map((path) => JSON.stringify(path)));
    const chosen = this.nodes.filter((node) => wanted.has(JSON.stringify(node.path)));
    for (const node of chosen) for (let above = node.parent; above; above = above.parent) above.open = true;
    this.#showAll();
    this.#tick(chosen.map((node) => node.place), { quiet: true });
    if (chosen.length) this.#hold(chosen[0]);
    this.history.clear();
  }

  mayChoose(node) {
    return !(this.config.leaves_only && node.children.length);
  }

  choose(node) {
    if (this.readonly || !this.mayChoose(node)) return;
    const before = this.chosen;
    let after = [node.place];
    if (this.config.multiple) after = before.includes(node.place) ? before.filter((each) => each !== node.place) : [...before, node.place].sort((one, other) => one - other);
    else if (before[0] === node.place) return;
    this.history.run({ apply: () => this.#tick(after), invert: () => this.#tick(before) });
  }

  #tick(chosen, { quiet = false } = {}) {
    this.chosen = chosen;
    for (const node of this.nodes) if (node.row) this.#mark(node);
    this.#showChosen();
    this.showProblems([]);
    if (quiet) return;
    this.fire("change");
    const names = chosen.map((place) => this.nameOf(this.nodes[place]));
    this.fire("announce", { text: names.length ? say("Chosen: %(labels)s", { labels: names.join(", ") }) : say("Nothing chosen") });
  }

  nameOf(node) {
    return (node.parent ? `${this.nameOf(node.parent)} › ` : "") + (node.option.label ?? node.option.value);
  }

  #showChosen() {
    this.part("chosen").replaceChildren(...this.chosen.map((place) => {
      const node = this.nodes[place];
      const line = document.createElement("p");
      line.className = "chip chip-accent";
      line.dir = "auto";
      line.textContent = this.nameOf(node);
      return line;
    }));
  }

  // --- the tree ------------------------------------------------------------------------------------------------------

  #showAll() {
    this.found = null;
    this.part("none").textContent = "";
    for (const node of this.nodes) node.row = null;
    this.tree.replaceChildren(...this.top.map((node) => this.#row(node)));
    this.#hold(this.held && this.#visible().includes(this.held) ? this.held : this.top[0]);
  }

  #row(node, flat = false) {
    const row = document.createElement("li");
    row.role = "treeitem";
    row.node = node;
    row.tabIndex = -1;
    node.row = row;
    const line = document.createElement("div");
    line.className = "tree-line";
    const arrow = document.createElement("span");
    arrow.className = "tree-arrow";
    arrow.ariaHidden = "true";
    const text = document.createElement("span");
    text.className = "choice-text";
    text.dir = "auto";
    text.textContent = flat ? this.nameOf(node) : node.option.label ?? node.option.value;
    row.ariaLabel = text.textContent;
    if (node.option.description) {
      const note = document.createElement("span");
      note.className = "choice-note";
      note.textContent = node.option.description;
      text.append(note);
      row.ariaDescription = node.option.description;
    }
    line.append(arrow, text);
    row.append(line);
    if (node.children.length && !flat) {
      const group = document.createElement("ul");
      group.role = "group";
      row.append(group);
      this.#open(node, Boolean(node.open));
    }
    this.#mark(node);
    return row;
  }

  #mark(node) {
    if (this.mayChoose(node)) node.row.ariaSelected = String(this.chosen.includes(node.place));
  }

  #open(node, open) {
    node.open = open;
    const group = node.row.querySelector(":scope > [role=group]");
    if (open && !group.firstChild) group.append(...node.children.map((child) => this.#row(child)));
    group.hidden = !open;
    node.row.ariaExpanded = String(open);
    if (!open && this.held && this.held !== node && isIn(this.held, node)) this.#focus(node);
    else if (this.held) this.#hints();
  }

  #visible(nodes = this.found ?? this.top) {
    return nodes.flatMap((node) => [node, ...(node.open && !this.found ? this.#visible(node.children) : [])]);
  }

  /** The one entry that Tab reaches. */
  #hold(node) {
    if (!node) return;
    if (this.held?.row) this.held.row.tabIndex = -1;
    this.held = node;
    node.row.tabIndex = 0;
    this.#hints();
  }

  #focus(node) {
    if (!node) return;
    this.#hold(node);
    node.row.focus();
    node.row.firstElementChild.scrollIntoView({ block: "nearest" });
  }

  get level() {
    return this.found ?? this.held?.parent?.children ?? this.top;
  }

  #hints() {
    for (const each of this.tree.querySelectorAll(".kbd")) each.remove();
    this.level.slice(0, DIGITS.length).forEach((node, n) => node.row?.firstElementChild.append(hint(DIGITS[n], `tree.${DIGITS[n]}`)));
  }

  /** The n-th entry of this level: go into a branch, choose a leaf. */
  pick(n) {
    const node = this.level[n];
    if (!node) return;
    this.#focus(node);
    if (node.children.length && !this.found) {
      this.#open(node, true);
      this.#focus(node.children[0]);
    } else this.choose(node);
  }

  #go(by) {
    const all = this.#visible();
    this.#focus(all[Math.max(0, Math.min(all.length - 1, all.indexOf(this.held) + by))]);
  }

  #sideways(way) {
    const inwards = (way > 0) === (getComputedStyle(this.tree).direction !== "rtl");
    const node = this.held;
    if (this.found) return;
    if (!inwards) {
      if (node.open && node.children.length) this.#open(node, false);
      else this.#out();
    } else if (node.children.length && !node.open) this.#open(node, true);
    else if (node.children.length) this.#focus(node.children[0]);
  }

  #out() {
    if (this.held.parent && !this.found) this.#focus(this.held.parent);
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const node = event.target.closest("[role=treeitem]")?.node;
    if (!node) return;
    const typing = event.timeStamp - this.#typedAt < TYPING_MS;
    if (event.key === " " && !(typing && this.#typed)) {
      event.preventDefault();
      this.#press(node);
    } else if (event.key === "Enter" && !this.chosen.includes(node.place)) {
      event.preventDefault(); // on a chosen entry it submits
      this.#press(node);
    } else if (event.key === "Escape" && this.found) {
      event.preventDefault();
      this.#leaveFilter();
    } else if (event.key.length === 1 && event.key !== "/" && (typing || !find(keyOf(event)))) this.#typeAhead(event, typing);
  }

  #press(node) {
    if (this.mayChoose(node)) this.choose(node);
    else if (this.found) this.#leaveFilter(node);
    else this.#open(node, !node.open);
  }

  /** Letters that are a key of the workbench begin no word here; within a word every letter counts. */
  #typeAhead(event, typing) {
    event.preventDefault();
    this.#typed = (typing ? this.#typed : "") + event.key.toLocaleLowerCase();
    this.#typedAt = event.timeStamp;
    const all = this.#visible();
    const at = all.indexOf(this.held) + (this.#typed.length > 1 ? 0 : 1);
    const name = (node) => (node.option.label ?? node.option.value).toLocaleLowerCase();
    this.#focus([...all.slice(at), ...all.slice(0, at)].find((node) => name(node).startsWith(this.#typed)));
  }

  #click(event) {
    const node = event.target.closest("[role=treeitem]")?.node;
    if (!node) return;
    this.#focus(node);
    if (event.target.closest(".tree-arrow") && node.children.length && !this.found) this.#open(node, !node.open);
    else this.#press(node);
  }

  // --- finding -------------------------------------------------------------------------------------------------------

  #showFound() {
    const wanted = this.filter.value.trim().toLocaleLowerCase();
    if (!wanted) { this.#showAll(); return; }
    const hits = this.nodes.filter((node) => this.mayChoose(node) && [node.option.label, node.option.value].some((each) => each?.toLocaleLowerCase().includes(wanted)));
    for (const node of this.nodes) node.row = null;
    this.found = hits.slice(0, MOST_FOUND);
    this.tree.replaceChildren(...this.found.map((node) => this.#row(node, true)));
    if (this.found.length) this.#hold(this.found[0]);
    const count = sayMany("%(count)s entry found", "%(count)s entries found", hits.length);
    const cut = hits.length > MOST_FOUND ? ` ${say("The first %(count)s are shown.", { count: MOST_FOUND })}` : "";
    this.part("none").textContent = hits.length ? count + cut : say("Nothing found");
  }

  #filterKey(event) {
    if (event.isComposing) return;
    if (event.key === "Escape") this.#leaveFilter();
    else if (event.key === "ArrowDown") this.#focus(this.found?.[0] ?? this.held);
    else if (event.key === "Enter" && this.found?.length && !event.ctrlKey) {
      this.choose(this.found[0]);
      this.#leaveFilter(this.found[0]);
    } else return;
    event.preventDefault();
  }

  #leaveFilter(node = this.found?.includes(this.held) ? this.held : null) {
    this.filter.value = "";
    for (let above = node?.parent; above; above = above.parent) above.open = true;
    this.#showAll();
    this.#focus(node ?? this.held);
  }

  release() {
    this.viewport?.release();
  }
}

function isIn(node, branch) {
  for (let above = node.parent; above; above = above.parent) if (above === branch) return true;
  return false;
}

customElements.define("gw-tree", TreeWidget);
