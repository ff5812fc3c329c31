/** Finds arguments behind a callback that go while the call stays: the dependencies of an effect, a timer's delay. */
import type { Node } from "@vscode/tree-sitter-wasm";
import type { Grammars } from "../code/grammars.ts";
import { inOneLine } from "../text/lines.ts";
import type { Texts } from "./declared.ts";
import { normalizeSpace } from "./hunks.ts";
import type { Intent } from "./intent.ts";
import { collect, fieldOf, readBoth, typesIn } from "./nodes.ts";

const CALLBACKS = typesIn(`arrow_function function_expression function generator_function lambda lambda_expression
  anonymous_function anonymous_function_creation_expression anonymous_method_expression`);
const CALLS = typesIn(
  "call_expression function_call_expression member_call_expression scoped_call_expression invocation_expression call",
);
/** These take a callback, also if it has a name. */
const TAKES =
  /(?:^|\.)(?:setTimeout|setInterval|(?:add|remove)EventListener|use(?:Layout)?Effect|use(?:Callback|Memo))$/;
/** What an instruction about such an argument speaks of. */
const WORDS =
  /dependen|\bdeps?\b|render|delay|timeout|timer|interval|option|capture|passive|once|initial|argument|parameter|abhängig|verzöger|dépendanc|délai|dependenc|retard|dipenden|ritard|依存|遅延/i;
const LONGEST = 40;

/** `behind`: the arguments behind the last callback. */
type Call = { scope: string; callee: string; behind: string[] };

/** The lost arguments, each with its call. `added`: the text of all added lines. */
export async function lostTails(texts: Texts, added: string, intent: Intent, grammars: Grammars): Promise<string[]> {
  if (intent.cleared || intent.mentions(WORDS)) return [];
  const both = await readBoth(texts, grammars, (root) =>
    collect(root, (node, scope) => (CALLS.has(node.type) ? callOf(node, scope) : [])),
  );
  if (!both) return [];
  const [old, fresh] = both;
  const groups = new Map<string, { had: Call[]; has: Call[] }>();
  const groupOf = (call: Call) => {
    const key = `${call.scope}${call.callee}`;
    if (!groups.has(key)) groups.set(key, { had: [], has: [] });
    return groups.get(key)!;
  };
  for (const call of old) groupOf(call).had.push(call);
  for (const call of fresh) groupOf(call).has.push(call);
  const text = normalizeSpace(added);
  // Calls are known by their order, so a call more or less makes them unknown.
  return [...groups.values()].flatMap(({ had, has }) =>
    had.length !== has.length
      ? []
      : had.flatMap(({ callee, behind }, i) => {
          const gone = behind.slice(has[i]!.behind.length).filter((one) => !isNeedless(one, callee));
          const isMoved = (one: string) =>
            one.length > 3 && text.includes(one) && /\w{3}/.test(one) && !/^\[/.test(one);
          return gone.filter((one) => !isMoved(one)).map((one) => inOneLine(`${callee}(…, ${one})`, LONGEST));
        }),
  );
}

/** An arrow function needs no `this`, and no delay is none. */
const isNeedless = (argument: string, callee: string) =>
  argument === "this" || argument === "undefined" || (argument === "0" && /setTimeout$/.test(callee));

function callOf(call: Node, scope: string): Call[] {
  const callee = normalizeSpace(fieldOf(call, "function", "name")?.text ?? "");
  const list = fieldOf(call, "arguments");
  if (!list || callee === "" || callee.length > LONGEST) return [];
  const all = list.namedChildren.flatMap((child) =>
    child && child.type !== "comment" ? (child.type === "argument" ? (child.firstNamedChild ?? child) : child) : [],
  );
  const isCallback = (one: Node) => CALLBACKS.has(one.type) || (TAKES.test(callee) && one.type === "identifier");
  const at = all.findLastIndex((one) => CALLBACKS.has(one.type));
  const last = at >= 0 ? at : all.findIndex(isCallback);
  if (last < 0) return [];
  return [{ scope, callee, behind: all.slice(last + 1).map((one) => normalizeSpace(one.text)) }];
}
