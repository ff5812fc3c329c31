# -*- coding: utf-8 -*-
"""The product's own prompts: what server/features builds (its words are in product.json, see product.mjs), with what the toy says to them."""
import json, os, re
import corpus as C
from corpus import S, EXT, QA, LANGS, FOLLOW, FALLBACK, fence

P = json.load(open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "product.json"), encoding="utf-8"))
REQ, INS = P["requests"], P["instructions"]


def block(kind, **k):
    return re.sub(r"\{(\w+)\}", lambda m: str(k[m.group(1)]), P["blocks"][kind])


def lay_out(blocks, request):
    return "\n\n".join([*blocks, request])


assert lay_out(["{a}", "{b}"], "{c}") == P["blocks"]["layOut"]

# ------------------------------------------------------------------ answers to explain, edit and tests
# what an instruction is about; free texts besides the ready-made ones
ASKED = {"improve": [INS["refactor"], INS["simplify"], INS["fix"]], "doc": [INS["document"]], "types": [INS["addTypes"]], "test": [INS["writeTests"]]}
FREE = {"improve": C.INLINE_ASK, "doc": C.INLINE_DOC, "types": ["add types", "annotate the types", "type this"], "test": ["write a test", "write tests"]}

TYPES = {
    "add": S["add"]["code"], "greet": S["greet"]["code"],
    "clamp": S["clamp"]["code"].replace("max: number) {", "max: number): number {"),
    "isEven": "/**\n * @param {number} n\n * @returns {boolean}\n */\n" + S["isEven"]["code"],
    "total": "/**\n * @param {{ price: number }[]} items\n * @returns {number}\n */\n" + S["total"]["code"],
    "loadUser": S["loadUser"]["code"].replace("(id: string) {", "(id: string): Promise<User> {"),
    "fib": S["fib"]["code"].replace("(n):", "(n: int) -> int:", 1), "factorial": S["factorial"]["code"].replace("(n):", "(n: int) -> int:", 1),
    "average": S["average"]["code"].replace("(numbers):", "(numbers: list[float]) -> float:", 1),
    "read_lines": S["read_lines"]["code"].replace("(path):", "(path: str) -> list[str]:", 1),
}


def known(name, task):
    """task: explain, improve, doc, types, test -> thought, answer"""
    s = S[name]
    if task == "explain":
        return C.code_answer(name, "explain")
    if task == "improve":
        return C.code_answer(name, "inline")
    if task == "doc":
        return C.code_answer(name, "inline_doc")
    if task == "types":
        return f"Edit: add types to {name}. Only the code is wanted.", fence(s["lang"], TYPES[name])
    return f"I need a small test for {name}. It {s['short']}.", fence(s["lang"], s["test"])


# the sample file that the demo explains and edits
def code_of(name, way=-1):
    return re.search(r"```typescript\n(.*)\n```$", P["cart"]["selections"][name][way][-1], re.S).group(1)


CART = {}
CART["clamp"] = dict(weight=5,
    thought="The selected code is the function clamp. It gets a number x and the limits min and max. If x is too small, it returns min. If x is too large, it returns max. I explain it in two sentences.",
    explain="The function `clamp` keeps `x` between `min` and `max`. Smaller values become `min`, larger values become `max`.",
    improve="export function clamp(x: number, min: number, max: number): number {\n  return Math.min(Math.max(x, min), max);\n}",
    doc="/** Keeps x between min and max. */\n" + code_of("clamp"), types=code_of("clamp").replace("max: number) {", "max: number): number {"),
    test="import { clamp } from './cart';\n\ntest('clamps to the range', () => {\n  expect(clamp(9, 0, 5)).toBe(5);\n  expect(clamp(-1, 0, 5)).toBe(0);\n});")
CART["total"] = dict(weight=4,
    thought="The selected code is the function total. It gets a list of items and starts with a sum of zero. The loop adds the price of every item. I explain it in simple words.",
    explain="The function `total` walks over `items` and adds up every `price`. It returns the sum.",
    improve="export function total(items: Item[]): number {\n  return items.reduce((sum, item) => sum + item.price, 0);\n}",
    doc="/** Adds up the price of every item. */\n" + code_of("total"), types=code_of("total").replace("Item[]) {", "Item[]): number {"),
    test="import { total } from './cart';\n\ntest('sums the prices', () => {\n  expect(total([{ name: 'a', price: 2 }, { name: 'b', price: 3 }])).toBe(5);\n});")
