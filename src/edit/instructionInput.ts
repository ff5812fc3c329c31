/** The input for an instruction, with recent ones below it and a thinking budget. */
import { t } from "@vscode/l10n";
import {
  commands,
  type Disposable,
  type Memento,
  type QuickInputButton,
  type QuickPick,
  type QuickPickItem,
  QuickPickItemKind,
  ThemeIcon,
  window,
} from "vscode";
import { BUDGETS, type Budget } from "../../media/messages.ts";
import type { InstructionId } from "../../server/protocol.ts";
import { shortBudget } from "../text/budgets.ts";
import { openInput } from "../typing/openInput.ts";
import type { Instruction } from "./review.ts";

/** The key of recent instructions in the global state. */
const RECENT = "edit.recent";
const MOST_RECENT = 10;
/** Time without a key before the prompt is read ahead, ms. */
const REST_MS = 250;

/** What the user has asked for, and with which thinking budget. */
export type Choice = { instruction: Instruction; budget: Budget };
export type PredefinedInstruction = { id: InstructionId; title: string; detail: string };

/** Why nothing can be edited here, and what can be done about it: commands with their titles. */
export type EditObstacle = { message: string; remedies: readonly { title: string; command: string }[] };

type Item = QuickPickItem & { instruction?: Instruction; command?: string };

export type InputOptions = {
  title: string;
  /** A better title, found while the input is already open. */
  named?: Promise<string | undefined>;
  value?: string;
  budget: Budget;
  predefined: readonly PredefinedInstruction[];
  memento: Memento;
  /** Called with the text so far, first when the input is open, so that it can be read ahead. */
  onTyped?: (text: string) => void;
  /** Looked up while the input is already open; the input shows it. */
  obstacle?: Promise<EditObstacle | undefined>;
};

/**
 * Opens at once. Call it before anything is awaited: keys typed meanwhile are meant for the input.
 * @returns undefined when the user cancels.
 */
export function askForInstruction(options: InputOptions): Promise<Choice | undefined> {
  const { memento, onTyped } = options;
  let { title } = options;
  let { budget } = options;
  const pick = window.createQuickPick<Item>();
  pick.placeholder = t("What should change? Press Enter to start or Escape to cancel");
  pick.value = options.value ?? "";
  pick.matchOnDetail = true;
  const show = () => {
    pick.title = `${title} · ${budget === "off" ? t("no thinking") : t("thinks up to {0} tokens", shortBudget(budget))}`;
    pick.buttons = [budgetButton(budget)];
  };
  let obstacle: EditObstacle | undefined;
  const list = () => {
    pick.items = obstacle ? obstacleItems(obstacle) : itemsFor(pick.value, recentOf(memento), options.predefined);
  };
  let timer: NodeJS.Timeout | undefined;
  return new Promise((resolve) => {
    const accept = async () => {
      const picked = chosen(pick, opened.text);
      obstacle = await options.obstacle;
      if (obstacle) {
        list();
        if (picked.command) {
          pick.hide();
          await commands.executeCommand(picked.command);
        }
        return;
      }
      const { instruction } = picked;
      if (instruction === undefined || instruction === "") return;
      if (typeof instruction === "string") remember(memento, instruction);
      resolve({ instruction, budget });
      pick.hide();
    };
    const listeners: Disposable[] = [
      pick.onDidTriggerButton(() => {
        budget = BUDGETS[(BUDGETS.indexOf(budget) + 1) % BUDGETS.length]!;
        show();
      }),
      pick.onDidChangeValue(() => {
        list();
        clearTimeout(timer);
        timer = setTimeout(() => onTyped?.(opened.text), REST_MS);
      }),
      pick.onDidAccept(() => void accept()),
      pick.onDidHide(() => {
        clearTimeout(timer);
        resolve(undefined);
        for (const listener of listeners) listener.dispose();
        pick.dispose();
      }),
    ];
    show();
    list();
    const opened = openInput(pick, () => void accept());
    void options.named?.then((found) => {
      title = found ?? title;
      show();
    });
    void options.obstacle?.then((found) => {
      obstacle = found;
      if (found) list();
      else onTyped?.(opened.text);
    });
  });
}

/** A fast typist presses Enter before the list is updated: then the typed text counts, not the list. */
function chosen({ activeItems: [active], items, value }: QuickPick<Item>, text: string): Partial<Item> {
  return active && items.includes(active) && text === value ? active : { instruction: text.trim() };
}

const obstacleItems = ({ message, remedies }: EditObstacle): Item[] => [
  { label: `$(warning) ${message}`, alwaysShow: true },
  ...remedies.map(({ title, command }) => ({ label: `$(arrow-right) ${title}`, alwaysShow: true, command })),
];

const budgetButton = (budget: Budget): QuickInputButton => ({
  iconPath: new ThemeIcon(budget === "off" ? "circle-slash" : "lightbulb"),
  tooltip: t("Change Thinking Budget"),
});

/** The typed text always comes first, so nobody has to pick from the list. */
function itemsFor(value: string, recent: readonly string[], predefined: readonly PredefinedInstruction[]): Item[] {
  const typed = value.trim();
  const items: Item[] = typed === "" ? [] : [{ label: `$(edit) ${typed}`, alwaysShow: true, instruction: typed }];
  const others = recent.filter((text) => text !== typed);
  const section = (label: string): Item => ({ label, kind: QuickPickItemKind.Separator });
  if (others.length > 0)
    items.push(section(t("recent")), ...others.map((text) => ({ label: `$(history) ${text}`, instruction: text })));
  if (predefined.length > 0)
    items.push(
      section(t("predefined")),
      ...predefined.map(({ id, title, detail }) => ({ label: `$(sparkle) ${title}`, detail, instruction: { id } })),
    );
  return items;
}

const recentOf = (memento: Memento) => memento.get<string[]>(RECENT) ?? [];

function remember(memento: Memento, instruction: string): void {
  const others = recentOf(memento).filter((text) => text !== instruction);
  void memento.update(RECENT, [instruction, ...others].slice(0, MOST_RECENT));
}
