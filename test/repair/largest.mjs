export function largest(prices) {
  return Math.min(...prices);
}
