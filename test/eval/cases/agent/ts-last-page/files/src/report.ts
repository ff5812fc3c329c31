import { pageCount, pageOf } from "./pages";

export function report(names: string[]): string {
  const pages = pageCount(names.length, 5);
  return Array.from({ length: pages }, (_, page) => pageOf(names, page, 5).join(", ")).join("\n");
}
