def greet(name, times=1):
    return ", ".join(["Hello"] * times) + f", {name}!"
