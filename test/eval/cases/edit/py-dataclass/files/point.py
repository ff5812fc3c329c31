from dataclasses import dataclass


class Point:
    def __init__(self, x, y=0.0):
        self.x = x
        self.y = y

    def scaled(self, factor):
        return Point(self.x * factor, self.y * factor)
