/** The words that models put around a commit message, in English and the five other languages of the product. */

/** A commit message is called so. */
const NAME =
  "(?:(?:suggested|proposed|final|git|generated|vorgeschlagene|folgende|mögliche) )*(?:commit[- ]?(?:message|nachricht)|mensaje del? (?:commit|confirmación)|message de (?:commit|validation)|messaggio d[ie]l? commit|コミット ?メッセージ)(?:案| (?:proposé|suggéré|propuesto|sugerido|proposto|suggerito))?";
const NAMES_IT = new RegExp(`${NAME}(?!\\p{L})`, "iu");
/** What it is called where the context says that it is one. */
const CALLS_IT =
  /message|nachricht|mensaje|messaggio|メッセージ|suggestion|vorschlag|proposition|propuesta|sugerencia|proposta|提案/i;

/** Beginnings of a line that hands something over. */
const HANDS_OVER = new RegExp(
  `^(?:${[
    "here(?:'s|’s| is| are| you go| it is)|based on|the following (?:commit )?message|this is the|i(?:['’]d|['’]ve| would| have)? ?(?:suggest|propose|recommend)",
    "(?:option|variante?|vorschlag|opción|opzione|proposition) ?(?:1|a)",
    "hier(?: ist| sind| ein)|das ist (?:die|eine)|basierend|auf (?:der )?(?:grundlage|basis)|mein vorschlag|ich schlage",
    "voici|c['’]est|d['’]après|sur la base|le message suivant|je (?:propose|suggère)|proposition de message",
    "aquí (?:está|tienes|va)|est[ae] es|basado|basándo|con base|el siguiente mensaje|sugiero|propongo|propuesta de mensaje",
    "ecco|quest[oa] è|in base|sulla base|basandomi|il seguente messaggio|suggerisco|di seguito|proposta di messaggio",
  ].join("|")})(?!\\p{L})|^(?:以下の(?:通り|とおり)|こちら)`,
  "iu",
);
/** Beginnings of other lines, which can as well be a message's. */
const OPENS = new RegExp(
  `^(?:${[
    "sure|of course|okay|ok\\b|certainly|absolutely|great|alright|below|given|the following|this is",
    "i(?:['’]ve| have)? ?(?:written|wrote)|an? (?:suitable|good|possible|suggested|concise|clear|proper|fitting)",
    "(?:the |my |suggested |proposed |final |git )*commit message|you (?:can|could|may)|the (?:suggested|proposed|commit)",
    "hier|gerne?|natürlich|klar|selbstverständlich|die folgende|vorschlag|eine (?:passende|mögliche)|ich würde|(?:die )?commit-?nachricht",
    "bien sûr|en fonction|(?:le )?message de commit|proposition|un message|certainement",
    "aquí|claro|por supuesto|el mensaje|mensaje de|según|un mensaje",
    "certo|certamente|il messaggio|messaggio di|un messaggio",
  ].join("|")})(?!\\p{L})|^(?:以下|次の|はい|もちろん|承知|かしこまりました|コミット|変更内容|この変更)`,
  "iu",
);
const CONSENT =
  "sure(?: thing)?|of course|okay|ok|certainly|absolutely|great|alright|got it|no problem|understood|gerne?|natürlich|klar|verstanden|selbstverständlich|bien sûr|d['’]accord|certainement|claro(?: que sí)?|por supuesto|de acuerdo|certo|certamente|va bene|はい|もちろんです?|承知(?:いた)?しました|かしこまりました";
const INTERJECTION = new RegExp(`^(?:${CONSENT})\\s*[!.,…。！、]*$`, "i");
/** The same in front of more. */
const CONSENTS = new RegExp(`^(?:${CONSENT})\\s*[!.,…。！、]\\s*(?=\\S)`, "i");
const HEADING = new RegExp(`^(?:${NAME}|commit|message|nachricht|mensaje|messaggio|メッセージ)$`, "i");
const SUBJECT =
  "(?:commit[- ])?(?:subject(?: line)?|title|summary|betreff|titel|objet|sujet|titre|asunto|título|oggetto|titolo|件名|タイトル)";
const BODY =
  "(?:commit[- ])?(?:body|description|details|explanation|beschreibung|text|corps|détails|cuerpo|descripción|detalles|corpo|descrizione|dettagli|本文|説明|詳細)";
/** A label before the text, bold or not, with the colon inside or outside the bold part. */
const label = (words: string) => new RegExp(`^(\\*\\*|__)?(?:${words})\\s*(?:\\1)?\\s*[:：]\\s*(?:\\1)?\\s*`, "i");
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
/** What is said of a message itself, and not of one that the changes are about. */
const REMARK = new RegExp(
  `^[(*_]*(?:note:\\s*)?(?:${[
    "(?:this|the) commit message (?:follows|is|uses|describes|summarizes|reflects|adheres|captures)|this message is (?:short|concise|clear)",
    "(?:this|the) message (?:follows|uses|reflects|adheres|summarizes|describes)\\b.*\\b(?:style|convention\\w*|format|changes?|commits?|mood|guidelines|diff|ones)\\b",
    "let me know|feel free|would you like me|i hope (?:this|that)|i (?:kept|used|followed)\\b.*\\b(?:style|convention\\w*|mood|subject|message|commits)\\b",
    "diese (?:commit-)?nachricht|lass(?:en sie)? (?:es )?mich wissen|ce message|n['’]hésite[sz]? pas|este mensaje|avísame|questo messaggio|fammi sapere|このコミットメッセージ",
  ].join("|")})`,
  "i",
);

const marks = (line: string) =>
  line
    .replace(/^#+\s+|^(?:\*\*|__)|(?:\*\*|__)$/g, "")
    .replace(/[:：]?\s*(?:\*\*|__)?$/, "")
    .trim();

/** Without signs around it, and without a word of consent in front. */
const told = (line: string) =>
  line
    .trim()
    .replace(/^[¡¿]/, "")
    .replace(CONSENTS, "")
    .replace(/^[¡¿*_]+|[*_]+$/g, "")
    .trim();

const ENDS = /[:：]$/;
const JAPANESE =
  /^(?:以下|次の|こちら|コミット).*メッセージ.*(?:す|した|さい|か)[。？]$|^コミットメッセージは(?:こちら|以下).*。$/;

/** "Here is the commit message:", a heading, a word of consent. A message may end in a colon, too: it says nothing of a message. */
export function isPreamble(line: string): boolean {
  const text = told(line);
  if (JAPANESE.test(text) || INTERJECTION.test(line.trim().replace(/^[¡¿]/, "")) || HEADING.test(marks(line.trim())))
    return true;
  return ENDS.test(text) && (HANDS_OVER.test(text) || NAMES_IT.test(text) || (OPENS.test(text) && CALLS_IT.test(text)));
}

/** One that can stand below other text: a model may say first what it sees. */
export const isHandingOver = (line: string) => {
  const text = told(line);
  return ENDS.test(text) && NAMES_IT.test(text) && (HANDS_OVER.test(text) || LATE.test(text));
};
const LATE =
  /\b(?:here|hier|voici|aquí|ecco)\b.*[:：]$|\b(?:is|would be|should be|lautet|wäre|est|serait|sería|es|sarebbe|è)\s*[:：]$/i;

/** Like isPreamble, if the message is in a fence below. Then the line need not end in a colon. */
export const isIntroduction = (line: string) => {
  const text = told(line);
  return isPreamble(line) || HANDS_OVER.test(text) || OPENS.test(text);
};

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
