// Linking shapes: R begins at the chosen one, J and K or a click take the other end, Enter sets the link, Escape leaves.
import { say } from "../text.js";
import { linkText, Linking } from "./links.js";
import { ShapePainting } from "./shape_painting.js";

export class ShapeLinking extends ShapePainting {
  linking = null;

  /** Begin a link, or go on to the next kind of it. */
  link() {
    if (this.readonly || !this.kinds.length) return;
    if (!this.selected) return this.fire("announce", { text: say("Choose a region first.") });
    if (this.linking) this.linking.nextKind();
    else {
      const linking = new Linking(this.selected, this.kinds);
      if (!linking.kinds.length) return this.fire("announce", { text: say("No link may begin here.") });
      if (this.tool !== "select") this.pick("select", false);
      this.linking = linking;
      this.part("document").focus({ preventScroll: true });
    }
    if (!this.linking.to || !this.linking.fits(this.linking.to)) this.linking.step(this.regions, 1);
    this.#tell();
  }

  #tell() {
    const { to, kind } = this.linking;
    this.surface.draw();
    this.linkList.update();
    this.fire("announce", { text: to ? `${kind.label}: ${this.describe(to)}` : say("Nothing here fits the other end.") });
  }

  /** Set the link that is being made. */
  setLink() {
    const { linking } = this;
    if (!linking?.to) return;
    const link = { from: linking.from.id, to: linking.to.id, type: linking.kind.value };
    this.linking = null;
    if (linking.isAmong(this.links)) return this.#left(say("This link is there already."));
    this.commit(this.regions, linking.from.id, linkText(this, link), [...this.links, link]);
  }

  unlink(link) {
    if (!this.readonly) this.commit(this.regions, this.selected?.id, say("Link deleted"), this.links.filter((each) => each !== link));
  }

  #left(text) {
    this.surface.draw();
    this.linkList.update();
    if (text) this.fire("announce", { text });
  }

  /** While a link is made, regions are chosen for its other end. */
  select(region) {
    if (!this.linking) return super.select(region);
    if (!region || !this.linking.fits(region)) return this.fire("announce", { text: say("This link may not lead there.") });
    this.linking.to = region;
    this.#tell();
  }

  step(by) {
    if (!this.linking) return super.step(by);
    this.linking.step(this.regions, by);
    this.#tell();
  }

  cancel() {
    if (!this.linking) return super.cancel();
    this.linking = null;
    this.#left(say("No link made."));
  }

  pick(name, armed) {
    if (this.linking) this.cancel();
    super.pick(name, armed);
  }

  show(...given) {
    this.linking = null;
    super.show(...given);
  }
}
