// Undo and redo: every change of an answer is a command that knows its way back.

export class History {
  #done = [];
  #undone = [];

  /** @param {{ apply: () => void, invert: () => void }} command */
  run(command) {
    command.apply();
    this.#done.push(command);
    this.#undone = [];
  }

  /** Whether this command is the last that was done, with nothing undone since. */
  isLast(command) {
    return this.#done.at(-1) === command && !this.#undone.length;
  }

  /** @returns {boolean} whether there was something to undo */
  undo() {
    const command = this.#done.pop();
    if (!command) return false;
    command.invert();
    this.#undone.push(command);
    return true;
  }

  redo() {
    const command = this.#undone.pop();
    if (!command) return false;
    command.apply();
    this.#done.push(command);
    return true;
  }

  clear() {
    this.#done = [];
    this.#undone = [];
  }
}
