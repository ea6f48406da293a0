// Which fields of a form are shown. The same rules as the server's: alternatives, each of which wants every field it names.

/** @param {(field) => any[]|undefined} valuesOf  @returns {Set<string>} ids of the fields that are shown */
export function shownFields(fields, valuesOf) {
  const given = {};
  const shown = new Set();
  for (const field of fields) {
    if (field.conditions.length && !field.conditions.some((each) => holds(each, given))) continue;
    shown.add(field.field_id);
    const values = valuesOf(field);
    if (values) given[field.field_id] = values;
  }
  return shown;
}

function holds(alternative, given) {
  return Object.entries(alternative).every(([name, wanted]) => (
    name === "not" ? !holds(wanted, given) : (given[name] ?? []).some((value) => wanted.includes(value))));
}
