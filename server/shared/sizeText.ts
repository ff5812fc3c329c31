/**
 * A size such as `6.5 GB`, `840 MB` or `2.6 MB`, in powers of 1000, like the model pages of the hub.
 * @param language the language for formatting the number, for example `de`.
 */
export function sizeText(bytes: number, language = "en"): string {
  if (bytes === 0) return "0 MB";
  const [value, unit] = bytes >= 1e9 ? [bytes / 1e9, "GB"] : bytes >= 1e6 ? [bytes / 1e6, "MB"] : [bytes / 1e3, "kB"];
  const digits = unit === "GB" || value < 10 ? 1 : 0;
  return `${value.toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits })} ${unit}`;
}
