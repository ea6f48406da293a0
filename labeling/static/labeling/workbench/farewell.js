// The last change before a page goes away. A database's write may not be over by then; this one is, at once.

export class Farewell {
  #name;

  constructor(name) {
    this.#name = name;
  }

  /** @param {{ assignment: number, seq: number, value: object }} draft */
  keep({ assignment, seq, value }) {
    try {
      localStorage.setItem(this.#name, JSON.stringify({ assignment, seq, value }));
    } catch (error) {
      console.warn("draft too large to be kept at once", error); // the database and the server have their try
    }
  }

  /** @returns {{ assignment: number, seq: number, value: object } | null} */
  of(assignment) {
    try {
      const kept = JSON.parse(localStorage.getItem(this.#name));
      return kept?.assignment === assignment ? kept : null;
    } catch (error) {
      console.warn("what was kept cannot be read", error);
      return null;
    }
  }

  /** It is kept elsewhere, up to this sequence number, or not needed any more. */
  forget(assignment, seq = Infinity) {
    const kept = this.of(assignment);
    if (kept && kept.seq <= seq) localStorage.removeItem(this.#name);
  }
}
