export function join(values, separator) {
  return values.filter(Boolean).join(separator);
}
