// Several answers under one text: each has a lane of its own below the line, in its colour, and says what it marked.

const STEP = 5; // pixels from lane to lane
const FREE = 3; // lanes that fit below a line as it is

export class Lanes {
  #layers = [];
  #against = null;

  constructor(widget) {
    this.widget = widget;
    this.host = widget.part("document");
    this.place = document.createElement("div");
    this.place.className = "lanes";
    this.place.ariaHidden = "true";
    this.host.append(this.place);
    this.observer = new ResizeObserver(() => this.draw());
    this.observer.observe(this.host);
  }

  show(layers, against) {
    this.#layers = layers;
    this.#against = against && new Set(against.annotations.map(key));
    const extra = Math.max(0, layers.length - FREE) * STEP;
    this.widget.textPart.style.lineHeight = extra ? `calc(1.75em + ${extra}px)` : "";
    this.draw();
  }

  draw() {
    const { host, widget } = this;
    if (!host.isConnected) return;
    const box = host.getBoundingClientRect();
    const [left, top] = [box.left + host.clientLeft - host.scrollLeft, box.top + host.clientTop - host.scrollTop];
    const marks = this.#layers.flatMap(({ value, color, name, isFaded, isNamed }, lane) => this.#shown(value).flatMap((each) => {
      const { points } = widget.text;
      const rects = [...widget.text.range({ start: points.toUnits(each.start), end: points.toUnits(each.end) }).getClientRects()];
      const bars = rects.map((rect) => bar(rect.left - left, rect.bottom - top + lane * STEP - 2, rect.width, color, isFaded));
      if (isNamed && rects.length) bars.push(word(rects[0].left - left, rects[0].top - top - 8, `${name} ${widget.schema.label(each.label)?.label ?? each.label}`, color));
      return bars;
    }));
    this.place.replaceChildren(...marks);
  }

  #shown(value) {
    const all = value?.annotations ?? [];
    return this.#against ? all.filter((each) => !this.#against.has(key(each))) : all;
  }

  release() { this.observer.disconnect(); }
}

const key = ({ start, end, label }) => `${start}:${end}:${label}`;

function bar(x, y, width, color, isFaded) {
  const element = document.createElement("span");
  element.className = "lane";
  Object.assign(element.style, { left: `${x}px`, top: `${y}px`, width: `${width}px`, background: color, opacity: isFaded ? "0.25" : "1" });
  return element;
}

function word(x, y, text, color) {
  const element = document.createElement("span");
  element.className = "lane-name";
  element.textContent = text;
  Object.assign(element.style, { left: `${x}px`, top: `${y}px`, color });
  return element;
}
