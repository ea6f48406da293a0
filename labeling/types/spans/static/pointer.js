// Mouse and finger in the text: a drag or a native selection takes words, a click a word or a span.

const TOUCH_PAUSE_MS = 300; // the handles of a touch selection have come to rest
const CLICK_PX = 4; // further is a drag

export class Pointing {
  #pressed = null;

  constructor(widget) {
    this.widget = widget;
    widget.textPart.addEventListener("pointerdown", (event) => { this.#pressed = event; });
  }

  watch(signal) {
    document.addEventListener("pointerup", (event) => this.#released(event), { signal });
    let pause;
    document.addEventListener("selectionchange", () => {
      clearTimeout(pause);
      if (this.#pressed?.pointerType !== "mouse") pause = setTimeout(() => this.#takeNative(), TOUCH_PAUSE_MS);
    }, { signal });
  }

  #released(event) {
    const { widget } = this;
    const pressed = this.#pressed;
    if (!pressed || event.button) return;
    const moved = Math.hypot(event.clientX - pressed.clientX, event.clientY - pressed.clientY);
    if (event.pointerType === "mouse") {
      document.getSelection().removeAllRanges(); // the browser's only showed the way
      this.#pressed = null;
      if (moved > CLICK_PX) this.#dragged(pressed, event);
    } else if (this.#takeNative()) return;
    if (moved <= CLICK_PX && widget.textPart.contains(event.target)) this.#clicked(event);
  }

  #dragged(from, to) {
    const { widget } = this;
    const [one, other] = [from, to].map(({ clientX, clientY }) => widget.text.offsetAt(clientX, clientY));
    if (one == null || other == null || one === other) return;
    const range = { start: Math.min(one, other), end: Math.max(one, other) };
    const found = to.altKey ? widget.text.trim(range) : widget.text.snap(range);
    if (found) widget.point(found);
  }

  /** Make the selection of a finger ours. It stays, so that its handles can be dragged on. */
  #takeNative() {
    const { widget } = this;
    const selection = document.getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return false;
    const range = selection.getRangeAt(0);
    const [start, end] = [widget.text.offset(range.startContainer, range.startOffset), widget.text.offset(range.endContainer, range.endOffset)];
    if (start == null || end == null) return false;
    const found = widget.text.snap({ start, end });
    if (found) widget.point(found);
    return Boolean(found);
  }

  #clicked({ clientX, clientY, shiftKey }) {
    const { widget } = this;
    const offset = widget.overlay.offsetUnder(clientX, clientY);
    if (offset == null) { if (!widget.relating) widget.letGo(); return; }
    const here = widget.state.spans.filter((span) => span.start <= offset && offset < span.end).sort((one, other) => one.end - one.start - (other.end - other.start));
    if (widget.relating) { if (here.length) widget.link(here[0].id); return; }
    const unit = widget.text.stopAt(offset);
    if (shiftKey && widget.cursor && unit) { widget.point(unit, widget.cursor.anchor); return; }
    const next = here[here.findIndex((span) => span.id === widget.selected) + 1];
    if (next) widget.select(next.id); // once more for the span around it, and then for the word
    else if (unit) widget.point(unit);
  }
}
