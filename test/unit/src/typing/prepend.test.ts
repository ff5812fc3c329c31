import assert from "node:assert/strict";
import fc from "fast-check";
import { Prepend } from "../../../../src/typing/prepend.ts";

/** An input in another process. Values are under way in both directions until the test lets them arrive. */
function input(shown = "") {
  const [there, back]: [string[], string[]] = [[], []];
  let value = shown;
  const prepend = new Prepend(shown, (next) => there.push(next));
  return {
    prepend,
    type: (letter: string) => {
      value = letter === "\b" ? value.replace(/.$/su, "") : value + letter;
      back.push(value);
    },
    arrives: () => {
      const next = there.shift();
      if (next === undefined) return false;
      if (next !== value) back.push(next);
      value = next;
      return true;
    },
    returns: () => {
      const next = back.shift();
      if (next !== undefined) prepend.changed(next);
      return next !== undefined;
    },
    get value() {
      return value;
    },
  };
}

describe("a text put before what is being typed", () => {
  it("comes before letters that are typed meanwhile, whenever they arrive", () => {
    const steps = fc.array(fc.constantFrom("type", "arrives", "returns", "add"), { maxLength: 40 });
    fc.assert(
      fc.property(steps, fc.constantFrom("", "retry"), (steps, before) => {
        const typed = input(before);
        let [prefix, rest, n] = ["", "", 0];
        for (const step of steps)
          if (step === "type") {
            // Equal letters may follow each other.
            const letter = "aab"[n++ % 3]!;
            rest += letter;
            typed.type(letter);
          } else if (step === "add") {
            if (prefix) continue;
            prefix = "aa";
            typed.prepend.add(prefix);
          } else typed[step]();
        while (typed.returns() || typed.arrives());
        assert.equal(typed.value, prefix + before + rest);
        assert.equal(typed.prepend.text, prefix + before + rest);
      }),
    );
  });

  it("accepts that the user deletes letters", () => {
    const typed = input();
    typed.prepend.add("ab");
    typed.type("c");
    typed.type("\b");
    typed.type("d");
    while (typed.returns() || typed.arrives());
    assert.equal(typed.value, "abd");
  });
});
