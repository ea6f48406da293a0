// The quality form: what only one rule asks for is shown with it, and the estimate follows what is typed.

const form = document.querySelector("form[data-estimate]");
const PAUSE = 300; // ms after the last key

if (form) {
  const rule = form.elements["q-rule"]; // a select, or radios
  const here = form.querySelector("[data-estimate-here]");
  let timer = 0;
  let asked = 0;

  function choose() {
    for (const part of form.querySelectorAll("[data-only]")) part.hidden = part.dataset.only !== rule.value;
  }

  async function ask() {
    const turn = ++asked;
    const fields = new URLSearchParams(new FormData(form));
    for (const name of ["csrfmiddlewaretoken", "form", "expected"]) fields.delete(name);
    try {
      const reply = await fetch(`${form.dataset.estimate}?${fields}`, { headers: { "X-Requested-With": "fetch" } });
      if (!reply.ok || reply.redirected) return;
      const text = await reply.text();
      if (turn === asked && here.innerHTML !== text) here.innerHTML = text;
    } catch {
      // offline: the last estimate stays
    }
  }

  form.addEventListener("input", () => {
    choose();
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  choose();
}