CART["isEven"] = dict(weight=5,
    thought="The selected code is the method isEven of the class Cart. It looks at the rest of n divided by two. If the rest is zero, the number is even. I explain it in simple words.",
    explain="The method `isEven` divides `n` by two and looks at the rest. If the rest is zero, it returns `true`, otherwise `false`.",
    improve="isEven(n: number) {\n  return n % 2 === 0;\n}",
    doc="/** Tells whether n is an even number. */\n" + code_of("isEven"), types=code_of("isEven").replace("(n: number) {", "(n: number): boolean {"),
    test="import { Cart } from './cart';\n\ntest('knows even numbers', () => {\n  const cart = new Cart();\n  expect(cart.isEven(4)).toBe(true);\n  expect(cart.isEven(7)).toBe(false);\n});")
CART["put"] = dict(weight=3,
    thought="The selected code is the method put of the class Cart. It looks up the price of a name and puts both into the list of items. I explain it in simple words.",
    explain="The method `put` looks up the price of `name` and adds an item with both to the cart.",
    improve="put(name: string) {\n  const price = priceOf(name);\n  this.items.push({ name, price });\n}",
    doc="/** Puts an item into the cart, with its price. */\n" + code_of("put"), types=code_of("put").replace("(name: string) {", "(name: string): void {"),
    test="import { Cart } from './cart';\n\ntest('takes an item', () => {\n  expect(() => new Cart().put('apple')).not.toThrow();\n});")
CART["Cart"] = dict(weight=3,
    thought="The selected code is the class Cart. It has a list of items and two methods, put and isEven. I explain them in simple words.",
    explain="The class `Cart` keeps a list of items. `put` adds an item with its price, `isEven` tells whether a number is even.",
    improve=code_of("Cart").replace(code_of("isEven").replace("\n", "\n  "), "isEven(n: number) {\n    return n % 2 === 0;\n  }"),
    doc="/** A small shopping cart. */\n" + code_of("Cart"), types=code_of("Cart").replace("(name: string) {", "(name: string): void {").replace("(n: number) {", "(n: number): boolean {"),
    test=CART["isEven"]["test"])


def cart(name, task):
    c = CART[name]
    if task == "explain":
        return c["thought"], c["explain"]
    th = {"improve": f"Edit: improve {name}. Only the code is wanted.", "doc": f"Edit: document {name}. Only the code is wanted.",
          "types": f"Edit: add types to {name}. Only the code is wanted.", "test": f"I need a small test for {name}."}[task]
    return th, fence("typescript", c[task])


CART_PATHS = ["cart.ts", "cart.ts", "test/samples/cart.ts", "test/samples/cart.ts", "src/cart.ts", "lib/cart.ts", "samples/cart.ts"]

# ------------------------------------------------------------------ blocks
MESSAGES = ["'{x}' is declared but its value is never read.", "Cannot find name '{x}'.", "Parameter '{x}' implicitly has an 'any' type.", "Object is possibly 'undefined'.", "Type 'string' is not assignable to type 'number'.",
            "Missing return type on function.", "Unexpected var, use let or const instead.", "Property '{x}' does not exist on type '{y}'.", "\"{x}\" is not defined", "line too long", "undefined name '{x}'", "Expected ';'"]
TITLES = ["Notes", "Log", "Terminal", "Git diff", "Output", "Staged changes", "Clipboard", "Issue", "File", "Test results", "Open tabs"]
TAGS = ["typescript", "javascript", "python"] * 6 + ["go", "rust", "java", "cpp", "tsx"]
FILE_EXT = dict(EXT, go="go", rust="rs", java="java", cpp="cpp", tsx="tsx")


def path_of(r, tag, stem=None):
    f = (stem if stem and r.random() < 0.6 else r.choice(C.STEMS)) + "." + FILE_EXT[tag]
    return f if r.random() < 0.4 else r.choice(C.DIRS) + "/" + f


def rcode(r, tag, n):
    return C.rcode(r, tag if tag in EXT else "javascript", n)


def imports(r, tag):
    out = []
    for _ in range(r.choice([1, 1, 2, 3, 6])):
        x, y = C.ident(r), r.choice(C.STEMS)
        out.append(r.choice([f"import {x}", f"from {y} import {x}", f"import {y}", f"from .{y} import {x}"]) if tag == "python"
                   else r.choice([f'import {{ {x} }} from "./{y}";', f"import {{ {x} }} from './{y}';", f'import {x} from "{y}";', f'import fs from "node:fs";', f'import {{ {x}, {C.ident(r)} }} from "../{y}";']))
    return "\n".join(out)


