/** Reads from an instruction what it allows to remove: in English, and in the product's five other languages. */
import { inPattern } from "../text/words.ts";

const REMOVES =
  /\b(?:remov\w*|delet\w*|drop\w*|strip\w*|rid|eliminat\w*|discard\w*|omit\w*|tak(?:e|ing) out|cut\w*|prun\w*|dedup\w*|clean\w*|merg\w*|combin\w*|join\w*|unif\w*|inlin\w*|replac\w*|mov(?:e|es|ed|ing)\b|extract\w*|convert\w*|turn\w*|transform\w*|migrat\w*|port\b|rewrit\w*|split\w*|collaps\w*|fold\w*|undo|revert\w*|swap\w*|chang\w*|(?:keep|leave|want|show) nothing|entfern\w*|lösch\w*|streich\w*|ersetz\w*|verschieb\w*|wandel\w*|umwand\w*|fass\w*|zusammen\w*|elimin\w*|borr\w*|quit\w*|suprim\w*|reemplaz\w*|sustitu\w*|muev\w*|mover|combin\w*|convier\w*|supprim\w*|enl[eè]v\w*|retir\w*|effac\w*|remplac\w*|déplac\w*|fusionn\w*|rimuov\w*|cancell\w*|togli\w*|sostitu\w*|spost\w*|unisc\w*)|削除|消し|消す|取り除|除去|置き換|移動|統合|まとめ|変換/iu;
const RENAMES = /\b(?:renam\w*|umbenenn\w*|benenn\w*|renombr\w*|renomm\w*|rinomin\w*)\b|名前を変/iu;
/** Verbs whose object stays, while everything else goes. */
const KEEPS =
  /\b(?:(?:keep|leave|want|show) (?:only|just)|only (?:keep|leave|want|show)|(?:behalt\w*|lass\w*) nur|dej\w+ s[oó]lo|gard\w+ (?:seulement|que)|(?:lasci\w+|tieni) sol[oa])\b|だけ残/iu;
/** Forms of code that make members needless: a data class compares itself, a function component has no `render`. */
const FORMS =
  /\b(?:data ?class(?:es)?|records?|structs?|named ?tuples?|typed ?dicts?|pydantic|attrs|lombok|function(?:al)? components?|hooks?|propert(?:y|ies)|fields?|getters?|setters?|dict|object)\b/i;
const RESHAPED = /\b(?:mak(?:e|ing)|convert\w*|turn\w*|us(?:e|ing)|chang\w*|rewrit\w*|into|instead)\b/i;
const IMPLIED =
  /^(?:__\w+__|constructor|render|component(?:Did|Will)\w+|equals|hashCode|toString|Equals|GetHashCode|ToString|(?:get|set|is)(?:_\w+|[A-Z]\w*))$/;
/** Negated verbs, whose object stays: "without removing", "don't change". */
const NEGATED =
  /\b(?:without|don['’]?t|do not|never|ohne|nicht|sans|sin|senza|non|ne)\s+(?:[\p{L}\d_'’]+\s+){0,3}?(?=(?:zu\s+)?(?:remov|delet|drop|chang|los|entfern|lösch|änder|supprim|enlev|elimin|borr|quit|rimuov|cancell))(?:zu\s+)?\p{L}+/giu;
/** Verbs that turn code into other code, which stays under some name. */
const RESHAPES =
  /^(?:extract|convert|turn|transform|migrat|port|rewrit|split|undo|revert|swap|chang|wandel|umwand|convier|変換)/iu;
/** Verbs that make one thing of several. Their content stays. */
const MERGES = /^(?:merg|combin|join|unif|collaps|fold|zusammen|fass|fusionn|unisc|統合|まとめ)/iu;
/** Verbs that ask for something new, which replaces nothing. */
const ADDS =
  /\b(?:add\w*|append\w*|insert\w*|implement\w*|creat\w*|introduc\w*|füg\w*|hinzu\w*|ergänz\w*|erstell\w*|ajout\w*|cr[ée]e\w*|añad\w*|agreg\w*|crea\w*|aggiung\w*|inseri\w*)\b|追加/iu;
