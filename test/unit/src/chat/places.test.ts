import assert from "node:assert/strict";
import { placeOf, placesIn } from "../../../../src/chat/places.ts";

const texts = (answer: string) => placesIn(answer).map(({ text }) => text);

describe("files in an answer", () => {
  it("are found in code, in links and in plain words, with their lines", () => {
    assert.deepEqual(texts("See `src/a.ts:12`, src/b.ts#L9 and [the cart](./src/cart.ts#L3-L9)."), [
      "./src/cart.ts#L3-L9",
      "src/a.ts:12",
      "src/b.ts#L9",
    ]);
    assert.deepEqual(texts("[a][r]\n\n[r]: docs/a%20b.md"), ["docs/a b.md"]);
    assert.deepEqual(texts("In main.py."), ["main.py"]);
    assert.deepEqual(texts("`Dockerfile` `./Makefile`"), ["./Makefile"]);
  });

  it("are neither addresses nor code", () => {
    assert.deepEqual(texts("https://example.com/a.ts [x](https://a.b/c.ts) `a b.ts` v1.2.3 1.5 this"), []);
    assert.deepEqual(texts("```ts\nimport './a.ts'\n```"), []);
    for (const text of ["..", "./", "a\\b.ts", "//host/a.ts", "file:///etc/passwd"])
      assert.equal(placeOf(text), undefined);
  });

  it("have a line, or none", () => {
    assert.deepEqual(placeOf("a.ts:12:5"), { text: "a.ts:12:5", path: "a.ts", line: 12 });
    assert.deepEqual(placeOf("a.ts#L9"), { text: "a.ts#L9", path: "a.ts", line: 9 });
    assert.deepEqual(placeOf("src/a.ts"), { text: "src/a.ts", path: "src/a.ts", line: 0 });
  });
});
