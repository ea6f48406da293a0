// A large picture in pieces: the tiles in sight, as sharp as the zoom asks for, fetched by byte range and kept for a while.
const AT_ONCE = 4;
const KEPT = 64; // tiles of 4 MB each when decoded
const TRIES = 3;
const ENLARGED = 1.25; // a level serves while its pixels are enlarged no more than this

/** One tile of the file, decoded. Number 0 is the overview. */
export async function fetchTile({ url, ends }, number, signal) {
  const [start, end] = [ends[number - 1] ?? 0, ends[number]];
  const response = await fetch(url, { signal, credentials: "same-origin", headers: { Range: `bytes=${start}-${end - 1}` } });
  if (!response.ok) throw new Error(`tile ${number}: ${response.status}`);
  const blob = await response.blob();
  return createImageBitmap(response.status === 206 ? blob : blob.slice(start, end));
}

export class Tiles {
  #bitmaps = new Map(); // by number, the one used last at the end
  #asked = new Map();
  #stop = new AbortController();
  #failures = new Map();
  #frame = false;

  constructor(viewport, pack) {
    this.viewport = viewport;
    this.pack = pack;
    let first = 1;
    this.levels = pack.sizes.map(([width, height], n) => {
      const columns = Math.ceil(width / pack.side);
      const level = { factor: 2 ** (pack.sizes.length - 1 - n), columns, rows: Math.ceil(height / pack.side), first };
      if (n) first += columns * level.rows;
      return level;
    });
    this.canvas = document.createElement("canvas");
    this.canvas.className = "stage-layer stage-tiles";
    this.canvas.ariaHidden = "true";
  }

  /** Draw what is in sight in the next frame, and fetch what is missing of it. */
  draw() {
    if (this.#frame) return;
    this.#frame = true;
    requestAnimationFrame(() => {
      this.#frame = false;
      if (!this.#stop.signal.aborted) this.#draw();
    });
  }

  #draw() {
    const { stage, scale, x, y } = this.viewport;
    const ratio = devicePixelRatio || 1;
    const [width, height] = [Math.round(stage.clientWidth * ratio), Math.round(stage.clientHeight * ratio)];
    if (this.canvas.width !== width || this.canvas.height !== height) Object.assign(this.canvas, { width, height });
    const context = this.canvas.getContext("2d");
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, width, height);
    const level = this.levels.find((each) => each.factor * scale * ratio <= ENLARGED) ?? this.levels.at(-1);
    if (level === this.levels[0]) return this.#fetch([]);
    context.setTransform(ratio * scale, 0, 0, ratio * scale, ratio * x, ratio * y);
    context.imageSmoothingEnabled = scale <= 3;
    const wanted = this.#inSight(level, { left: -x / scale, top: -y / scale, right: (stage.clientWidth - x) / scale, bottom: (stage.clientHeight - y) / scale });
    for (const { number, left, top } of wanted) {
      const bitmap = this.#bitmaps.get(number);
      if (!bitmap) continue;
      this.#bitmaps.delete(number);
      this.#bitmaps.set(number, bitmap);
      context.drawImage(bitmap, left, top, bitmap.width * level.factor, bitmap.height * level.factor);
    }
    this.canvas.dataset.missing = wanted.filter(({ number }) => !this.#bitmaps.has(number)).length;
    this.#fetch(wanted);
  }

  /** From the middle outwards. */
  #inSight({ factor, columns, rows, first }, { left, top, right, bottom }) {
    const step = this.pack.side * factor;
    const found = [];
    for (let row = Math.max(0, Math.floor(top / step)); row < Math.min(rows, Math.ceil(bottom / step)); row++)
      for (let column = Math.max(0, Math.floor(left / step)); column < Math.min(columns, Math.ceil(right / step)); column++)
        found.push({ number: first + row * columns + column, left: column * step, top: row * step });
    const off = (tile) => Math.hypot(tile.left + step / 2 - (left + right) / 2, tile.top + step / 2 - (top + bottom) / 2);
    return found.sort((a, b) => off(a) - off(b));
  }

  #fetch(wanted) {
    const numbers = new Set(wanted.map(({ number }) => number));
    for (const [number, asked] of this.#asked) if (!numbers.has(number)) asked.abort();
    for (const number of numbers) {
      if (this.#asked.size >= AT_ONCE) return;
      const given = this.#bitmaps.has(number) || this.#asked.has(number) || this.#failures.get(number) >= TRIES;
      if (!given) this.#ask(number);
    }
  }

  async #ask(number) {
    const asked = new AbortController();
    this.#asked.set(number, asked);
    try {
      this.#keep(number, await fetchTile(this.pack, number, AbortSignal.any([asked.signal, this.#stop.signal])));
    } catch (error) {
      if (error.name !== "AbortError") this.#failures.set(number, (this.#failures.get(number) ?? 0) + 1); // the overview shows there
    } finally {
      this.#asked.delete(number);
    }
    this.draw();
  }

  #keep(number, bitmap) {
    if (this.#stop.signal.aborted) return bitmap.close();
    this.#bitmaps.set(number, bitmap);
    for (const [oldest, old] of this.#bitmaps) {
      if (this.#bitmaps.size <= KEPT) break;
      old.close();
      this.#bitmaps.delete(oldest);
    }
  }

  release() {
    this.#stop.abort();
    for (const bitmap of this.#bitmaps.values()) bitmap.close();
    this.#bitmaps.clear();
  }
}
