from geometry import distance

assert abs(distance((0, 0), (3, 4)) - 5) < 1e-9
assert abs(distance((1, 1), (1, -1)) - 2) < 1e-9
assert distance((2, 2), (2, 2)) == 0
