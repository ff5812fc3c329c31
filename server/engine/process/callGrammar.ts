/** The grammar of a reply that must be a call, in GBNF. */
import { commonStart, type Part } from "./callForm.ts";

/** The characters of a JSON string and its closing quote. */
const STRING = String.raw`([^"\\\x00-\x1F\x7F] | "\\" (["\\/bfnrt] | "u" [0-9a-fA-F]{4}))* "\""`;
/** It has no tag. */
const PROSE = String.raw`[^<\x00-\x20] [^<]*`;

/** The rules of a value, by its schema; the value's own rule is called `json`. */
export type ValueRules = (schema: object) => Promise<string>;

/** The reply has one of these forms. Throws what `valueRules` throws. */
export async function callGrammar(forms: readonly Part[][], valueRules: ValueRules): Promise<string> {
  const names = new Map<string, string>();
  const rules: string[] = [`string ::= ${STRING}`, `prose ::= ${PROSE}`];
  /** Equal parts share a rule. */
  const named = async (key: string, write: (name: string) => Promise<string> | string): Promise<string> => {
    const known = names.get(key);
    if (known !== undefined) return known;
    const name = `part-${names.size}`;
    names.set(key, name);
    rules.push(await write(name));
    return name;
  };
  const ofPart = async (part: Part): Promise<string> => {
    switch (part.type) {
      case "text":
        return literal(part.text);
      case "options":
        return named(JSON.stringify(part), (name) => `${name} ::= ${anyOf(part.options)}`);
      case "value": {
        const value = await named(JSON.stringify(part), async (name) =>
          prefixed(await valueRules(part.schema), `${name}-`),
        );
        return `${value}-json`;
      }
      case "moreCalls":
        return `(", " (${await ofForms(part.calls)}))*`;
      default:
        return part.type;
    }
  };
  const ofForms = async (forms: readonly Part[][]): Promise<string> => {
    const written: string[] = [];
    for (const parts of forms) {
      const each: string[] = [];
      for (const part of parts) each.push(await ofPart(part));
      written.push(each.join(" "));
    }
    return written.join(" | ");
  };
  return [`root ::= ${await ofForms(forms)}`, ...rules].join("\n");
}

/**
 * One of these texts. Texts with the same beginning share it: the sampler compares each word of the vocabulary with
 * each text that is still possible.
 */
export function anyOf(texts: readonly string[]): string {
  const start = commonStart(texts);
  const rests = new Map<number | undefined, string[]>();
  for (const text of texts) {
    const rest = text.slice(start.length);
    const alike = rests.get(rest.codePointAt(0)) ?? [];
    rests.set(rest.codePointAt(0), [...alike, rest]);
  }
  if (texts.length === 1) return literal(start);
  const branches = [...rests.values()].map(anyOf).join(" | ");
  return start === "" ? `(${branches})` : `${literal(start)} (${branches})`;
}

const literal = (text: string) => `"${text.replace(/["\\]/g, "\\$&").replaceAll("\n", "\\n").replaceAll("\r", "\\r")}"`;

/** Renames all rules. Literals and sets of characters stay. */
const prefixed = (rules: string, prefix: string) =>
  rules.replace(/"(?:\\.|[^"\\])*"|\[(?:\\.|[^\]\\])*\]|[A-Za-z][\w-]*/g, (found) =>
    /^["[]/.test(found) ? found : prefix + found,
  );
