/** Tool calls, assembled from the forms in which endpoints send them. */
import assert from "node:assert/strict";
import type { ToolCall } from "../../../server/protocol.ts";
import { CallAssembler } from "../../../server/remote/callAssembler.ts";
import { toChunk } from "../../../server/remote/chunk.ts";

const TOOLS = ["get_weather", "get_time"];
const WEATHER = ["get_weather", { city: "Bonn" }];
const TIME = ["get_time", { tz: "UTC" }];

type Piece = { index?: unknown; id?: unknown; name?: string; args?: unknown };

/** Each of `deltas` comes in one chunk. */
function put(deltas: (Piece | Piece[])[], tools = TOOLS) {
  const { calls, unreadable } = assembled(deltas, tools).end();
  return unreadable === undefined ? calls.map(pairOf) : { unreadable };
}

const pairOf = ({ name, arguments: args }: ToolCall) => [name, args];

function assembled(deltas: (Piece | Piece[])[], tools = TOOLS): CallAssembler {
  const calls = new CallAssembler(tools);
  for (const pieces of deltas) {
    const tool_calls = [pieces].flat().map(({ index, id, name, args }) => ({
      ...(index !== undefined && { index }),
      ...(id !== undefined && { id }),
      function: { ...(name !== undefined && { name }), ...(args !== undefined && { arguments: args }) },
    }));
    calls.push(toChunk({ choices: [{ index: 0, delta: { tool_calls } }] })?.calls ?? []);
  }
  return calls;
}

const weather = '{"city":"Bonn"}';
const time = '{"tz":"UTC"}';

