def total(values):
    return sum(values)


def average(values):
    """The arithmetic mean of some numbers."""
    return total(values) / len(values)
