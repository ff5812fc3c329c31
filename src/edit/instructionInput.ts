/** Where an instruction is typed: with the latest ones below it, and a budget for the thought. */
import { t } from "@vscode/l10n";
import {
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
import { shortBudget } from "../budgets.ts";

const RECENT = "edit.recent";
const MOST_RECENT = 10;
/** Keys follow one another: so long after the last one it is read ahead, ms. */
const REST_MS = 250;

export type Instruction = string | { id: InstructionId };
export type Choice = { instruction: Instruction; budget: Budget };
export type Ready = { id: InstructionId; title: string; detail: string };

type Item = QuickPickItem & { instruction?: Instruction };

export type InputOptions = {
  title: string;
  value?: string;
  budget: Budget;
  ready: readonly Ready[];
  memento: Memento;
  /** What is typed so far, from the opening on: it can be read ahead. */
  onTyped?: (text: string) => void;
};

/** Undefined when the user thought better of it. */
export function askForInstruction(options: InputOptions): Promise<Choice | undefined> {
  const { title, memento, onTyped } = options;
  let { budget } = options;
  const pick = window.createQuickPick<Item>();
  pick.placeholder = t("What should change? Enter to start, Escape to leave the code as it is");
  pick.value = options.value ?? "";
  pick.matchOnDetail = true;
  const show = () => {
    pick.title = `${title} · ${budget === "off" ? t("no thinking") : t("thinks up to {0} tokens", shortBudget(budget))}`;
    pick.buttons = [budgetButton(budget)];
  };
  const list = () => {
    pick.items = itemsFor(pick.value, recentOf(memento), options.ready);
  };
  let timer: NodeJS.Timeout | undefined;
  return new Promise((resolve) => {
    const listeners: Disposable[] = [
      pick.onDidTriggerButton(() => {
        budget = BUDGETS[(BUDGETS.indexOf(budget) + 1) % BUDGETS.length]!;
        show();
      }),
      pick.onDidChangeValue((value) => {
        list();
        clearTimeout(timer);
        timer = setTimeout(() => onTyped?.(value), REST_MS);
      }),
      pick.onDidAccept(() => {
        const instruction = chosen(pick);
        if (instruction === undefined || instruction === "") return;
        if (typeof instruction === "string") remember(memento, instruction);
        resolve({ instruction, budget });
        pick.hide();
      }),
      pick.onDidHide(() => {
        clearTimeout(timer);
        resolve(undefined);
        for (const listener of listeners) listener.dispose();
        pick.dispose();
      }),
    ];
    show();
    list();
    pick.show();
    onTyped?.(pick.value);
  });
}

/** Whoever types fast presses Enter before the list has followed: then what is typed counts, not what the list still shows. */
function chosen({ activeItems: [active], items, value }: QuickPick<Item>): Instruction | undefined {
  return active && items.includes(active) ? active.instruction : value.trim();
}

const budgetButton = (budget: Budget): QuickInputButton => ({
  iconPath: new ThemeIcon(budget === "off" ? "circle-slash" : "lightbulb"),
  tooltip: t("Change how much the model may think"),
});

/** What is typed comes first and always: nobody has to pick from a list to say what they want. */
function itemsFor(value: string, recent: readonly string[], ready: readonly Ready[]): Item[] {
  const typed = value.trim();
  const items: Item[] = typed === "" ? [] : [{ label: `$(edit) ${typed}`, alwaysShow: true, instruction: typed }];
  const others = recent.filter((text) => text !== typed);
  const section = (label: string): Item => ({ label, kind: QuickPickItemKind.Separator });
  if (others.length > 0)
    items.push(section(t("recent")), ...others.map((text) => ({ label: `$(history) ${text}`, instruction: text })));
  if (ready.length > 0)
    items.push(
      section(t("ready-made")),
      ...ready.map(({ id, title, detail }) => ({ label: `$(sparkle) ${title}`, detail, instruction: { id } })),
    );
  return items;
}

const recentOf = (memento: Memento) => memento.get<string[]>(RECENT) ?? [];

function remember(memento: Memento, instruction: string): void {
  const others = recentOf(memento).filter((text) => text !== instruction);
  void memento.update(RECENT, [instruction, ...others].slice(0, MOST_RECENT));
}