const HIDES = /\b(?:export\w*|privat\w*|public\w*|pub|internal\w*|visib\w*|encapsul\w*|hid(?:e|den)|kapsel\w*)\b/i;
/** A verb of `ADDS` with its object. "Add a delete button" asks for no removal. */
const ADDED = new RegExp(
  `(?:${ADDS.source})[^.,;:!?]*?(?=\\s(?:and|then|und|dann|et|puis|y|luego|e|poi)\\s|[.,;:!?]|$)`,
  "giu",
);
/** Objects of a verb that are not declarations. */
const DETAILS =
  /\b(?:imports?|includes?|comments?|docstrings?|logs?|logging|prints?|console|semicolons?|commas?|white ?space|spaces?|blank lines?|checks?|conditions?|guards?|branch(?:es)?|casts?|hints?|annotations?|parenthes[ei]s|brackets?|braces|warnings?|errors?|typos?|importe\w*|kommentar\w*|importaciones|comentarios|importations|commentaires|importazioni|commenti)\b/iu;
/** Phrases that say where something is, not what it is. */
const PLACES =
  /\b(?:from|in|inside|within|of|von|aus|im|del?|dans|en|dal|dalla|nel|nella)\s+(?:the\s+|der\s+|dem\s+|la\s+|le\s+|el\s+)?[\w.$]+/giu;
/** General words for declarations, members and lines. */
const PARTS =
  /\b(?:functions?|methods?|helpers?|members?|getters?|setters?|accessors?|propert(?:y|ies)|fields?|class(?:es)?|interfaces?|types?|enums?|structs?|traits?|constants?|variables?|constructors?|tests?|cases?|keys?|entr(?:y|ies)|items?|elements?|steps?|jobs?|stages?|packages?|versions?|values?|settings?|options?|scripts?|dependenc(?:y|ies)|services?|sections?|rules?|routes?|handlers?|imports?|code|lines?|blocks?|parts?|everything|all|rest|others?|unused|dead|duplicat\w*|it|this|these|them|that|those|ones?|half|funktion\w*|methode\w*|klasse\w*|feld\w*|eigenschaft\w*|zeile\w*|alles|rest\w*|unbenutzt\w*|schlüssel|funci[oó]n\w*|m[eé]todos?|clases?|campos?|líneas?|todo|sin usar|claves?|fonctions?|m[eé]thodes?|classes?|champs?|lignes?|tout|inutilis\w*|clés?|funzion\w*|metod\w*|class[ei]|camp[oi]|righ[ae]|tutto|inutilizzat\w*|chiav[ei])\b|関数|メソッド|クラス|フィールド|行|すべて|全部|未使用|キー|コード/iu;
const SHORTER =
  /\b(?:simpl\w*|short\w*|reduc\w*|compact\w*|concis\w*|terse\w*|condens\w*|summar\w*|one[- ]?line\w*|single line|comprehension|clean\w*|refactor\w*|tidy|less|fewer|minif\w*|optimi[sz]\w*|idiomatic|vereinfach\w*|kürz\w*|weniger|simplif\w*|reduc\w*|acort\w*|raccourc\w*|semplific\w*|accorci\w*)\b|簡潔|簡単|短く|リファクタ|要約/iu;
/** Words of instructions that are about names. */
const NAMING =
  /\b(?:renam\w*|nam(?:e[sd]?|ings?)|(?:snake|camel|pascal|kebab|upper|lower)[-_ ]?case|pep ?8|typos?|spelling|umbenenn\w*|benenn\w*|namen?|renombr\w*|nombres?|renomm\w*|noms?|rinomin\w*|nom[ei])\b|名前|命名/iu;
