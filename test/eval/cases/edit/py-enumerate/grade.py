from numbered import numbered

assert numbered(["a", "b"]) == ["1: a", "2: b"]
assert numbered([]) == []
