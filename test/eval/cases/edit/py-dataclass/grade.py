import dataclasses

from point import Point

assert dataclasses.is_dataclass(Point)
assert [(field.name, field.type) for field in dataclasses.fields(Point)] in ([("x", float), ("y", float)], [("x", "float"), ("y", "float")])
assert Point(1) == Point(1, 0.0)
assert Point(1, 2).scaled(3) == Point(3, 6)