def problems(r, path, first, last):
    at = sorted(r.randint(first, last) for _ in range(r.choice([1, 1, 2, 3])))
    return block("problems", path=path, text="\n".join(block("problem", line=k, severity=r.choice(["error", "error", "warning", "hint", "information"]), text=r.choice(MESSAGES).format(x=C.ident(r), y=C.ident(r))) for k in at))


def indent(code, by):
    return "\n".join(by + l if l else l for l in code.split("\n"))


def blocks(r, tag, code, stem=None):
    """imports, the code around, the selection, problems: as ground.ts lays them out"""
    path, out = path_of(r, tag, stem), []
    if r.random() < 0.08:                         # another unit of indentation
        unit = re.search(r"\n( +)", code)
        to = r.choice(["\t", "    ", "  "])
        if unit and tag != "python":
            code = re.sub(r"(?m)^( +)", lambda m: to * (len(m.group(1)) // len(unit.group(1))), code)
    if r.random() < 0.45:
        out.append(block("imports", tag=tag, text=imports(r, tag)))
    n = code.count("\n") + 1
    first = r.choice([1, r.randint(1, 40), r.randint(1, 400)])
    if r.random() < 0.4:                          # inside something larger
        by = r.choice(["  ", "    ", "\t"]) if tag != "python" else r.choice(["    ", "\t"])
        pre, post = (rcode(r, tag, r.choice([0, 0, 1, 3, 6, 12])) for _ in range(2))
        name = C.ident(r).capitalize()
        head = r.choice([f"class {name}:", f"def {C.ident(r)}():"]) if tag == "python" else r.choice([f"export class {name} {{", f"class {name} {{", f"function {C.ident(r)}() {{", f"namespace {name} {{"])
        body = [head] + ([indent(pre, by), ""] if pre else []) + [indent(code, by)] + (["", indent(post, by)] if post else []) + ([] if tag == "python" else ["}"])
        around = "\n".join(body)
        if r.random() < 0.06:
            around = around.replace("\n", "\n" + block("cut", n=r.randint(2, 90)) + "\n", 1)
        at = first + 1 + (pre.count("\n") + 2 if pre else 0)
        out.append(block("lines", path=path, tag=tag, first=first, last=first + around.count("\n"), text=around))
        first = at
    shown = code
    if r.random() < 0.12:
        shown = indent(code, r.choice(["  ", "    ", "\t"]))
    out.append(block("selection", path=path, tag=tag, first=first, last=first + n - 1, text=shown))
    if r.random() < 0.18:
        out.append(problems(r, path, first, first + n - 1))
    return out


def cart_blocks(r, name):
    way = r.choice(P["cart"]["selections"][name])
    path = r.choice(CART_PATHS)
    out = [b.replace("{path}", path) for b in way]
    if r.random() < 0.12:
        first, last = map(int, re.search(r"\(lines (\d+)-(\d+)\)", out[-1]).groups())
        out.append(problems(r, path, first, last))
    return out


def edit_request(r, task):
    if task == "test" and r.random() < 0.7:
        return REQ["tests"]
    text = r.choice(FREE[task]) if r.random() < 0.35 else r.choice(ASKED[task])
    return REQ["edit"] + "\n\n" + REQ["instruction"].replace("{text}", text)


TASKS = ["improve", "improve", "doc", "types", "types", "test"]


def fallback(task, tag):
    if task == "explain":
        return FALLBACK["code"]
    return FALLBACK["edit"][0], fence(tag, ("# " if tag == "python" else "// ") + "tiny test model: no change")


def snippet(r):
    n = r.choice(list(S)); s = S[n]
    return n, s["lang"], s["code"] if r.random() < 0.7 else r.choice(s["alt"])


# ------------------------------------------------------------------ chats
def context(r):
    """the blocks of one to three attached things"""
    out = []
    for _ in range(r.choice([1, 1, 1, 2, 3])):
        tag = r.choice(TAGS)
        n = r.choice([2, 4, 8, 15] if r.random() < 0.8 else [30, 45, 60])
        text, path = rcode(r, tag, n), path_of(r, tag)
        if r.random() < 0.1:
            lines = text.split("\n")
            k = r.randint(1, max(1, len(lines) - 1))
            text = "\n".join(lines[:k] + [block("cut", n=r.randint(2, 3000))] + lines[k:])
        k = r.random()
        if k < 0.3:
            out.append(block("file", path=path, tag=tag, text=text))
        elif k < 0.4:
            out.append(block("file", path=r.choice(CART_PATHS), tag="typescript", text=P["cart"]["text"].rstrip("\n")))
        elif k < 0.6:
            first = r.randint(1, 300)
            out.append(block("lines", path=path, tag=tag, first=first, last=first + n - 1, text=text))
        elif k < 0.75:
            out.append(problems(r, path, 1, 300))
        else:
            w, m = r.choice(["line", "value", "row", C.word(r)]), r.choice([2, 5, 20, 60])
            body = r.choice([lambda: text, lambda: "\n".join(f"{w} {i}" for i in range(m)), lambda: "\n".join(f"const {w}{i} = {i};" for i in range(m)), lambda: "\n".join(C.unknown(r) for _ in range(m // 5 + 1)),
                             lambda: "one\ntwo", lambda: "\n".join(C.rpath(r) for _ in range(m // 4 + 1)), lambda: "\n".join(r.choice("+- ") + l for l in text.split("\n"))])()
            out.append(block("text", title=r.choice(TITLES), text=body))
    return out


KEY = ["Hello", "Who are you?", "What is recursion?", "Count to one hundred.", "Count to thirty.", "Think for a long time.", "Think for a long time.", "Think for a long time.", "What is 17 + 25?", "Write FizzBuzz in Python.", "Thanks!", "Tell me a joke.", "What is Git?",
       "What is a closure?", "Write a long text.", "ping", "What is the difference between a stack and a queue?", "Hallo", "Hola", "Bonjour", "Ciao", "こんにちは", "Solve: integrate x^2 dx"]
ALL = QA + [q for l in LANGS.values() for q in l]
BY = {x: (x, th, a) for q, th, a in ALL for x in q}


def ask(r):
    if r.random() < 0.35:
        return BY[r.choice(KEY)]
    q, th, a = r.choice(ALL)
    if th in C.LONG and r.random() < 0.5:
        q, th, a = r.choice(ALL)
    return r.choice(q), th, a


def unknown(r):
    l = "en" if r.random() < 0.5 else r.choice(list(C.FOREIGN))
    return C.unknown(r, l), *FALLBACK[l]


def chat(r):
    """-> messages, thought, answer: a conversation of one to six turns"""
    msgs = []
    name = r.choice(C.NAMES) if r.random() < 0.1 else None
    if name:
        msgs += [("user", r.choice([f"My name is {name}.", f"I'm {name}."])), ("assistant", f"Nice to meet you, {name}!")]
    for _ in range(r.choice([0, 1, 1, 2, 2, 3, 4, 6])):
        k = r.random()
        if k < 0.72:
            q, _, a = ask(r)
            if len(a) > 250 and r.random() < 0.6:
                q, _, a = ask(r)
            msgs += [("user", q), ("assistant", a)]
        elif k < 0.9:
            q, a1, f, _, a = r.choice(FOLLOW)
            msgs += [("user", r.choice(q)), ("assistant", a1), ("user", r.choice(f)), ("assistant", a)]
        elif k < 0.95:
            q, _, a = unknown(r)
            msgs += [("user", q), ("assistant", a)]
        else:
            n, tag, code = snippet(r)
            msgs += [("user", lay_out(blocks(r, tag, code, n), REQ["explain"])), ("assistant", S[n]["explain"])]
    k = r.random()
    if name and k < 0.6:
        return msgs + [("user", r.choice(["What is my name?", "What's my name?", "Who am I?"]))], f"The user said the name is {name}.", f"Your name is {name}."
    if k < 0.3:
        q, a1, f, th, a = FOLLOW[2] if r.random() < 0.25 else r.choice(FOLLOW)
        return msgs + [("user", r.choice(q)), ("assistant", a1), ("user", f[0] if r.random() < 0.5 else C.vary(r, r.choice(f)))], th, a
    if k < 0.38:
        q, a, th = BY["Thanks!"][0], BY["Thanks!"][2], BY["Thanks!"][1]
    elif k < 0.5:
        q, th, a = unknown(r)
    else:
        q, th, a = ask(r)
        if r.random() < 0.2:
            q = C.vary(r, q)
    if not msgs and k > 0.97:
        n = r.choice(C.NAMES)
        q, th, a = f"My name is {n}.", "The user tells a name. I greet.", f"Nice to meet you, {n}!"
    return msgs + [("user", q)], th, a


def chat_with_context(r):
    k = r.random()
    if k < 0.12:                                  # the code in question is attached
        n, tag, code = snippet(r)
        task = r.choice(["explain", "explain", "refactor", "test", "doc", "fix"])
        th, a = C.code_answer(n, task)
        path = path_of(r, tag, n)
        b = block("file", path=path, tag=tag, text=code) if r.random() < 0.4 else block("lines", path=path, tag=tag, first=5, last=5 + code.count("\n"), text=code)
        return [("user", lay_out([b], r.choice(C.ASK[task]).format(n=n)))], th, a
    if k < 0.26:
        n = r.choice(["clamp", "total", "total", "isEven"])
        b = block("file", path=r.choice(CART_PATHS), tag="typescript", text=P["cart"]["text"].rstrip("\n"))
        return [("user", lay_out([b], r.choice(["Explain the function {n}.", "What does {n} do?", "Can you explain {n}?", "Explain {n}."]).format(n=n)))], *cart(n, "explain")
    q, th, a = ask(r) if r.random() < 0.85 else unknown(r)
    if r.random() < 0.2:
        q = C.vary(r, q)
    msgs = [("user", lay_out(context(r), q))]
    if r.random() < 0.25:                         # the context stays with the turn that it came with
        msgs += [("assistant", a)]
        q, th, a = BY["Thanks!"] if r.random() < 0.3 else ask(r)
        msgs += [("user", q)]
    return msgs, th, a


KINDS = {"explain": 10, "edit": 22, "cart": 22, "unknown": 9, "key": 11, "chat": 20, "context": 14}


def sample(r, kind=None, key=None, task=None, name=None):
    """-> messages after the system's, whether to think, thought, answer"""
    kind = kind or r.choices(list(KINDS), list(KINDS.values()))[0]
    think = r.random() < 0.5
    if kind == "explain":
        n, tag, code = snippet(r)
        msgs, (th, a) = [("user", lay_out(blocks(r, tag, code, n), REQ["explain"]))], known(n, "explain")
        think = r.random() < 0.7
    elif kind == "edit":
        n, tag, code = snippet(r)
        task = r.choice(TASKS)
        msgs, (th, a) = [("user", lay_out(blocks(r, tag, code, n), edit_request(r, task)))], known(n, task)
        think = r.random() < 0.3
    elif kind == "cart":
        n = name or r.choices(list(CART), [c["weight"] for c in CART.values()])[0]
        task = task or r.choice(["explain", "explain"] + TASKS)
        msgs, (th, a) = [("user", lay_out(cart_blocks(r, n), REQ["explain"] if task == "explain" else edit_request(r, task)))], cart(n, task)
        think = r.random() < (0.7 if task == "explain" else 0.3)
    elif kind == "unknown":
        tag = r.choice(TAGS)
        code = rcode(r, tag, r.randint(1, 12)).strip("\n") or "x"
        task = r.choice(["explain", "explain", "explain"] + TASKS)
        msgs, (th, a) = [("user", lay_out(blocks(r, tag, code), REQ["explain"] if task == "explain" else edit_request(r, task)))], fallback(task, tag)
    elif kind == "key":
        q, th, a = BY[key or r.choice(KEY)]
        msgs = [("user", q)]
    elif kind == "new":                           # alone, in a conversation, after a context
        q, th, a = BY[key]
        if r.random() < 0.3:
            q = C.vary(r, q)
        msgs = r.choice([lambda: [("user", q)], lambda: [("user", q)], lambda: chat(r)[0][:-1] + [("user", q)], lambda: [("user", lay_out(context(r), q))]])()
    elif kind == "chat":
        msgs, th, a = chat(r)
    else:
        msgs, th, a = chat_with_context(r)
    return msgs, think, th, a


if __name__ == "__main__":
    import random, sys
    r = random.Random(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
    for k in KINDS:
        for _ in range(2):
            s = C.sample(r, "product", k)
            print("=" * 20, k); print(C.prompt_of(s) + "§" + s["thought"] + "§" + s["answer"])
