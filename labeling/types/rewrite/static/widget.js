import { diffNodes } from "../../labeling/engine/diff.js";
import { pane, textOf } from "../../labeling/engine/panes.js";
import { WritingWidget } from "../../labeling/engine/writing.js";
import { say } from "../../labeling/text.js";

const DIFF_MS = 120; // after the last keystroke

/** A response that is corrected in place, with what was changed shown beside it. */
export default class RewriteWidget extends WritingWidget {
  ask() {
    this.original = textOf(this.task.item.data.response).replace(/\r\n?/g, "\n");
    this.state = { response: this.original };
    super.ask();
    this.changes = document.createElement("div");
    this.changes.className = "pane-text diff";
    this.changes.dir = "auto";
    this.part("document").append(pane(gettext("Changes to the response"), this.changes));
    this.compare();
  }

  questions() {
    const keep = { id: "keep", label: gettext("Or"), kind: "many", layout: "list", required: true, points: [{ value: true, label: gettext("Needs no change"), key: "N" }] };
    const [response] = super.questions();
    return [{ ...response, isMaterial: true }, ...(this.config.may_keep ? [keep] : [])];
  }

  actions() {
    if (!this.config.may_keep) return super.actions();
    return [...super.actions(), { id: "keep", key: "N", label: gettext("Needs no change"), group: gettext("Answer"), run: () => this.keep() }];
  }

  get isUnchanged() { return this.text === this.original.trim(); }

  keep() {
    if (this.readonly) return;
    const keep = this.asked[1];
    this.answer(keep, this.state.keep?.length ? [] : [true]);
    this.focusOn(keep);
  }

  /** Said of a changed text, "needs no change" brings the given one back; a change takes it back. */
  assign(patch, announced) {
    super.assign(patch.keep?.length ? { ...patch, response: this.original } : patch, announced);
  }

  become(state, announced) {
    const isKept = state.keep?.length && (state.response ?? "").trim() === this.original.trim();
    super.become(isKept ? state : { ...state, keep: undefined }, announced);
  }

  shown() {
    super.shown();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.compare(), DIFF_MS);
  }

  compare() {
    if (!this.changes) return;
    this.changes.replaceChildren(...diffNodes(this.original.trim(), this.text));
  }

  problems() {
    if (!this.isUnchanged) return super.problems().filter(({ path }) => path === "response");
    if (this.state.keep?.length) return [];
    const message = this.config.may_keep ? say("Change the response, or say that it needs no change.") : say("Change the response.");
    return [{ path: "response", message }];
  }

  value() {
    return { response: this.text, is_unchanged: this.isUnchanged };
  }

  restore(value) {
    const response = value?.response ?? this.original;
    this.load({ response, keep: value?.is_unchanged ? [true] : undefined });
    this.compare();
  }

  release() {
    clearTimeout(this.timer);
    super.release();
  }
}

customElements.define("gw-rewrite", RewriteWidget);
