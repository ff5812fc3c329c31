export interface Line {
  price: number;
  count: number;
}

export function total(lines, discount = 0) {
  const sum = lines.reduce((sum, line) => sum + line.price * line.count, 0);
  return sum * (1 - discount);
}
