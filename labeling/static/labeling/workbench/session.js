// Talks to the server. Turns replies into values or into one of these errors; decides nothing.

export class SignedOut extends Error {}
export class Unreachable extends Error {}
export class Wait extends Error {
  constructor(seconds) {
    super(`wait ${seconds} s`);
    this.seconds = seconds;
  }
}

/** The server has read it and will not have it: sending it once more changes nothing. */
export class Refused extends Error {
  constructor(status, reason) {
    super(reason || `status ${status}`);
    Object.assign(this, { status, reason });
  }
}

const PATIENCE_MS = 20_000;
const SLOWEST = 25; // bytes in a millisecond that a large body is given time for
const REFUSALS = [400, 413, 422];
const MOST_KEPT_ALIVE = 60_000; // bytes a browser sends for a page that is going away; of more it sends nothing

export function cookie(name) {
  return document.cookie.split("; ").find((each) => each.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";
}

/** Half of a surrogate pair, pasted from somewhere, is no JSON for a server: it would refuse the answers beside it too. */
const whole = (_key, value) => (typeof value === "string" ? value.toWellFormed?.() ?? value : value);

export const written = (body) => JSON.stringify(body, whole);
export const sizeOf = (text) => new Blob([text]).size;

export class Session {
  #asOf = null; // the server's time of the last reply

  constructor(config) {
    this.config = config;
  }

  async exchange(body) {
    const reply = await this.#call("POST", this.config.exchangeUrl, body);
    this.#asOf = reply.now ?? null;
    return reply;
  }

  history() {
    return this.#call("GET", this.config.historyUrl);
  }

  /** The one standing answer with this id, or the newest before it. */
  answer(id) {
    return this.#call("GET", `${this.config.historyUrl}?before=${id + 1}&limit=1`);
  }

  preferences(changes) {
    return this.#call("PATCH", this.config.preferencesUrl, changes);
  }

  /** One's answers that a reviewer returned. */
  returned() {
    return this.#call("GET", "/api/v1/work/returned");
  }

  /** A large draft of a page that goes away: sent all the same, as the page may only be out of sight. */
  draft(assignment, seq, value, { leaving = false, signal } = {}) {
    const text = written({ seq, value });
    return this.#call("PUT", `/api/v1/assignments/${assignment}/draft`, text, { keepalive: leaving && sizeOf(text) <= MOST_KEPT_ALIVE, signal });
  }

  /** Give tasks back while the page goes away: nobody waits for the reply. Not those that its next load received meanwhile. */
  leave(returns) {
    const body = { ...this.#empty(), returns, ...(this.#asOf && { as_of: this.#asOf }) };
    if (returns.length) this.#send("POST", this.config.exchangeUrl, written(body), { keepalive: true }).catch(() => {});
  }

  #empty() {
    return { answers: [], skips: [], returns: [], want: 0, have: [] };
  }

  #send(method, url, body, options = {}) {
    const headers = { Accept: "application/json", "X-CSRFToken": cookie("csrftoken"), "X-Language": document.documentElement.lang };
    if (body) headers["Content-Type"] = "application/json";
    return fetch(url, { method, headers, body, credentials: "same-origin", ...options });
  }

  async #call(method, url, body, { keepalive = false, again = false, signal } = {}) {
    const text = body && (typeof body === "string" ? body : written(body));
    const patience = AbortSignal.timeout(PATIENCE_MS + (text?.length ?? 0) / SLOWEST);
    let response;
    try {
      response = await this.#send(method, url, text, { keepalive, signal: signal && AbortSignal.any ? AbortSignal.any([signal, patience]) : patience });
    } catch (error) {
      throw new Unreachable(String(error));
    }
    if (response.ok) return response.status === 204 ? null : response.json();
    if (response.status === 401) throw new SignedOut();
    if (response.status === 403 && !again) {
      await this.#freshToken();
      return this.#call(method, url, text, { keepalive, again: true, signal });
    }
    if (response.status === 403) throw new SignedOut();
    if (REFUSALS.includes(response.status)) throw new Refused(response.status, await reasonOf(response));
    if ([409, 429, 502, 503, 504].includes(response.status)) throw new Wait(Number(response.headers.get("Retry-After")) || 0);
    throw new Unreachable(`${method} ${url}: ${response.status}`);
  }

  async #freshToken() {
    await fetch(location.href, { credentials: "same-origin" }).catch(() => {});
  }
}

/** Why, in the server's words; "" if it has none. */
async function reasonOf(response) {
  try {
    return (await response.json()).detail ?? "";
  } catch {
    return ""; // a page of some server before ours
  }
}