describe("calls", () => {
  const TWO: [string, (Piece | Piece[])[]][] = [
    [
      "by index",
      [
        { index: 0, id: "a", name: "get_weather", args: weather },
        { index: 1, id: "b", name: "get_time", args: time },
      ],
    ],
    [
      "by index, in one piece",
      [
        [
          { index: 0, id: "a", name: "get_weather", args: weather },
          { index: 1, id: "b", name: "get_time", args: time },
        ],
      ],
    ],
    [
      "by index, in any order",
      [
        { index: 1, id: "b", name: "get_time", args: time },
        { index: 0, id: "a", name: "get_weather", args: weather },
      ],
    ],
    [
      "by an index that is text",
      [
        { index: "0", name: "get_weather", args: weather },
        { index: "1", name: "get_time", args: time },
      ],
    ],
    [
      "by index, interleaved",
      [
        { index: 0, id: "a", name: "get_weather" },
        { index: 1, id: "b", name: "get_time" },
        { index: 0, args: '{"city":' },
        { index: 1, args: '{"tz":' },
        { index: 0, args: '"Bonn"}' },
        { index: 1, args: '"UTC"}' },
      ],
    ],
    [
      "without an index",
      [
        [
          { id: "a", name: "get_weather", args: weather },
          { id: "b", name: "get_time", args: time },
        ],
      ],
    ],
    [
      "without an index, one after the other",
      [
        { id: "a", name: "get_weather", args: weather },
        { id: "b", name: "get_time", args: time },
      ],
    ],
    [
      "without an index or an id",
      [
        { name: "get_weather", args: weather },
        { name: "get_time", args: time },
      ],
    ],
    [
      "with an index that is null",
      [
        { index: null, name: "get_weather", args: weather },
        { index: null, name: "get_time", args: time },
      ],
    ],
    [
      "without an index, by ids, interleaved",
      [
        { id: "a", name: "get_weather", args: "" },
        { id: "b", name: "get_time", args: "" },
        { id: "a", args: weather },
        { id: "b", args: time },
      ],
    ],
    [
      "always with index 0, by ids",
      [
        { index: 0, id: "a", name: "get_weather", args: weather },
        { index: 0, id: "b", name: "get_time", args: time },
      ],
    ],
    [
      "always with index 0, by names",
      [
        { index: 0, name: "get_weather", args: weather },
        { index: 0, name: "get_time", args: time },
      ],
    ],
    [
      "always with index 0 and the same id",
      [
        { index: 0, id: "0", name: "get_weather", args: weather },
        { index: 0, id: "0", name: "get_time", args: time },
      ],
    ],
    [
      "always with index 0, ids with the first pieces, as vLLM had it",
      [
        { index: 0, id: "a", name: "get_weather", args: "" },
        { index: 0, id: "", args: '{"city":' },
        { index: 0, id: "", args: '"Bonn"}' },
        { index: 0, id: "b", name: "get_time", args: "" },
        { index: 0, id: "", args: time },
      ],
    ],
    [
      "always with index 0, by ids, interleaved",
      [
        { index: 0, id: "a", name: "get_weather", args: '{"city":' },
        { index: 0, id: "b", name: "get_time", args: '{"tz":' },
        { index: 0, id: "a", args: '"Bonn"}' },
        { index: 0, id: "b", args: '"UTC"}' },
      ],
    ],
    [
      "with arguments that are objects",
      [
        [
          { name: "get_weather", args: { city: "Bonn" } },
          { name: "get_time", args: { tz: "UTC" } },
        ],
      ],
    ],
  ];
  for (const [name, deltas] of TWO) it(`are separated ${name}`, () => assert.deepEqual(put(deltas), [WEATHER, TIME]));

  it("of the same tool are separated", () => {
    const other = '{"city":"Ulm"}';
    const both = [WEATHER, ["get_weather", { city: "Ulm" }]];
    const name = "get_weather";
    assert.deepEqual(
      put([
        { index: 0, id: "a", name, args: weather },
        { index: 0, id: "b", name, args: other },
      ]),
      both,
    );
    assert.deepEqual(
      put([
        { index: 0, name, args: weather },
        { index: 0, name, args: other },
      ]),
      both,
    );
    assert.deepEqual(
      put([
        [
          { name, args: weather },
          { name, args: other },
        ],
      ]),
      both,
    );
    const begun = '{"city":';
    const interleaved = [
      { index: 0, id: "a", name, args: begun },
      { index: 0, id: "b", name, args: begun },
      { index: 0, id: "a", args: '"Bonn"}' },
      { index: 0, id: "b", args: '"Ulm"}' },
    ];
    assert.deepEqual(put(interleaved), both);
    assert.deepEqual(
      put([
        [
          { id: "a", name: "get_time" },
          { id: "b", name: "get_time" },
        ],
      ]),
      [
        ["get_time", {}],
        ["get_time", {}],
      ],
    );
  });

  const ONE: [string, Piece[]][] = [
    [
      "its name with each piece",
      ["", '{"city":', '"Bonn"}'].map((args) => ({ index: 0, id: "a", name: "get_weather", args })),
    ],
    ["its name with each piece, and no id", ["", '{"city":', '"Bonn"}'].map((args) => ({ name: "get_weather", args }))],
    [
      "another id with each piece",
      [
        { id: "a", name: "get_weather", args: "" },
        { id: "b", args: '{"city":' },
        { id: "c", args: '"Bonn"}' },
      ],
    ],
    [
      "its name in pieces",
      [
        { index: 0, id: "a", name: "get_" },
        { index: 0, name: "weather" },
        { index: 0, args: weather },
      ],
    ],
    [
      "all of its name so far with each piece",
      [
        { index: 0, name: "get_" },
        { index: 0, name: "get_weather" },
        { index: 0, args: weather },
      ],
    ],
    [
      "all of its arguments so far with each piece",
      ['{"city":', '{"city":"Bo', weather].map((args) => ({ index: 0, id: "a", name: "get_weather", args })),
    ],
    [
      "everything twice",
      [
        { index: 0, name: "get_weather", args: weather },
        { index: 0, name: "get_weather", args: weather },
      ],
    ],
    [
      "an empty object before its arguments",
      [
        { index: 0, id: "a", name: "get_weather", args: {} },
        { index: 0, args: '{"city":' },
        { index: 0, args: '"Bonn"}' },
      ],
    ],
    [
      "index 1 alone",
      [
        { index: 1, id: "a", name: "get_weather", args: "" },
        { index: 1, args: weather },
      ],
    ],
    ["its arguments as a text in JSON", [{ index: 0, name: "get_weather", args: JSON.stringify(weather) }]],
  ];
  for (const [name, deltas] of ONE) it(`count as one with ${name}`, () => assert.deepEqual(put(deltas), [WEATHER]));

  it("can have no arguments", () => {
    for (const args of ["", undefined, null, "null", {}, "{}"])
      assert.deepEqual(put([{ index: 0, id: "a", name: "get_time", args }]), [["get_time", {}]]);
  });

  it("have the longest tool name that their pieces make", () => {
    const tools = ["get", "get_time"];
    assert.deepEqual(
      put(
        [
          { index: 0, name: "get" },
          { index: 0, name: "_time" },
          { index: 0, args: "{}" },
        ],
        tools,
      ),
      [["get_time", {}]],
    );
    const apart = put(
      [
        { index: 0, name: "get" },
        { index: 0, name: "get_time" },
      ],
      tools,
    );
    assert.deepEqual(apart, [
      ["get", {}],
      ["get_time", {}],
    ]);
    // Undeclared names are not made into one, either.
    assert.deepEqual(
      put([
        { index: 0, id: "0", name: "foo" },
        { index: 0, id: "0", name: "bar" },
      ]),
      [
        ["foo", {}],
        ["bar", {}],
      ],
    );
  });

  it("that cannot be read are named, and no other call is made from them", () => {
    assert.deepEqual(put([{ index: 0, id: "a", name: "get_weather", args: '{"city":' }]), {
      unreadable: "get_weather",
    });
    assert.deepEqual(put([{ index: 0, name: "get_weather", args: "[1]" }]), { unreadable: "get_weather" });
    const deep = `{"city":${"[".repeat(6000)}${"]".repeat(6000)}}`;
    assert.deepEqual(put([{ index: 0, name: "get_weather", args: deep }]), { unreadable: "get_weather" });
    assert.deepEqual(put([{ index: 0, name: "get_weather", args: 3 }]), { unreadable: "get_weather" });
    assert.deepEqual(put([{ index: 0, id: "a", args: weather }]), { unreadable: "" });
    assert.deepEqual(put([{ name: "get_weather", args: weather }, { args: '{"city":"Ulm"}' }]), {
      unreadable: "get_weather",
    });
  });

  it("are only the complete ones when the reply is cut", () => {
    const first = { index: 0, id: "a", name: "get_weather", args: weather };
    for (const args of ['{"tz', "", undefined]) {
      const { calls, unreadable } = assembled([first, { index: 1, id: "b", name: "get_time", args }]).end(true);
      assert.deepEqual([calls.map(pairOf), unreadable], [[WEATHER], "get_time"]);
    }
    assert.deepEqual(assembled([first]).end(true).calls.map(pairOf), [WEATHER]);
  });

  it("can have the older form", () => {
    const calls = new CallAssembler(TOOLS);
    for (const function_call of [
      { name: "get_weather", arguments: "" },
      { arguments: '{"city":' },
      { arguments: '"Bonn"}' },
    ])
      calls.push(toChunk({ choices: [{ delta: { function_call } }] })?.calls ?? []);
    assert.deepEqual(calls.end().calls, [{ name: "get_weather", arguments: { city: "Bonn" } }]);
  });
});
