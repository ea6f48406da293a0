// A text that is written under length rules, beside a prompt.
import { number, say } from "../text.js";
import { promptPane } from "./panes.js";
import { QuestionsWidget } from "./questions.js";

export class WritingWidget extends QuestionsWidget {
  ask() {
    this.dataset.writes = "";
    const element = this.part("document");
    element.classList.add("panes");
    element.tabIndex = -1;
    const prompt = promptPane(this.task.item);
    if (prompt) element.append(prompt);
    super.ask();
  }

  questions() {
    return [{ id: "response", label: gettext("Response"), note: this.config.hint, kind: "text", required: true, rows: 12 }];
  }

  get field() { return this.asked[0]; }
  get text() { return (this.state.response ?? "").trim(); }

  actions() {
    return [{ id: "write", key: "W", label: gettext("Write"), group: gettext("Answer"), run: () => this.focusOn(this.field) }];
  }

  activate() {
    this.focusOn(this.field);
  }

  counts() {
    return { chars: [...this.text].length, words: this.text ? this.text.split(/\s+/u).length : 0 };
  }

  shown() {
    const { chars, words } = this.counts();
    this.part("count").textContent = say("%(chars)s characters, %(words)s words. Ctrl+Enter submits.", { chars: number(chars), words: number(words) });
  }

  problemOf(each) {
    if (each !== this.field) return super.problemOf(each);
    const { chars, words } = this.counts();
    const { min_chars: least, max_chars: most, min_words: fewest, max_words: greatest } = this.config;
    if (chars < least) return say("write at least %(count)s characters", { count: number(least) });
    if (chars > most) return say("write at most %(count)s characters", { count: number(most) });
    if (words < fewest) return say("write at least %(count)s words", { count: number(fewest) });
    if (words > greatest) return say("write at most %(count)s words", { count: number(greatest) });
    return "";
  }
}
