// Mouse, pen and touch over the picture: draw, select, drag handles; what is none of these moves the picture.
import { apart, dragged, handles, hits, moved, toSegment } from "./shapes.js";

const ERASER = 5; // what a turned pen says for its button

export class Pointer {
  #pen = null;
  #held = null; // the pointer that draws or edits
  #drag = null;
  #space = false;

  constructor(canvas, widget) {
    this.widget = widget;
    canvas.addEventListener("pointerdown", (event) => this.#down(event));
    canvas.addEventListener("pointermove", (event) => this.#move(event));
    for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, (event) => this.#up(event, name));
    canvas.addEventListener("dblclick", () => widget.close());
    // a quick stroke is no fling to the browser then, which would swallow the tap on a button right after it
    canvas.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
    this.canvas = canvas;
    widget.addEventListener("keydown", (event) => this.#key(event, true));
    widget.addEventListener("keyup", (event) => this.#key(event, false));
  }

  #key(event, down) {
    if (event.key !== " " || event.target.closest("form, .stage-tools, .shape-tools, .brush-bar, .page-bar")) return;
    event.preventDefault();
    const { widget } = this;
    if (!widget.paints || !widget.armed) this.#space = down;
    else if (down && !event.repeat) widget.place(widget.cursor, true);
  }

  #down(event) {
    const { widget } = this;
    if (event.pointerType === "pen") this.#penDown(event);
    if (event.pointerType === "touch" && this.#pen !== null) return event.stopPropagation(); // the palm
    if (this.#held && this.#held.pointerId !== event.pointerId) return this.#pinch(event);
    widget.part("document").focus({ preventScroll: true });
    const turned = event.button === ERASER && widget.paints; // the pen's other end
    if (event.button !== 0 && !turned || this.#space || widget.readonly) return;
    const at = widget.viewport.toPicture(event);
    if (widget.linking) return this.#linkTo(at, event);
    const drag = widget.tool === "select" || event.ctrlKey ? this.#grab(at, event) : { draws: true };
    if (!drag) return;
    event.stopPropagation();
    if (drag.draws && widget.paints) {
      drag.draws = false;
      drag.paints = widget.paintFrom(at, turned || undefined);
    }
    this.canvas.setPointerCapture(event.pointerId);
    this.#held = event;
    this.#drag = { ...drag, from: at };
    if (drag.draws) {
      this.#drag.fresh = !widget.drawing?.points.length;
      widget.place(at);
    }
  }

  /** What the hand began before its pen came down was no drawing. */
  #penDown(event) {
    this.#pen = event.pointerId;
    this.widget.viewport.letGo();
    if (this.#held?.pointerType !== "touch") return;
    this.widget.cancel();
    this.#held = this.#drag = null;
  }

  #slack(event) { return (event.pointerType === "touch" ? 22 : 8) / this.widget.viewport.scale; }
  #under(at, event) { return this.widget.regions.findLast((region) => !region.hidden && hits(region.shape, at, this.#slack(event))); }

  /** A click takes the other end of the link, one more sets it. */
  #linkTo(at, event) {
    event.stopPropagation();
    const { widget } = this;
    const found = this.#under(at, event);
    if (found && found === widget.linking.to) widget.setLink();
    else if (found) widget.select(found);
  }

  #grab(at, event) {
    const { widget } = this;
    const slack = this.#slack(event);
    const { selected } = widget;
    if (selected && !selected.locked && !selected.hidden) {
      const near = handles(selected.shape, widget.handleOptions()).filter((each) => apart(each, at) <= slack).sort((a, b) => apart(a, at) - apart(b, at))[0];
      if (near && event.altKey && near.vertex !== undefined) return widget.removeVertex(near.vertex), null;
      if (near) return { handle: near, region: selected };
      const edge = event.altKey && selected.shape.vertices?.findIndex((point, n, all) => n && toSegment(at, all[n - 1], point) <= slack);
      if (edge > 0) return widget.insertVertex(edge, at), null;
    }
    const found = this.#under(at, event);
    widget.select(found ?? null);
    return found && !found.locked ? { region: found } : null;
  }

  #pinch(event) {
    const { widget } = this;
    if (this.#drag?.fresh || this.#drag?.paints) widget.cancel();
    widget.editing = null;
    widget.surface.draw();
    widget.viewport.hold(this.#held);
    this.#held = this.#drag = null;
    return event;
  }

  #move(event) {
    const { widget } = this;
    if (event.pointerType === "touch" && this.#pen !== null) return event.stopPropagation();
    const at = widget.viewport.toPicture(event);
    widget.hover(widget.grid.inside(at));
    if (this.#held?.pointerId !== event.pointerId) return;
    event.stopPropagation();
    const { region, handle, from, paints } = this.#drag;
    if (paints) return this.#paint(event);
    if (!region) return;
    const first = !widget.editing;
    const shape = handle ? dragged(region.shape, handle, at, widget.grid) : moved(region.shape, at.x - from.x, at.y - from.y, widget.grid);
    widget.editing = { ...region, shape };
    if (first) widget.surface.draw();
    else widget.surface.drawMarks();
  }

  /** Also where the pointer was between two frames. */
  #paint(event) {
    const { widget } = this;
    const all = event.getCoalescedEvents?.() ?? [];
    for (const each of all.length ? all : [event]) widget.paintTo(widget.viewport.toPicture(each));
    widget.surface.drawMarks();
  }

  #up(event, name) {
    const { widget } = this;
    if (this.#pen === event.pointerId) this.#pen = null;
    if (this.#held?.pointerId !== event.pointerId) return;
    const { draws, fresh, from, paints } = this.#drag;
    this.#held = this.#drag = null;
    if (paints) return name === "pointercancel" ? widget.cancel() : widget.paintEnd();
    const { editing } = widget;
    widget.editing = null;
    if (name === "pointercancel") return widget.cancel();
    if (editing) return widget.change(editing);
    const at = widget.viewport.toPicture(event);
    const wide = apart(from, at) * widget.viewport.scale > 4;
    if (draws && fresh && wide && widget.drawing?.tool.drags) widget.place(at);
  }
}
