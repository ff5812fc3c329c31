from geometry import distance

if __name__ == "__main__":
    print(distance((0, 0), (3, 4)))
