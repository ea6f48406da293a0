// A picture one can zoom (wheel, pinch, buttons, keys) and move (drag, wheel with Shift or Alt, keys). Moved by CSS transform: the pixels are drawn once.
import { say } from "../text.js";
import { Tiles } from "./tiles.js";

const MOST = 16;
const STEP = 1.25;
const MARGIN = 32;
const PAN = 80;

export class Viewport {
  #pointers = new Map();
  #fitted = true;
  onPlace = () => {};
  frame = null; // the part to fit to the window: a page; null for all of the picture
  isPlaced = false; // on the page, with a size
  scale = 1;
  x = 0;
  y = 0;

  /** @param {HTMLElement} stage @param {ImageBitmap} bitmap the picture; of a `large` one (with tiles) the overview */
  constructor(stage, bitmap, { large = null, label = "" } = {}) {
    this.stage = stage;
    this.bitmap = large ? { width: large.width, height: large.height, close: () => bitmap.close() } : bitmap;
    this.factor = large ? 2 ** (large.tiles.sizes.length - 1) : 1;
    this.tiles = large && new Tiles(this, large.tiles);
    this.canvas = document.createElement("canvas");
    this.canvas.width = bitmap.width;
    this.canvas.height = bitmap.height;
    this.canvas.className = "stage-picture";
    this.canvas.setAttribute("role", "img");
    this.canvas.ariaLabel = label;
    if (bitmap.close) this.canvas.getContext("2d").drawImage(bitmap, 0, 0); // else only a size: nothing to show
    this.tools = this.#buildTools();
    stage.append(this.canvas, ...(this.tiles ? [this.tiles.canvas] : []), this.tools);
    stage.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    stage.addEventListener("pointerdown", (event) => this.#down(event));
    stage.addEventListener("pointermove", (event) => this.#move(event));
    for (const name of ["pointerup", "pointercancel"]) stage.addEventListener(name, (event) => this.#pointers.delete(event.pointerId));
    this.observer = new ResizeObserver(() => (this.#fitted ? this.fit() : this.#place()));
    this.observer.observe(stage);
  }

  #buildTools() {
    const tools = document.createElement("div");
    tools.className = "stage-tools";
    this.percent = document.createElement("output");
    const button = (text, label, run) => {
      const made = document.createElement("button");
      made.type = "button";
      made.className = "btn btn-quiet btn-icon";
      made.textContent = text;
      made.ariaLabel = label;
      made.addEventListener("click", run);
      return made;
    };
    tools.append(
      button("−", say("Zoom out"), () => this.zoomOut()), this.percent,
      button("+", say("Zoom in"), () => this.zoomIn()), button(say("Fit"), say("Fit to window"), () => this.fit()),
    );
    return tools;
  }

  #least() {
    const { clientWidth: width, clientHeight: height } = this.stage;
    return Math.min(1, width / this.bitmap.width, height / this.bitmap.height) || 1;
  }

  fit() {
    const { clientWidth: width, clientHeight: height } = this.stage;
    if (!width || !height) return;
    const { left, top, width: wide, height: high } = this.frame ?? { left: 0, top: 0, width: this.bitmap.width, height: this.bitmap.height };
    this.scale = Math.min(width / wide, height / high, 3);
    this.x = (width - wide * this.scale) / 2 - left * this.scale;
    this.y = (height - high * this.scale) / 2 - top * this.scale;
    this.#fitted = true;
    this.#place();
  }

  zoomIn() { this.zoom(STEP); }
  zoomOut() { this.zoom(1 / STEP); }

  /** Zoom by a factor, keeping the stage point (px, py) where it is; the middle unless told. */
  zoom(factor, px = this.stage.clientWidth / 2, py = this.stage.clientHeight / 2) {
    const scale = Math.min(MOST, Math.max(this.#least() / 2, this.scale * factor));
    this.x = px - (px - this.x) * (scale / this.scale);
    this.y = py - (py - this.y) * (scale / this.scale);
    this.scale = scale;
    this.#fitted = false;
    this.#place();
  }

  pan(dx, dy) {
    this.x += dx;
    this.y += dy;
    this.#fitted = false;
    this.#place();
  }

  /** Move a picture that is zoomed so that this point of it is in sight. */
  reveal({ x, y }) {
    if (this.#fitted || !this.isPlaced) return;
    const into = (at, most) => Math.min(Math.max(at, MARGIN), most - MARGIN) - at;
    const dx = into(this.x + x * this.scale, this.stage.clientWidth);
    const dy = into(this.y + y * this.scale, this.stage.clientHeight);
    if (dx || dy) this.pan(dx, dy);
  }

  #place() {
    const { clientWidth: width, clientHeight: height } = this.stage;
    if (!width || !height) return;
    const keep = 48; // some of the picture always stays in sight
    this.x = Math.min(width - keep, Math.max(keep - this.bitmap.width * this.scale, this.x));
    this.y = Math.min(height - keep, Math.max(keep - this.bitmap.height * this.scale, this.y));
    this.canvas.style.transform = `translate(${this.x}px, ${this.y}px) scale(${this.scale * this.factor})`;
    this.canvas.classList.toggle("stage-pixels", this.scale > 3);
    this.tiles?.draw();
    this.isPlaced = true;
    this.onPlace();
    this.percent.textContent = `${Math.round(this.scale * 100)} %`;
  }

  #wheel(event) {
    event.preventDefault();
    const box = this.stage.getBoundingClientRect();
    const unit = event.deltaMode === 1 ? 24 : 1;
    const amount = (event.deltaY || event.deltaX) * unit;
    if (event.shiftKey) return this.pan(-amount, 0);
    if (event.altKey) return this.pan(0, -amount);
    if (event.deltaX && !event.deltaY) return this.pan(-event.deltaX * unit, 0);
    this.zoom(Math.exp(-amount * 0.0015), event.clientX - box.left, event.clientY - box.top);
  }

  /** The point of the picture under a pointer, in its pixels. */
  toPicture(event) {
    const box = this.stage.getBoundingClientRect();
    return { x: (event.clientX - box.left - this.x) / this.scale, y: (event.clientY - box.top - this.y) / this.scale };
  }

  /** Take over a pointer that was drawing: a second finger came down. */
  hold(event) {
    this.#pointers.set(event.pointerId, event);
  }

  /** A pen came down: the fingers that move the picture are a hand. */
  letGo() {
    this.#pointers.clear();
  }

  #down(event) {
    if (![0, 1].includes(event.button) || event.target.closest(".stage-tools, .shape-tools, .brush-bar, .page-bar")) return;
    this.stage.setPointerCapture(event.pointerId);
    this.#pointers.set(event.pointerId, event);
  }

  #move(event) {
    const before = this.#pointers.get(event.pointerId);
    if (!before) return;
    if (this.#pointers.size === 2) this.#pinch(before, event);
    else if (this.#pointers.size === 1) this.pan(event.clientX - before.clientX, event.clientY - before.clientY);
    this.#pointers.set(event.pointerId, event);
  }

  #pinch(before, now) {
    const other = [...this.#pointers.values()].find((each) => each.pointerId !== now.pointerId);
    const apart = (one) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY) || 1;
    const box = this.stage.getBoundingClientRect();
    this.pan((now.clientX - before.clientX) / 2, (now.clientY - before.clientY) / 2); // as far as the point between the fingers
    this.zoom(apart(now) / apart(before), (now.clientX + other.clientX) / 2 - box.left, (now.clientY + other.clientY) / 2 - box.top);
  }

  actions() {
    const group = gettext("Picture");
    return [
      { id: "view.in", key: "+", also: ["="], label: gettext("Zoom in"), run: () => this.zoomIn(), group },
      { id: "view.out", key: "-", label: gettext("Zoom out"), run: () => this.zoomOut(), group },
      { id: "view.fit", key: "\\", label: gettext("Fit to window"), run: () => this.fit(), group },
      ...[["Left", 1, 0, gettext("left")], ["Right", -1, 0, gettext("right")], ["Up", 0, 1, gettext("up")], ["Down", 0, -1, gettext("down")]].map(
        ([name, x, y, way]) => ({ id: `view.${name}`, key: `Ctrl+Arrow${name}`, label: `${gettext("See more of the picture")}: ${way}`, run: () => this.pan(x * PAN, y * PAN), group })),
    ];
  }

  /** A CSS filter over the picture alone. */
  look(filter) {
    for (const canvas of [this.canvas, this.tiles?.canvas]) if (canvas) canvas.style.filter = filter;
  }

  release() {
    this.tiles?.release();
    this.observer.disconnect();
    this.bitmap.close?.();
  }
}
