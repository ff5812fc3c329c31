/** Further tools for the agent: those of other extensions and MCP servers that the user chooses. Off at first. */
import { t } from "@vscode/l10n";
import {
  type CancellationToken,
  extensions,
  LanguageModelPromptTsxPart,
  LanguageModelTextPart,
  type LanguageModelToolInformation,
  lm,
  type Memento,
  type QuickPickItem,
  window,
} from "vscode";
import type { CallToolParams, CallToolResult, Tool } from "../../server/protocol.ts";
import { promptTsxText } from "../lm/promptTsx.ts";
import { numberText } from "../text/locale.ts";
import { oneLine } from "./titles.ts";
import { chosenAfter, sourceOf } from "./toolChoice.ts";

/** The workspace's key for the names of the chosen tools. */
const CHOSEN = "agent.tools";
/** To estimate tokens. */
const CHARS_PER_TOKEN = 3.5;
/** How many can be chosen: with more, a small model calls wrong ones. */
const MOST_TOOLS = 8;
/** The agent's own tools. */
const OWN = ["read", "search", "edit", "create", "run"];

/** The tokens of texts, and of the model's context. */
type Prices = { count: (texts: string[]) => Promise<number[]>; context: () => number | undefined };

export class FurtherTools {
  private readonly memento: Memento;

  constructor(memento: Memento) {
    this.memento = memento;
  }

  /** The chosen tools that are there now. */
  get chosen(): Tool[] {
    const { names } = this;
    return offered()
      .filter(({ name }) => names.includes(name))
      .slice(0, MOST_TOOLS)
      .map(definition);
  }

  private get names(): string[] {
    return this.memento.get<string[]>(CHOSEN, []);
  }

  /** Has the user choose. Resolves when the list is closed. */
  async choose({ count, context }: Prices): Promise<void> {
    const tools = offered();
    const texts = tools.map((tool) => JSON.stringify(definition(tool)));
    // Without a model the prices are estimates.
    const isReady = context() !== undefined && texts.length > 0;
    const estimates = texts.map(({ length }) => Math.ceil(length / CHARS_PER_TOKEN));
    const tokens = isReady ? await count(texts).catch(() => estimates) : estimates;
    const chosen = new Set(this.chosen.map(({ name }) => name));
    const items = tools.map((tool, i) => ({
      label: oneLine(tool.name),
      description: described(sourceOf(tool.name, extensions.all), tokens[i] ?? 0),
      detail: oneLine(tool.description, LONGEST_DETAIL),
      picked: chosen.has(tool.name),
      name: tool.name,
      tokens: tokens[i] ?? 0,
    }));
    const names = await pick(items, context());
    const listed = tools.map(({ name }) => name);
    if (names) await this.memento.update(CHOSEN, chosenAfter(this.names, listed, names));
  }

  /** Calls a chosen tool. VS Code asks the user where the tool needs that. A failure is the call's result. */
  async call({ call: { name, arguments: input } }: CallToolParams, token: CancellationToken): Promise<CallToolResult> {
    if (!this.chosen.some((tool) => tool.name === name)) return { content: `There is no tool ${name}.` };
    try {
      const { content } = await lm.invokeTool(name, { input, toolInvocationToken: undefined }, token);
      return { content: content.map(textOf).join("\n") };
    } catch (error) {
      // The model learns of it, and can do something else.
      return { content: `This failed: ${error instanceof Error ? error.message : String(error)}` };
    }
  }
}

function textOf(part: unknown): string {
  if (part instanceof LanguageModelTextPart) return part.value;
  return part instanceof LanguageModelPromptTsxPart ? promptTsxText(part.value) : "[not text]";
}

/** Characters of a tool's description. */
const LONGEST_DETAIL = 160;

/** All that VS Code knows, except for names that the agent's own tools have. */
const offered = () => lm.tools.filter(({ name }) => !OWN.includes(name));

const described = (source: string | undefined, tokens: number) =>
  [...(source === undefined ? [] : [source]), t("{0} tokens", numberText(tokens))].join(" · ");

const definition = ({ name, description, inputSchema }: LanguageModelToolInformation): Tool => ({
  name,
  description,
  ...(inputSchema && { parameters: inputSchema }),
});

type Item = QuickPickItem & { name: string; tokens: number };

/** Returns the chosen names; undefined if the user has closed the list. @param context the model's, tokens. */
function pick(items: Item[], context: number | undefined): Promise<string[] | undefined> {
  const input = window.createQuickPick<Item>();
  input.canSelectMany = true;
  input.title = t("Further Tools for the Agent, beside {0}", OWN.join(", "));
  input.items = items;
  input.selectedItems = items.filter(({ picked }) => picked);
  const say = () => {
    const used = input.selectedItems.reduce((sum, { tokens }) => sum + tokens, 0);
    input.placeholder =
      items.length === 0
        ? t("VS Code knows no further tools.")
        : context === undefined
          ? t("At most {0}. They take {1} tokens of each prompt.", MOST_TOOLS, numberText(used))
          : t(
              "At most {0}. They leave {1} of {2} tokens.",
              MOST_TOOLS,
              numberText(context - used),
              numberText(context),
            );
  };
  say();
  return new Promise((resolve) => {
    input.onDidChangeSelection((selected) => {
      if (selected.length > MOST_TOOLS) input.selectedItems = selected.slice(0, MOST_TOOLS);
      say();
    });
    input.onDidAccept(() => {
      resolve(input.selectedItems.map(({ name }) => name));
      input.hide();
    });
    input.onDidHide(() => {
      resolve(undefined);
      input.dispose();
    });
    input.show();
  });
}