/** Words that limit a removal to code that nothing uses. */
const UNUSED =
  /\b(?:unused|dead|unreachable|obsolete|redundant|needless|unnecessary|unbenutzt\w*|tot(?:e[nrs]?)?|überflüssig\w*|unnötig\w*|sin usar|muerto|inutilizad\w*|innecesari\w*|inutilis\w*|morte?|inutiles?|inutilizzat\w*|morto|inutil[ei])\b|未使用|不要/iu;
/** Words that allow a body to become `...` or the like. */
const STUBS =
  /\b(?:stubs?|skeletons?|protocols?|abstract\w*|interfaces?|overloads?|signatures?|placeholders?|dummy|abstrakt\w*|gerüst|schnittstelle|esqueleto|interfaz|protocolo|abstract[oa]|squelette|protocole|abstrait\w*|scheletro|interfaccia|protocollo|astratt\w*)\b|スタブ|抽象|骨組み/iu;
/** The group is what something else replaces. */
const INSTEAD =
  /\b(?:instead of|rather than|in place of|statt|anstatt|anstelle|au lieu d|plutôt qu|en lugar de|en vez de|invece d|anziché)\p{L}*\s*['’]?([^.,;:!?]*)/iu;
/** Style properties, each with the one that it is useless without. */
const ONLY_WITH: Record<string, string> = { clear: "float" };

/** With these words, a removal is general: a name in it is an exception, or one of many. */
const ALL =
  /\b(?:all|every\w*|others?|rest|except|besides|but|unused|dead|alle[sn]?|außer|übrig\w*|tod[oa]s?|salvo|excepto|demás|tou[ts]e?s?|sauf|autres?|tutt[oaie]|tranne|altr[ie])\b|すべて|全部|以外|他の/iu;
/** The end of a verb's object. */
const CLAUSE_END =
  /[.,;:!?]|\b(?:from|in|inside|within|of|and|but|so|to|with|by|then|von|aus|in|und|aber|de|del|dans|des|et|y|en|da|dal|dalla|nel|nella|e)\b/iu;

/** What an instruction asks for, and so which removals it allows. */
export type Intent = {
  /** Whether something of this name may be removed. */
  mayRemove(name: string): boolean;
  /** Whether something may be removed, by one of the longer words in it. */
  mayRemoveAny(words: Iterable<string>): boolean;
  /** Whether things of one kind may be removed. `words`: matches the words for that kind. */
  mayRemoveKind(words: RegExp): boolean;
  /** Whether the instruction wants something else in its place, as in "instead of". */
  replaces(word: string): boolean;
  /** Whether the instruction contains the name, or its last part. */
  names(name: string): boolean;
  /** Whether one of these words is in the instruction. */
  mentions(words: RegExp): boolean;
  /** The instruction asks for a removal or a replacement, so lines may be removed. */
  mayRemoveLines: boolean;
  /** Code is turned into other code: nothing goes without a replacement. */
  reshapes: boolean;
  /** Several things become one: their content stays. */
  merges: boolean;
  /** Only unused code may go. */
  unused: boolean;
  /** Names may change. */
  renames: boolean;
  /** Bodies may go. */
  stubs: boolean;
  /** There is no instruction, as when code of an answer is applied. */
  nothing: boolean;
  /** The reply replaces a short text with nothing, which counts as intended. */
  cleared: boolean;
  /** The instruction is about the visibility of declarations. */
  hides: boolean;
  /** The instruction only adds something: new code is not a renamed form of old code. */
  adds: boolean;
  /** The code is to become shorter, so constants and fields may be removed. */
  shorter: boolean;
};

/** Reads the instruction `text`. `cleared`: the reply replaces a short text with nothing. `file`: the file's text. */
export function readIntent(text: string, cleared: boolean, file: string): Intent {
  const instruction = text.replace(NEGATED, " ");
  const keeps = KEEPS.exec(instruction);
  const removes = keeps ?? REMOVES.exec(instruction.replace(ADDED, (added) => " ".repeat(added.length)));
  const object = removes === null ? "" : objectOf(instruction, removes);
  const isGeneral = PARTS.test(object.replace(DETAILS, " ").replace(/\b(?:unused|dead|all)\s*$/i, ""));
  const generic = isGeneral && !RESHAPES.test(removes?.[0] ?? "") && (ALL.test(object) || !namesOne(object, file));
  const others = removes === null ? "" : withoutVerb(instruction, removes);
  const rest = object.trim() === "" ? others : others.replace(PLACES, " ");
  const implies = FORMS.test(instruction) && RESHAPED.test(instruction) && !ADDS.test(instruction);
  const instead = INSTEAD.exec(instruction)?.[1] ?? "";
  const replaces = (word: string) =>
    instead !== "" && [word, ONLY_WITH[word]].some((one) => one !== undefined && namesAll(instead, one));
  const mayRemove = (name: string) => {
    if (replaces(name)) return true;
    if (keeps) return !names(rest, name);
    if (RENAMES.test(instruction) && names(instruction, name)) return true;
    return (removes !== null && (generic || names(rest, name))) || (implies && IMPLIED.test(name));
  };
  return {
    mayRemove,
    mayRemoveAny: (words) => [...words].some((word) => word.length > 3 && mayRemove(word)),
    mayRemoveKind: (words) => removes !== null && (keeps ? !words.test(rest) : generic || words.test(others)),
    replaces,
    names: (name) => names(instruction, name),
    mentions: (words) => words.test(text),
    reshapes: RESHAPES.test(removes?.[0] ?? ""),
    merges: MERGES.test(removes?.[0] ?? ""),
    unused: UNUSED.test(instruction),
    renames: NAMING.test(instruction),
    stubs: STUBS.test(instruction) && !ADDS.test(instruction),
    mayRemoveLines: removes !== null || implies,
    cleared,
    nothing: text.trim() === "",
    hides: HIDES.test(instruction),
    adds: ADDS.test(instruction) && removes === null,
    shorter: cleared || SHORTER.test(instruction),
  };
}

/** The object of the verb: after it, or before it, as in German and Japanese. */
function objectOf(instruction: string, verb: RegExpExecArray): string {
  const behind = instruction.slice(verb.index + verb[0].length).trimStart();
  const object = behind.slice(0, CLAUSE_END.exec(behind)?.index);
  if (object !== "" && !/[\u3040-\u30ff]/.test(instruction)) return object;
  return instruction
    .slice(0, verb.index)
    .split(/[.,;:!?。、]/)
    .at(-1)!;
}

/** Whether the object names something that the file declares. Then only that is meant. */
function namesOne(object: string, file: string): boolean {
  const words = (object.match(/[A-Za-z_$][\w$-]*/g) ?? []).filter((word) => !PARTS.test(word) && word.length > 2);
  return words.some((word) => {
    const name = word.replace(/[$]/g, "\\$");
    const declared = `\\b(?:def|function|fn|func|fun|class|interface|enum|struct|trait|type|const|let|var|val)\\s+\\*?${name}\\b`;
    return new RegExp(`${declared}|^[ \\t]*(?:[\\w<>\\[\\]]+[ \\t]+){0,4}["']?${name}["']?\\??\\s*[:=(]`, "m").test(
      file,
    );
  });
}

/** The instruction without its verb, which may also be the name of a function. */
const withoutVerb = (instruction: string, verb: RegExpExecArray) =>
  `${instruction.slice(0, verb.index)} ${instruction.slice(verb.index + verb[0].length)}`;

/** Whether the instruction contains the name, in the singular or the plural. */
const namesAll = (instruction: string, name: string) =>
  [name, `${name}s`, `${name}es`].some((one) => names(instruction, one));

function names(instruction: string, name: string): boolean {
  const last =
    name
      .split(/[.\s:#]+/)
      .filter((part) => part !== "")
      .at(-1) ?? name;
  const escaped = [name, last].map(inPattern);
  return new RegExp(`(?<![\\w$])(?:${escaped.join("|")})(?![\\w$])`, "i").test(instruction);
}
