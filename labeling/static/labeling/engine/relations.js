// Which kinds of relations a schema allows between two labels: the server's rule, for spans and for shapes.

/** The kinds that may begin or lie at these labels; null stands for any. */
export function fitting(kinds, source, target) {
  const in_ = (list, label) => !list?.length || label === null || list.includes(label);
  const fits = (kind, one, other) => in_(kind.from, one) && in_(kind.to, other);
  return kinds.filter((kind) => fits(kind, source, target) || (kind.directed === false && fits(kind, target, source)));
}
