import builtins
import os
import tempfile

from read import first_line

opened = []
original = builtins.open


def watched(*arguments, **named):
    opened.append(original(*arguments, **named))
    return opened[-1]


with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "a.txt")
    with original(path, "w", encoding="utf-8") as file:
        file.write("one\ntwo\n")
    builtins.open = watched
    assert first_line(path) == "one"
    assert opened[0].closed and opened[0].encoding.lower() == "utf-8"
