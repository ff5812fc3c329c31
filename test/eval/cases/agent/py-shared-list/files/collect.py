def collect(item, items=[]):
    """Adds an item to a list, which is new if none is given."""
    items.append(item)
    return items
