from squares import even_squares

assert even_squares([1, 2, 3, 4, 0]) == [4, 16, 0]
