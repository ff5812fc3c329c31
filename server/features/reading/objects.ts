/** Reads answers that are JSON objects, with the code in one of their strings. */
import { parseJson } from "../../shared/depth.ts";
import { fencedBlocks } from "../text/fences.ts";
import { linesOf } from "../text/lines.ts";
import { tagOf } from "./choose.ts";

const CODE_KEY =
  /^(?:(?:new|edited|updated|replaced|improved|fixed)?[-_ ]?(?:code|content|text|replacement)|answer|result|response|output|source)$/i;
/** Keys that may stand beside the code. The last five are those of a notebook's cell. */
const OTHER_KEY =
  /^(?:language|lang|explanation|changes|notes?|summary|reason|file|filename|path|cell_type|metadata|outputs|execution_count|id)$/i;
/** Languages whose files contain objects themselves. */
const OBJECTS = /^(?:json|yaml)/;

const holdsObjects = (languageId: string, selected: string) =>
  selected.trim().startsWith("{") || OBJECTS.test(languageId);

/** The code of an answer that is a JSON object with a key for code, unless the file is JSON. */
export function withoutObject(answer: string, languageId: string, selected: string): string {
  const text = objectIn(answer);
  if (text === undefined || holdsObjects(languageId, selected)) return answer;
  const code = codeIn(parseJson(text));
  return code === undefined ? answer : `\`\`\`\`\`\n${code}\n\`\`\`\`\``;
}

/** Whether code is an object with a key for code, from which the code could not be read. */
export function isObject(code: string, languageId: string, selected: string): boolean {
  const text = code.trim();
  if (!/^\{[\s\S]*\}$/.test(text) || holdsObjects(languageId, selected)) return false;
  const keys = [...text.matchAll(/(?:^\{|,)\s*"([\w -]+)"\s*:\s*["[{]/g)].map(([, key]) => key!);
  return keys.some((key) => CODE_KEY.test(key));
}

/** The whole answer, or its only block with any text around it, if that is an object. */
function objectIn(answer: string): string | undefined {
  const text = answer.trim();
  const [block, ...others] = fencedBlocks(linesOf(text));
  if (!block) return text.startsWith("{") ? text : undefined;
  const isJson = /^(?:json[c5]?|)$/.test(tagOf(block.info)) && others.length === 0;
  return isJson && block.code.trim().startsWith("{") ? block.code : undefined;
}

function codeIn(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const entries = Object.entries(value);
  const named = entries.filter(([key]) => CODE_KEY.test(key));
  const [[, code] = []] = named;
  if (named.length !== 1 || entries.some(([key]) => !CODE_KEY.test(key) && !OTHER_KEY.test(key))) return undefined;
  // A notebook's cell is a list of lines. Some answers have the object in another object.
  const text = Array.isArray(code) ? code.join("") : code;
  return typeof text === "string" ? text : codeIn(text);
}
