// Two canvases over the picture: the shapes, redrawn when they change, and the marks of what is being done, on every move.
import { bounds, handles, outline, trace } from "./shapes.js";

const MANY = 300; // above so many shapes, fills and names cost more than they tell

export class Surface {
  #asked = false;

  constructor(viewport, widget) {
    this.viewport = viewport;
    this.widget = widget;
    [this.shapes, this.marks] = ["shapes", "marks"].map((name) => {
      const canvas = document.createElement("canvas");
      canvas.className = `stage-layer stage-${name}`;
      canvas.ariaHidden = "true";
      viewport.canvas.parentElement.insertBefore(canvas, viewport.tools);
      return canvas;
    });
    viewport.onPlace = () => this.draw();
  }

  /** Draw everything in the next frame. */
  draw() {
    if (this.#asked) return;
    this.#asked = true;
    requestAnimationFrame(() => {
      this.#asked = false;
      this.#drawShapes();
      this.drawMarks();
    });
  }

  #begin(canvas) {
    const { clientWidth: width, clientHeight: height } = this.viewport.stage;
    const ratio = devicePixelRatio || 1;
    const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
    const context = canvas.getContext("2d");
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, w, h);
    const { scale, x, y } = this.viewport;
    context.setTransform(ratio * scale, 0, 0, ratio * scale, ratio * x, ratio * y);
    return context;
  }

  #drawShapes() {
    const context = this.#begin(this.shapes);
    const { scale } = this.viewport;
    const shown = this.widget.regions.filter((region) => !region.hidden && region.id !== this.widget.editing?.id);
    for (const label of this.widget.config.labels) {
      const mine = shown.filter((region) => region.shape.label === label.value);
      const color = this.widget.colors[label.value];
      for (const suggested of [false, true]) { // what is only suggested is dashed
        const path = new Path2D();
        for (const region of mine) if (Boolean(region.suggested) === suggested) trace(path, region.shape, 4 / scale, label.skeleton);
        context.lineWidth = 3.5 / scale;
        context.strokeStyle = "#000a";
        context.stroke(path);
        context.setLineDash(suggested ? [7 / scale, 5 / scale] : []);
        context.lineWidth = 2 / scale;
        context.strokeStyle = color;
        context.stroke(path);
        context.setLineDash([]);
      }
      if (shown.length > MANY) continue;
      for (const { shape } of mine) this.#name(context, shape, label, color);
    }
  }

  #name(context, shape, label, color) {
    const { scale } = this.viewport;
    const at = bounds(shape);
    context.save();
    context.translate(at.left, at.top);
    context.scale(1 / scale, 1 / scale);
    context.font = "600 12px system-ui, sans-serif";
    const text = label.label;
    const wide = context.measureText(text).width + 10;
    context.fillStyle = color;
    context.fillRect(-1, -19, wide, 18);
    context.fillStyle = this.widget.inkOn(color);
    context.fillText(text, 4, -6);
    context.restore();
  }

  drawMarks() {
    const context = this.#begin(this.marks);
    const { widget, viewport: { scale } } = this;
    const selected = widget.editing ?? widget.selected;
    if (selected && !selected.hidden) {
      this.#line(context, selected.shape, true);
      if (!selected.locked) for (const handle of handles(selected.shape, widget.handleOptions())) {
        context.fillStyle = "#fff";
        context.strokeStyle = "#0b57ff";
        context.lineWidth = 2 / scale;
        context.beginPath();
        if (handle.turns) context.arc(handle.x, handle.y, 6 / scale, 0, 7);
        else context.rect(handle.x - 5 / scale, handle.y - 5 / scale, 10 / scale, 10 / scale);
        context.fill();
        context.stroke();
      }
    }
    const preview = widget.drawing?.preview(widget.cursor);
    if (preview && outline(preview).length) this.#line(context, preview, false);
    if (widget.tool !== "select" && widget.cursor) this.#crosshair(context, widget.cursor);
  }

  #line(context, shape, dashed) {
    const { scale } = this.viewport;
    const path = new Path2D();
    trace(path, shape, 4 / scale);
    context.setLineDash([]);
    context.lineWidth = 4 / scale;
    context.strokeStyle = "#0b57ff";
    context.stroke(path);
    context.lineWidth = 2 / scale;
    context.strokeStyle = "#fff";
    context.setLineDash(dashed ? [6 / scale, 4 / scale] : []);
    context.stroke(path);
    context.setLineDash([]);
  }

  #crosshair(context, { x, y }) {
    const { scale, bitmap } = this.viewport;
    for (const [color, width] of [["#000a", 3], ["#fff", 1]]) {
      context.lineWidth = width / scale;
      context.strokeStyle = color;
      context.beginPath();
      context.moveTo(0, y);
      context.lineTo(bitmap.width, y);
      context.moveTo(x, 0);
      context.lineTo(x, bitmap.height);
      context.stroke();
    }
  }
}
