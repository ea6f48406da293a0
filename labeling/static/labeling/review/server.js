// Talks to the server about reviews, and holds verdicts until they have arrived: a lost connection loses none.

const PATIENCE_MS = 20_000;
const LEFT = "groundwork-reviews-left";
const RETRY_MS = [500, 1000, 2000, 5000, 10_000];

/** The server understood, and will not do it. */
export class Refused extends Error {
  constructor(status, body) {
    const told = (body?.errors ?? body?.problems ?? []).map(({ message }) => message).filter(Boolean);
    super(told.join("; ") || body?.detail || String(status));
    this.status = status;
  }
}

function cookie(name) {
  return document.cookie.split("; ").find((each) => each.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";
}

export class Server {
  #sending = 0;
  /** Reviews whose verdict is on its way: the server does not know it yet, and must not take them for forgotten. */
  undecided = new Set();
  onState = () => {};
  onSignedOut = () => {};

  constructor(config) {
    this.config = config;
    addEventListener("beforeunload", (event) => { if (this.#sending) event.preventDefault(); });
  }

  get sending() { return this.#sending; }

  /** Take up to `want` more tasks of the list; `have` are those on this page. */
  next({ want, have }) {
    return this.#post(this.config.nextUrl, { ...this.config.list, want, have });
  }

  /** Sent again until the server has said yes or no. */
  decide(id, decision) {
    this.undecided.add(id);
    return this.#untilHeard(`/api/v1/reviews/${id}/decide`, decision).finally(() => this.undecided.delete(id));
  }

  undo(id) {
    return this.#untilHeard(`/api/v1/reviews/${id}/undo`, {});
  }

  preferences(changes) {
    return this.#post(this.config.preferencesUrl, changes, "PATCH");
  }

  /** Give tasks back while the page goes away. That may arrive later than what the same tab asks for next, as after a
   *  reload: so the tab remembers them, and `arrive` gives them back before it asks. */
  leave(reviews) {
    if (!reviews.length) return;
    sessionStorage.setItem(LEFT, JSON.stringify(reviews));
    this.#send(this.config.leaveUrl, { reviews }, { keepalive: true }).catch(() => {});
  }

  /** Give back what this tab had on its page before, if that has not been done yet. Twice does no harm. */
  async arrive() {
    const reviews = JSON.parse(sessionStorage.getItem(LEFT) ?? "[]");
    sessionStorage.removeItem(LEFT);
    if (reviews.length) await this.#post(this.config.leaveUrl, { reviews }).catch((error) => console.warn("not given back", error));
  }

  async #untilHeard(url, body) {
    this.#sending += 1;
    this.onState("sending");
    try {
      for (let tries = 0; ; tries += 1) {
        try {
          return await this.#post(url, body);
        } catch (error) {
          if (error instanceof Refused && ![401, 403, 429, 502, 503, 504].includes(error.status)) throw error;
          if (error.status === 401) this.onSignedOut();
          this.onState("offline");
          await new Promise((done) => setTimeout(done, RETRY_MS[Math.min(tries, RETRY_MS.length - 1)]));
        }
      }
    } finally {
      this.#sending -= 1;
      this.onState(this.#sending ? "sending" : "saved");
    }
  }

  async #post(url, body, method = "POST") {
    const response = await this.#send(url, body, { method, signal: AbortSignal.timeout(PATIENCE_MS) });
    const told = await response.json().catch(() => null);
    if (!response.ok) throw new Refused(response.status, told);
    return told;
  }

  #send(url, body, options) {
    const headers = { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": cookie("csrftoken"), "X-Language": document.documentElement.lang };
    return fetch(url, { method: "POST", headers, body: JSON.stringify(body), credentials: "same-origin", ...options });
  }
}
