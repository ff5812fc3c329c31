/** Commands for how much the model may think: the switch, the picker for the chat, and one for each action. */
import { t } from "@vscode/l10n";
import { QuickInputButtons, type QuickPickItem, QuickPickItemKind, window } from "vscode";
import { BUDGETS, type Budget } from "../../media/messages.ts";
import { changeSetting, defaultBudget, defaultOf, setting } from "../config.ts";
import { type Action, budgetLabel, shortBudget, toggledThinking } from "../text/budgets.ts";
import { openInput } from "../typing/openInput.ts";

/** The actions beside the chat, as the picker words them. */
const OTHERS = ["explain", "edit", "refactor"] as const;
type Other = (typeof OTHERS)[number];
const titles = (): Record<Other, { name: string; question: string }> => ({
  explain: { name: t("Explain"), question: t("Thinking Budget for Explain") },
  edit: { name: t("Edit"), question: t("Thinking Budget for Edit") },
  refactor: { name: t("Refactor"), question: t("Thinking Budget for Refactor") },
});

type BudgetItem = QuickPickItem & { budget: Budget };
type ActionItem = QuickPickItem & { action: Other };
type Item = QuickPickItem | BudgetItem | ActionItem;

/** Switches thinking off, or on again as it was. */
export async function toggleThinking(): Promise<void> {
  const { mode, chat } = toggledThinking(defaultBudget("chat"), budgetWhenOn());
  if (chat) await changeSetting("thinking.budget.chat", chat);
  await changeSetting("thinking.mode", mode);
}

/** Sets the chat's budget. Any budget but off switches thinking on. Throws an Error if the argument is no budget. */
export async function setBudget(argument: unknown): Promise<void> {
  const budget = BUDGETS.find((budget) => budget === argument);
  if (budget === undefined) throw new Error(t("The budget must be one of {0}.", BUDGETS.join(", ")));
  await setActionBudget("chat", budget);
}

/** The picker for the chat, which leads on to the other actions. */
export async function pickThinking(): Promise<void> {
  for (;;) {
    const item = await pick<Item>(t("Thinking Budget for Chat"), [
      ...budgetItems(defaultBudget("chat")),
      { label: t("Per-Action Thinking"), kind: QuickPickItemKind.Separator },
      ...actionItems(),
    ]);
    if (item && "budget" in item) return setActionBudget("chat", item.budget);
    if (!item || !("action" in item)) return;
    if ((await pickFor(item.action)) !== "back") return;
  }
}

/** The other actions' budgets alone. */
export async function pickDefaults(): Promise<void> {
  for (;;) {
    const item = await pick(t("Per-Action Thinking"), actionItems());
    if (!item || (await pickFor(item.action)) !== "back") return;
  }
}

async function pickFor(action: Other): Promise<"back" | undefined> {
  const item = await pick(titles()[action].question, budgetItems(defaultBudget(action)), { back: true });
  if (item === "back") return "back";
  if (item) await setActionBudget(action, item.budget);
  return undefined;
}

async function setActionBudget(action: Action, budget: Budget): Promise<void> {
  await changeSetting(`thinking.budget.${action}`, budget);
  if (budget !== "off") await changeSetting("thinking.mode", "on");
}

function budgetWhenOn(): Budget {
  const chosen = setting("thinking.budget.chat");
  return chosen === "off" ? defaultOf("thinking.budget.chat") : chosen;
}

function budgetItems(current: Budget): BudgetItem[] {
  return BUDGETS.map((budget) => {
    const { label, description } = budgetLabel(budget);
    return { label: `$(${budget === current ? "check" : "blank"}) ${label}`, description, budget };
  });
}

function actionItems(): ActionItem[] {
  return OTHERS.map((action) => ({
    label: `$(blank) ${titles()[action].name}…`,
    description: shortBudget(defaultBudget(action)),
    action,
  }));
}

function pick<T extends QuickPickItem>(title: string, items: T[]): Promise<T | undefined>;
function pick<T extends QuickPickItem>(
  title: string,
  items: T[],
  more: { back: true },
): Promise<T | "back" | undefined>;
function pick<T extends QuickPickItem>(
  title: string,
  items: T[],
  more?: { back: true },
): Promise<T | "back" | undefined> {
  return new Promise((resolve) => {
    const input = window.createQuickPick<T>();
    input.title = title;
    input.items = items;
    input.activeItems = items.filter(({ label }) => label.startsWith("$(check)"));
    if (more) input.buttons = [QuickInputButtons.Back];
    input.onDidTriggerButton(() => {
      resolve("back");
      input.hide();
    });
    input.onDidAccept(() => {
      resolve(input.selectedItems[0]);
      input.hide();
    });
    // Only the first call of resolve counts: after an answer this changes nothing.
    input.onDidHide(() => {
      resolve(undefined);
      input.dispose();
    });
    openInput(input);
  });
}
