/** Keyboard navigation between turns and between blocks of code. */
import type { GoTarget } from "../messages.ts";

const WHAT = { Turn: ".question", Code: ".answer .code > pre" };

/**
 * Moves the focus to the next or previous turn or code block, counted from the focus, or else from the top of the view.
 *
 * @returns false if there is none.
 */
export function goTo(scroller: HTMLElement, to: Exclude<GoTarget, "find">): boolean {
  const forward = to.startsWith("next");
  const all = [...scroller.querySelectorAll<HTMLElement>(to.endsWith("Turn") ? WHAT.Turn : WHAT.Code)];
  const target = forward
    ? all.find((each) => isAfter(scroller, each))
    : all.findLast((each) => isBefore(scroller, each));
  if (!target) return false;
  if (target.tabIndex < 0) target.tabIndex = -1;
  target.focus({ preventScroll: true });
  (target.closest(".code") ?? target).scrollIntoView({ block: "start" });
  return true;
}

/** Rounding tolerance of positions, px. */
const SLACK = 2;

function isAfter(scroller: HTMLElement, element: HTMLElement): boolean {
  const focused = focusIn(scroller);
  if (focused) return (focused.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
  return offset(scroller, element) > SLACK;
}

function isBefore(scroller: HTMLElement, element: HTMLElement): boolean {
  const focused = focusIn(scroller);
  if (focused) return (focused.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_PRECEDING) !== 0;
  return (
    offset(scroller, element) < -SLACK || scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight - SLACK
  );
}

const focusIn = (scroller: HTMLElement) =>
  scroller.contains(document.activeElement) && document.activeElement !== scroller ? document.activeElement : undefined;

const offset = (scroller: HTMLElement, element: HTMLElement) =>
  element.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
