// Words and numbers in the reader's language. `gettext` and friends come from Django's JavaScriptCatalog.
const language = document.documentElement.lang || "en";

/** `say("%(count)s to send", { count: 3 })`: the message is looked up, then filled in. */
export function say(message, values = {}) {
  return fill(gettext(message), values);
}

export function sayMany(one, many, count, values = {}) {
  return fill(ngettext(one, many, count), { count: number(count), ...values });
}

function fill(message, values) {
  return message.replace(/%\((\w+)\)s/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

export function number(value) {
  return new Intl.NumberFormat(language).format(value);
}

export function clock(iso) {
  return new Intl.DateTimeFormat(language, { hour: "numeric", minute: "2-digit" }).format(new Date(iso));
}

/** Seconds as "about 18 min left". */
export function timeLeft(seconds) {
  const minutes = Math.max(1, Math.round(seconds / 60));
  return minutes < 90
    ? sayMany("about %(count)s min left", "about %(count)s min left", minutes)
    : sayMany("about %(count)s hour left", "about %(count)s hours left", Math.round(minutes / 60));
}

/** "1 h 5 min", "12 min". */
export function duration(milliseconds) {
  const minutes = Math.floor(milliseconds / 60_000);
  const hours = Math.floor(minutes / 60);
  return hours ? say("%(hours)s h %(minutes)s min", { hours: number(hours), minutes: number(minutes % 60) }) : say("%(minutes)s min", { minutes: number(minutes) });
}

/** "0:42". */
export function stopwatch(milliseconds) {
  const seconds = Math.floor(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
