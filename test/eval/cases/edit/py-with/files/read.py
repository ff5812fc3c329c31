def first_line(path):
    file = open(path, encoding="utf-8")
    line = file.readline()
    file.close()
    return line.rstrip("\n")
