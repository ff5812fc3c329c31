from factorial import factorial

assert [factorial(n) for n in range(5)] == [1, 1, 2, 6, 24]
try:
    factorial(-1)
except ValueError:
    pass
else:
    raise AssertionError("no ValueError")
