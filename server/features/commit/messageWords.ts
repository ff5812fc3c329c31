/** The words that models put around a commit message, in English and the five other languages of the product. */

/** Beginnings of a line that introduces the message. */
const OPENS = new RegExp(
  `^(?:${[
    "sure|of course|okay|ok\\b|certainly|absolutely|great|alright|here(?:'s|’s| is| are)|below|based on|given|the following|this is|das ist|c['’]est|est[ae] es|quest[oa] è",
    "i(?:['’]d|['’]ve| would| have)? ?(?:suggest|propose|recommend|written|wrote)|an? (?:suitable|good|possible|suggested|concise|clear|proper|fitting)",
    "(?:the |my |suggested |proposed |final |git )*commit message|you (?:can|could|may)|the (?:suggested|proposed|commit)",
    "(?:option|variante?|vorschlag|opción|opzione|proposition) ?(?:1|a)",
    "hier|gerne|natürlich|klar|selbstverständlich|die folgende|basierend|auf (?:der )?(?:grundlage|basis)|vorschlag|mein vorschlag|eine (?:passende|mögliche)|ich (?:schlage|würde)|(?:die )?commit-?nachricht",
    "voici|bien sûr|d['’]après|sur la base|en fonction|(?:le )?message de commit|proposition|je (?:propose|suggère)|un message|certainement",
    "aquí|claro|por supuesto|basado|basándo|con base|el (?:siguiente )?mensaje|mensaje de|según|sugiero|propongo|un mensaje",
    "ecco|certo|certamente|in base|sulla base|il (?:seguente )?messaggio|messaggio di|suggerisco|un messaggio|di seguito",
  ].join("|")})(?!\\p{L})|^(?:以下|次の|はい|もちろん|承知|かしこまりました|コミット|こちら|変更内容|この変更)`,
  "iu",
);
const INTERJECTION =
  /^(?:sure(?: thing)?|of course|okay|ok|certainly|absolutely|great|alright|gerne|natürlich|klar|selbstverständlich|bien sûr|certainement|claro|por supuesto|certo|certamente|はい|もちろんです?|承知(?:いた)?しました|かしこまりました)\s*[!.,…。！、]*$/i;
const NAME =
  "(?:(?:suggested|proposed|final|git) )*(?:commit[- ]?(?:message|nachricht)|mensaje del? commit|message de commit|messaggio d[ie]l? commit|コミットメッセージ)";
const HEADING = new RegExp(`^(?:${NAME}|commit|message|nachricht|mensaje|messaggio|メッセージ)$`, "i");
const SUBJECT =
  "subject(?: line)?|title|summary|betreff|titel|objet|sujet|titre|asunto|título|oggetto|titolo|件名|タイトル";
const BODY =
  "body|description|details|explanation|beschreibung|text|details|corps|détails|cuerpo|descripción|detalles|corpo|descrizione|dettagli|本文|説明|詳細";
/** A label before the text, bold or not, with the colon inside or outside the bold part. */
const label = (words: string) => new RegExp(`^(\\*\\*|__)?(?:${words})\\s*[:：]\\s*(?:\\1)?\\s*(?:[:：]\\s*)?`, "i");
/** A label that is a Markdown heading. */
const heading = (words: string) => new RegExp(`^#+\\s+(?:${words})\\s*[:：]?\\s*$`, "i");
const SUBJECT_LABEL = label(`${NAME}|${SUBJECT}`);
const SUBJECT_HEADING = heading(SUBJECT);
/** Below a title, a summary is the body. */
const BELOW = `${BODY}|summary|zusammenfassung|résumé|resumen|riepilogo|概要`;
const BODY_LABEL = label(BELOW);
const BODY_HEADING = heading(BELOW);
const BOLD_LABEL = new RegExp(
  `^(?:\\*\\*|__)(?:${BODY})\\s*(?:[:：]\\s*(?:\\*\\*|__)|(?:\\*\\*|__)\\s*[:：])\\s*`,
  "i",
);
/** An introduction on the message's own line. */
const LEAD_IN = /^(?:here(?:['’]s| is)|hier ist|voici|aquí (?:está|tienes)|ecco)\s[^:：]{0,60}[:：]\s+(?=\S)/i;
const REMARK =
  /^[(*_]*(?:note:\s*)?(?:(?:this|the) (?:commit )?message (?:follows|is|uses|describes|summarizes|reflects|adheres)|let me know|feel free|i (?:hope|kept|used|followed)\b|diese (?:commit-)?nachricht|ce message|este mensaje|questo messaggio|このコミットメッセージ)/i;

const marks = (line: string) =>
  line
    .replace(/^#+\s+|^(?:\*\*|__)|(?:\*\*|__)$/g, "")
    .replace(/[:：]?\s*(?:\*\*|__)?$/, "")
    .trim();

/** Whether a line comes before the message: "Here is the commit message:", a heading, a word of consent. */
export function isPreamble(line: string): boolean {
  const text = line.trim().replace(/^[¡¿]/, "");
  return (
    (OPENS.test(text) && /[:：]$|^(?:以下|次の|こちら|コミット).*メッセージ.*(?:す|した|さい)。$/.test(text)) ||
    INTERJECTION.test(text) ||
    HEADING.test(marks(text))
  );
}

/** Like isPreamble, if the message is in a fence below. Then the line need not end in a colon. */
export const isIntroduction = (line: string) => isPreamble(line) || OPENS.test(line.trim().replace(/^[¡¿]/, ""));

/** Whether a paragraph is about the message itself. */
export const isRemark = (paragraph: string) => REMARK.test(paragraph);

/** Removes "Subject:". `labelled`: whether it was there. */
export function withoutLabel(line: string): { text: string; labelled: boolean } {
  const text = line.replace(LEAD_IN, "").replace(SUBJECT_LABEL, "").replace(SUBJECT_HEADING, "");
  return { text, labelled: text !== line };
}

/** Removes "Body:". `sure`: the subject had a label, so this is one too. */
export const withoutBodyLabel = (line: string, sure: boolean) =>
  sure ? line.replace(BODY_LABEL, "").replace(BODY_HEADING, "") : line.replace(BOLD_LABEL, "");
