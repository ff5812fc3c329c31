/** `6.5 GB`, `840 MB`, `2.6 MB`: as pages of models count, in thousands. @param language of the number, as `de`. */
export function sizeText(bytes: number, language = "en"): string {
  if (bytes === 0) return "0 MB";
  const [value, unit] = bytes >= 1e9 ? [bytes / 1e9, "GB"] : bytes >= 1e6 ? [bytes / 1e6, "MB"] : [bytes / 1e3, "kB"];
  const digits = unit === "GB" || value < 10 ? 1 : 0;
  return `${value.toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits })} ${unit}`;
}
