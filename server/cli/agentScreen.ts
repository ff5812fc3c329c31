/** The output of `nemotron-server agent`: text for people, or one JSON object per line. */
import { stripVTControlCharacters } from "node:util";
import type { AgentProgress, AgentResult, ApprovalSubject, ApproveResult, ToolCall } from "../protocol.ts";
import { isStyled } from "./terminal.ts";

/** Shows a run. `answered`: what was asked, and the answer. */
export type AgentScreen = {
  event(progress: AgentProgress): void;
  answered(subject: ApprovalSubject, result: ApproveResult): void;
  result(result: AgentResult): void;
};

type Write = (text: string) => void;
type Style = (text: string) => string;

/** Shows each event as one line of JSON. */
export function jsonScreen(write: Write): AgentScreen {
  const print = (value: object) => write(`${escaped(JSON.stringify(value))}\n`);
  return {
    event: print,
    answered: (subject, result) => print({ type: "approval", subject, ...result }),
    result: (result) => print({ type: "result", ...result }),
  };
}

/** JSON without what a terminal could obey, or what some readers take for the end of a line. */
const escaped = (json: string) =>
  json.replace(/[\u007f-\u009f\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** How much of an argument the line of a call shows, characters. */
const MAX_ARGUMENT_CHARS = 60;
const INDENT = "    ";

/** Shows text for people, with colours if the stream is a terminal. */
export function textScreen(stream: NodeJS.WriteStream): AgentScreen {
  const styled = isStyled(stream);
  const style =
    (code: number): Style =>
    (text) =>
      styled && text !== "" ? `\x1b[${code}m${text}\x1b[0m` : text;
  const [bold, dim, red, green, cyan] = [1, 2, 31, 32, 36].map(style) as [Style, Style, Style, Style, Style];
  /** The type of event that the current line belongs to. */
  let open: AgentProgress["type"] | undefined;
  let atLineStart = true;
  const write = (text: string) => {
    if (text === "") return;
    stream.write(text);
    atLineStart = text.endsWith("\n");
  };
  /** Writes a text that comes in pieces. */
  const flow = (type: AgentProgress["type"], text: string, as: Style) => {
    if (text === "") return;
    if (open !== type) endLine();
    open = type;
    write(as(sanitize(text)));
    atLineStart = text.endsWith("\n");
  };
  const endLine = () => {
    if (!atLineStart) write("\n");
    open = undefined;
  };
  const line = (text: string) => {
    endLine();
    write(`${text}\n`);
  };
  const indented = (text: string) => {
    if (open !== "output") endLine();
    open = "output";
    const lines = sanitize(text).split("\n");
    const rest = lines.map((part, i) => (part === "" || (i === 0 && !atLineStart) ? part : INDENT + part));
    write(dim(rest.join("\n")));
    atLineStart = text.endsWith("\n");
  };
  return {
    event: (event) => {
      switch (event.type) {
        case "thought":
          return flow("thought", event.text, dim);
        case "text":
          return flow("text", event.text, (text) => text);
        case "revised":
          return line(sanitize(event.text));
        case "call":
          return line(`${cyan("●")} ${bold(sanitize(event.call.name))} ${callText(event.call)}`);
        case "rewind":
          return line(dim(`↺ ${REWOUND[event.reason]}; decoded again`));
        case "edit":
          endLine();
          for (const one of event.diff.trimEnd().split("\n"))
            line(
              INDENT +
                (one.startsWith("+") ? green(sanitize(one)) : one.startsWith("-") ? red(sanitize(one)) : sanitize(one)),
            );
          return event.warning === undefined ? undefined : line(`${INDENT}${sanitize(event.warning)}`);
        case "command":
          return event.check ? line(`${cyan("●")} ${bold("check")} ${sanitize(event.command)}`) : undefined;
        case "output":
          return indented(event.text);
        case "commandEnd":
          return line(dim(INDENT + (event.exitCode === undefined ? "it was ended" : `exit status ${event.exitCode}`)));
        case "said":
          return line(`You  ${sanitize(event.text)}`);
        case "compaction":
          return line(dim(`Room was made: ${event.elided} old results and ${event.dropped} messages were left out.`));
        case "verification":
          return line(VERIFIED[event.verdict]);
        default:
          return undefined;
      }
    },
    answered: (subject, { answer }) => {
      if (answer === "no") line(`${INDENT}Not allowed: ${sanitize(subjectText(subject))}`);
    },
    result: ({ outcome, reason, steps, changed, usage }) => {
      const ended = reason === undefined ? ENDED[outcome] : `${ENDED[outcome]} ${reason}`;
      line(`${bold(ended)}`);
      line(
        dim(
          `${steps} ${steps === 1 ? "step" : "steps"} · ${changed.length} ${changed.length === 1 ? "file" : "files"} changed · thought ${usage.thoughtTokens} · answer ${usage.answerTokens} · read ${usage.readTokens} tokens`,
        ),
      );
    },
  };
}

/** What the user is asked to allow, in words. */
export const subjectText = (subject: ApprovalSubject): string =>
  subject.type === "command" ? subject.command : `${subject.type} ${subject.path} (${subject.why})`;

/** Removes what would control the terminal from texts of models, files and commands. */
export const sanitize = (text: string): string =>
  stripVTControlCharacters(text).replace(/[^\P{Cc}\n\t]|\p{Bidi_Control}/gu, "\ufffd");

/** The arguments of a call in one line, shortened. */
function callText({ arguments: args }: ToolCall): string {
  const shown = Object.values(args).map((value) => {
    const text = sanitize(typeof value === "string" ? value : JSON.stringify(value)).replace(/\s+/g, " ");
    return text.length > MAX_ARGUMENT_CHARS ? `${text.slice(0, MAX_ARGUMENT_CHARS)}…` : text;
  });
  return shown.join(" · ");
}

const REWOUND = {
  unknownTool: "a tool that does not exist",
  badArguments: "a call that cannot be read",
  notShown: "lines that were not shown",
  exists: "a file that exists",
  repeated: "the same call again",
  empty: "nothing was said",
};
const VERIFIED = { passed: "Checked: it passes.", failed: "Checked: it fails.", none: "Not checked." };
const ENDED = { done: "Done.", limit: "Stopped at a limit.", stuck: "Stuck.", stopped: "Stopped." };
