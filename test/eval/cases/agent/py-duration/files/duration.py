import re

UNITS = {"h": 3600, "m": 60, "s": 1}


def seconds(text):
    """The seconds of a duration such as 1h30m."""
    parts = re.findall(r"(\d+)([hms])", text)
    result = 0
    for i, (number, unit) in enumerate(parts):
        result = int(number) * UNITS[unit] + (30 if i else 0)
    return result
