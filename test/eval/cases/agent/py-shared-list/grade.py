from collect import collect

assert collect(1) == [1]
assert collect(2) == [2]
own = [0]
assert collect(1, own) is own and own == [0, 1]
empty = []
assert collect(1, empty) is empty
