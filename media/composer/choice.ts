/** A choice that shows at once, before the host has confirmed it. */
import { useEffect, useState } from "preact/hooks";

/** The user's choice, and what the host had sent before it. */
type Choice<T> = { chosen: T; before: T };

/**
 * @param value what the host says. What it sends before it hears of the choice does not take the choice back.
 * @param send tells the host.
 * @returns what to show, and a function that chooses.
 */
export function useChoice<T>(value: T, send: (chosen: T) => void): [T, (chosen: T) => void] {
  const [choice, setChoice] = useState<Choice<T>>();
  const isUnconfirmed = choice?.before === value;
  useEffect(() => {
    if (!isUnconfirmed) setChoice(undefined);
  }, [isUnconfirmed]);
  const choose = (chosen: T) => {
    setChoice({ chosen, before: value });
    send(chosen);
  };
  return [isUnconfirmed ? choice!.chosen : value, choose];
}
