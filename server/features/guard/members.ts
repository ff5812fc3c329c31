/** Finds lost fields, variants and keys in code, which outlines do not contain. */
import type { Node } from "@vscode/tree-sitter-wasm";
import { dataOutline } from "../code/dataOutline.ts";
import { STYLE_SHEETS } from "../code/declarations.ts";
import type { Grammars } from "../code/grammars.ts";
import type { Declaration } from "../code/outlineTypes.ts";
import { wordsOf } from "../text/words.ts";
import { absentFrom } from "./counts.ts";
import type { Texts } from "./declared.ts";
import type { Intent } from "./intent.ts";
import { boundName, readBoth, typesIn } from "./nodes.ts";

/** Vendor prefixes, which browsers no longer need. */
const PREFIXED = /^-(?:webkit|moz|ms|o)-/;

const MEMBERS =
  typesIn(`property_signature enum_assignment enum_variant enumerator enum_constant enum_member_declaration
  field_declaration public_field_definition field_definition property_declaration pair`);
/** Nodes in these are not members. */
const BODIES = /function|method|lambda|closure|constructor|statement_block|compound_statement$/;
/** Maximum depth of a declaration. */
const DEEPEST = 60;

type Member = { scope: string; name: string };

/** Names of the members that remaining types and objects have lost. `added`: the text of all added lines. */
export async function lostMembers(texts: Texts, added: string, intent: Intent, grammars: Grammars): Promise<string[]> {
  if (intent.shorter) return [];
  const { languageId, before, after } = texts;
  const isStyle = STYLE_SHEETS.has(languageId);
  const both = isStyle
    ? [before, after].map((lines) => setIn(dataOutline(lines, languageId)!, ""))
    : await readBoth(texts, grammars, (root) => membersIn(root, "", 0));
  if (!both) return [];
  const [old, fresh] = both as [Member[], Member[]];
  const gained = absentFrom(fresh, old, keyOf);
  const said = wordsOf(added);
  const [scopes, known] = [fresh, old].map((members) => new Set(members.map(({ scope }) => scope)));
  const lost = absentFrom(old, fresh, keyOf).filter(({ scope, name }) => {
    if (!scopes!.has(scope) || intent.mayRemove(name) || said.has(name.toLowerCase())) return false;
    if (isStyle && (PREFIXED.test(name) || isPartOf(name, scope, fresh))) return false;
    // A new member of the same scope counts as renamed. So does the same name in a new scope: the type may be renamed.
    const at = gained.findIndex(
      (member) => member.scope === scope || (member.name === name && !known!.has(member.scope)),
    );
    if (at < 0 || intent.adds) return true;
    gained.splice(at, 1);
    return false;
  });
  return [...new Set(lost.map(({ name }) => name))];
}

/** The properties that a style sheet's rules set. */
function setIn(rules: readonly Declaration[], scope: string): Member[] {
  return rules.flatMap(({ name, group, children }) =>
    group === "container" ? setIn(children, `${scope}${name}\n`) : [{ scope, name }],
  );
}

/** Whether a shorthand of the same rule sets the property: `margin` sets `margin-top`, too. */
const isPartOf = (name: string, scope: string, members: readonly Member[]) =>
  members.some((other) => other.scope === scope && name.startsWith(`${other.name}-`));

const keyOf = ({ scope, name }: Member) => scope + name;

function membersIn(node: Node, scope: string, depth: number): Member[] {
  if (depth > DEEPEST) return [];
  return node.namedChildren.flatMap((child): Member[] => {
    if (!child || BODIES.test(child.type)) return [];
    const isMember = MEMBERS.has(child.type) || (node.type === "enum_body" && child.type === "property_identifier");
    const name = nameOf(child, isMember);
    const inside = membersIn(child, name === undefined ? scope : `${scope}${name}\n`, depth + 1);
    return isMember && name !== undefined ? [{ scope, name }, ...inside] : inside;
  });
}

function nameOf(node: Node, isMember: boolean): string | undefined {
  if (node.type === "property_identifier") return isMember ? node.text : undefined;
  return boundName(node);
}
