// Which fields of a form are shown. The same rules as the server's: alternatives, each of which wants every field it names.

/**
 * @param {(field) => any[]|undefined} valuesOf
 * @param {object} above what fields before these hold: for an entry of a field set, the rest of the form
 * @returns {{ shown: Set<string>, given: object }} ids of the fields that are shown, and what they hold
 */
export function shownFields(fields, valuesOf, above = {}) {
  const given = { ...above };
  const shown = new Set();
  for (const field of fields) {
    if (field.conditions.length && !field.conditions.some((each) => holds(each, given))) continue;
    shown.add(field.field_id);
    const values = valuesOf(field);
    if (values) given[field.field_id] = values;
  }
  return { shown, given };
}

function holds(alternative, given) {
  return Object.entries(alternative).every(([name, wanted]) => (
    name === "not" ? !holds(wanted, given) : (given[name] ?? []).some((value) => wanted.includes(value))));
}
