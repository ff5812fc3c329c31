"""from_gguf.py GGUF OUT.pt: the torch model of a GGUF that export.py wrote, to train on from it"""
import sys
import numpy as np, torch
from gguf_meta import gguf
from gguf.quants import dequantize
from model import Config


def state_dict(path, c=Config()):
    t = {x.name: dequantize(x.data, x.tensor_type).astype(np.float32) for x in gguf.GGUFReader(path).tensors}
    get = lambda name: torch.from_numpy(np.ascontiguousarray(t.pop(name)))
    d = {"emb.weight": get("token_embd.weight"), "norm.weight": get("output_norm.weight"), "head.weight": get("output.weight")}
    for i, k in enumerate(c.pattern):
        p, x = f"blk.{i}.", f"mixers.{i}."
        d[f"norms.{i}.weight"] = get(p + "attn_norm.weight")
        if k == "M":
            d[x + "in_proj.weight"] = get(p + "ssm_in.weight")
            d[x + "conv_w"] = get(p + "ssm_conv1d.weight")
            d[x + "conv_b"] = get(p + "ssm_conv1d.bias")
            d[x + "dt_bias"] = get(p + "ssm_dt.bias")
            d[x + "A_log"] = torch.log(-get(p + "ssm_a").view(-1))
            d[x + "D"] = get(p + "ssm_d").view(-1)
            d[x + "norm_w"] = get(p + "ssm_norm.weight").view(-1)
            d[x + "out_proj.weight"] = get(p + "ssm_out.weight")
        elif k == "*":
            for a, b in ("q", "q"), ("k", "k"), ("v", "v"), ("o", "output"):
                d[f"{x}{a}.weight"] = get(f"{p}attn_{b}.weight")
        else:
            d[x + "up.weight"] = get(p + "ffn_up.weight")
            d[x + "down.weight"] = get(p + "ffn_down.weight")
    assert not t, list(t)
    return d


if __name__ == "__main__":
    torch.save(dict(model=state_dict(sys.argv[1]), step=0), sys.argv[2])
