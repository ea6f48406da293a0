import { WritingWidget } from "../../labeling/engine/writing.js";

/** An answer to a prompt, written. */
export default class ResponseWidget extends WritingWidget {
  value() {
    return { response: this.text };
  }

  restore(value) {
    this.load({ response: value?.response || undefined });
  }
}

customElements.define("gw-response", ResponseWidget);
