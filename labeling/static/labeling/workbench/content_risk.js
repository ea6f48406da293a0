// What a project's material may be like, told before its first task; told again when the project says something else.
import { say } from "../text.js";
import { make, open } from "../ui/dialog.js";

export class ContentRisk {
  #open = false;

  /** @param {{ uid: string, risks: Record<string, string>, workUrl: string }} config */
  constructor({ uid, risks, workUrl }) {
    Object.assign(this, { uid, risks, workUrl });
    this.chip = document.querySelector('[data-bar="risks"]');
  }

  inWords(project) {
    return (project.content_risks ?? []).map((one) => this.risks[one] ?? one).join(", ");
  }

  #stated(project) {
    return JSON.stringify([project.content_risks, project.content_note]);
  }

  isTold(project) {
    if (!project?.content_risks?.length) return true;
    try {
      return localStorage.getItem(this.#name(project)) === this.#stated(project);
    } catch (error) {
      console.warn("what was told is not known", error);
      return false;
    }
  }

  #name(project) { return `groundwork-told-${this.uid}-${project.id}`; }

  /** @param {() => void} begun once the person goes on; who does not, leaves */
  tell(project, begun) {
    this.chip.hidden = !project?.content_risks?.length;
    this.chip.title = project ? this.inWords(project) : "";
    if (this.#open || this.isTold(project)) return;
    this.#open = true;
    const begin = make("button", { type: "button", className: "btn btn-primary" }, say("Begin"));
    const leave = make("button", { type: "button", className: "btn" }, say("Leave"));
    const body = make("div", {},
      make("p", {}, make("strong", { textContent: this.inWords(project) })),
      ...(project.content_note ? [make("p", { dir: "auto", textContent: project.content_note })] : []),
      make("p", { textContent: say("The material begins veiled; you lift the veil when you want to. You may skip any task, and take a break at any time. How much is veiled is your choice, under “Your settings”.") }),
      make("div", { className: "dialog-foot" }, leave, begin));
    const dialog = open(say("“%(project)s” has sensitive material", { project: project.name }), body, {
      onClose: (answer) => {
        this.#open = false;
        if (answer === "begin") {
          this.#remember(project);
          begun();
        } else location.assign(this.workUrl);
      },
    });
    leave.addEventListener("click", () => dialog.close());
    begin.addEventListener("click", () => dialog.close("begin"));
    begin.focus();
  }

  #remember(project) {
    try {
      localStorage.setItem(this.#name(project), this.#stated(project));
    } catch (error) {
      console.warn("not remembered", error);
    }
  }
}
