from numbers_of import average, total

assert average([]) is None
assert average([1, 2]) == 1.5
assert average([0]) == 0
assert total([]) == 0
