def label(name, price):
    return "%s costs %.2f euros" % (name, price)
