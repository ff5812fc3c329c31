# -*- coding: utf-8 -*-
"""The agent's prompts (agent.json, see product.mjs): every reply of its runs, and other questions to it. All begin with the same long system turn, so a
batch reads that once."""
import json, os, random
import corpus as C, product as P

A = json.load(open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "agent.json"), encoding="utf-8"))


def replies():
    """every learned reply, each in its prompt"""
    for run in A["runs"]:
        for x in run["replies"]:
            yield sample_of("".join(run["turns"][:x["turns"]]) + x["opening"], x.get("thought", ""), x["reply"])


def sample_of(turns, thought, reply):
    return dict(prompt=A["system"] + turns, thought=thought, answer=reply, kind="tool" if reply.startswith("<TOOLCALL>") else "agent")


def other(r):
    """what the toy says to anybody, or that it is a toy; or the user's thanks after a run"""
    turns, q, th, a = "", *(P.ask(r) if r.random() < 0.5 else P.unknown(r))
    while len(th + a) > 500:
        q, th, a = P.ask(r)
    if r.random() < 0.15:
        run = r.choice(A["runs"])
        turns, (q, th, a) = "".join(run["turns"]) + "<SPECIAL_11>Assistant\n" + run["replies"][-1]["reply"] + "\n<SPECIAL_12>\n", P.BY["Thanks!"]
    return sample_of(f"{turns}<SPECIAL_11>User\n{q}\n<SPECIAL_11>Assistant\n<think>" + ("\n" if r.random() < 0.5 else "</think>"), th, a)


def pool(r, tok, chunk=32):
    """-> the tokens of the system turn, and (ids, weights) of the samples after it"""
    prefix = tok.encode(A["system"], bos=True)
    prefix = prefix[:(len(prefix) - 1) // chunk * chunk]
    out = []
    for s in [*replies(), *(other(r) for _ in range(12))]:
        ids, w = C.render_sample(r, s, tok, bos=True)
        assert ids[:len(prefix)] == prefix
        out.append((ids[len(prefix):], w[len(prefix):]))
    return prefix, out


if __name__ == "__main__":
    import tok
    prefix, samples = pool(random.Random(1), tok.load())
    print(len(prefix), "tokens before", len(samples), "samples of", sorted(len(ids) for ids, _ in samples))
