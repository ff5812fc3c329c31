export const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);

export const mean = (numbers) => sum(numbers) / numbers.length;

export function median(numbers) {
  numbers.sort();
  const middle = Math.floor(numbers.length / 2);
  return numbers.length % 2 === 1 ? numbers[middle] : (numbers[middle - 1] + numbers[middle]) / 2;
}
