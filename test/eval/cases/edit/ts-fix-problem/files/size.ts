export function describe(text: string): string {
  const size = text.lenght;
  return size === 1 ? "1 character" : `${size} characters`;
}
