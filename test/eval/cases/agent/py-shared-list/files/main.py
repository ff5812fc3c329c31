from collect import collect

print(collect("a"))
