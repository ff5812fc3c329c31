from words import frequencies

assert frequencies("The cat and the dog. THE end") == {"the": 3, "cat": 1, "and": 1, "dog": 1, "end": 1}
