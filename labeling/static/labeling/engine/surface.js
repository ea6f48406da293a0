// Two canvases over the picture: the shapes, redrawn when they change, and the marks of what is being done, on every move.
import { bounds, handles, outline, trace } from "./shapes.js";

const MANY = 300; // above so many shapes, fills and names cost more than they tell, and only what changed is drawn anew
const MOST_CHANGED = 20;
const PAD = 8; // beyond a shape's corners, on the screen: the width of lines and dots
const EVERYWHERE = {};
const STRIPE = 2.5; // how much wider, on the screen, the line of each answer below another one is
const MOST_WIDER = 10;

const meet = (a, b) => a.left <= b.right && a.right >= b.left && a.top <= b.bottom && a.bottom >= b.top;

export class Surface {
  #asked = false;
  #drawn = null; // what the shapes' canvas shows: { regions, view }

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
    context.save();
    return context;
  }

  /** Several answers over each other, each in its own colour and with its letter. */
  #drawLayers(layers) {
    this.#drawn = null;
    const context = this.#begin(this.shapes);
    layers.forEach(({ regions, color, name, isFaded, isNamed, isConsensus }, place) => {
      context.globalAlpha = isFaded ? 0.25 : 1;
      const wider = Math.min(MOST_WIDER, STRIPE * (layers.length - 1 - place)); // equal shapes show as stripes
      for (const label of this.widget.config.labels) this.#stroke(context, regions.filter(({ shape }) => shape.label === label.value), label, color, isConsensus, wider);
      if (isFaded || regions.length > MANY) return;
      for (const { shape } of regions) this.#name(context, shape, { label: isNamed ? `${name} ${this.widget.labelOf(shape).label}` : name }, color, isNamed ? 0 : place * 22);
    });
    context.restore();
  }

  #drawShapes() {
    if (this.widget.layers) return this.#drawLayers(this.widget.layers);
    const shown = this.widget.regions.filter((region) => !region.hidden && region.id !== this.widget.editing?.id);
    const { colors } = this.widget;
    const { stage, scale, x, y } = this.viewport;
    const view = [stage.clientWidth, stage.clientHeight, devicePixelRatio, scale, x, y, ...Object.values(colors)].join();
    const area = shown.length > MANY && this.#drawn?.view === view ? this.#changed(shown) : EVERYWHERE;
    this.#drawn = { regions: shown, view };
    if (!area) return;
    const context = area === EVERYWHERE ? this.#begin(this.shapes) : this.#clear(area);
    const there = area === EVERYWHERE ? shown : shown.filter(({ shape }) => meet(bounds(shape), area));
    for (const label of this.widget.config.labels) {
      const mine = there.filter((region) => region.shape.label === label.value);
      for (const suggested of [false, true]) this.#stroke(context, mine.filter((region) => Boolean(region.suggested) === suggested), label, colors[label.value], suggested);
      if (shown.length > MANY) continue;
      for (const { shape } of mine) this.#name(context, shape, label, colors[label.value]);
    }
    context.restore();
  }

  /** The part of the picture where the shapes differ from those drawn, or null. */
  #changed(shown) {
    const before = new Set(this.#drawn.regions);
    const now = new Set(shown);
    const differ = [...this.#drawn.regions.filter((region) => !now.has(region)), ...shown.filter((region) => !before.has(region))];
    if (differ.length > MOST_CHANGED) return EVERYWHERE;
    const kept = this.#drawn.regions.filter((region) => now.has(region));
    if (shown.filter((region) => before.has(region)).some((region, n) => region !== kept[n])) return EVERYWHERE; // another order
    if (!differ.length) return null;
    const pad = PAD / this.viewport.scale;
    const sides = differ.map(({ shape }) => bounds(shape));
    const [left, top] = ["left", "top"].map((side) => Math.min(...sides.map((each) => each[side])) - pad);
    const [right, bottom] = ["right", "bottom"].map((side) => Math.max(...sides.map((each) => each[side])) + pad);
    return { left, top, right, bottom };
  }

  /** Empty a part of the shapes' canvas and draw only there, to whole pixels: a clip between two leaves seams. */
  #clear({ left, top, right, bottom }) {
    const context = this.shapes.getContext("2d");
    context.save();
    const { a, e, f } = context.getTransform();
    const [x, y] = [Math.floor(left * a + e), Math.floor(top * a + f)];
    const [width, height] = [Math.ceil(right * a + e) - x, Math.ceil(bottom * a + f) - y];
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.beginPath();
    context.rect(x, y, width, height);
    context.clip();
    context.clearRect(x, y, width, height);
    context.setTransform(a, 0, 0, a, e, f);
    return context;
  }

  /** Shapes of a label: dark below, the colour above, dashed for what is only suggested. Upright boxes go singly, which is far quicker than one path. */
  #stroke(context, regions, label, color, dashed, wider = 0) {
    if (!regions.length) return;
    const { scale } = this.viewport;
    const isUpright = ({ type, rotation }) => type === "box" && !rotation;
    const path = new Path2D();
    for (const { shape } of regions) if (!isUpright(shape)) trace(path, shape, 4 / scale, label.skeleton);
    for (const [width, style] of [[3.5, "#000a"], [2, color]]) {
      context.lineWidth = (width + wider) / scale;
      context.strokeStyle = style;
      context.setLineDash(dashed && style === color ? [7 / scale, 5 / scale] : []);
      context.stroke(path);
      for (const { shape } of regions) if (isUpright(shape)) context.strokeRect(shape.left, shape.top, shape.width, shape.height);
    }
    context.setLineDash([]);
  }

  #name(context, shape, label, color, aside = 0) {
    const { scale } = this.viewport;
    const at = bounds(shape);
    context.save();
    context.translate(at.left, at.top);
    context.scale(1 / scale, 1 / scale);
    context.font = "600 12px system-ui, sans-serif";
    const text = label.label;
    const wide = context.measureText(text).width + 10;
    context.fillStyle = color;
    context.translate(aside, 0);
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
    context.restore();
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
