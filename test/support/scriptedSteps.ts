/** An endpoint whose replies are the steps of an agent. */
import { delta, type FakeEndpoint, finish, reasoning, sse, text } from "./fakeEndpoint.ts";

/** An answer, or a call. `thought`: comes before it. */
export type ScriptedStep = string | [name: string, args: object, thought?: string];

/** The endpoint gives these replies, one after the other, and repeats the last one. */
export function script(endpoint: FakeEndpoint, steps: readonly ScriptedStep[]): void {
  let next = 0;
  endpoint.chat = ({ response }) => sse(response, chunks(steps[Math.min(next++, steps.length - 1)]!));
}

function chunks(step: ScriptedStep): object[] {
  if (typeof step === "string") return [text(step), finish("stop")];
  const [name, args, thought] = step;
  const call = { index: 0, id: "call", type: "function", function: { name, arguments: JSON.stringify(args) } };
  return [...(thought ? [reasoning(thought)] : []), delta({ tool_calls: [call] }), finish("tool_calls")];
}
