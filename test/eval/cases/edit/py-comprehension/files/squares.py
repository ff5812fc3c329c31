def even_squares(numbers):
    result = []
    for number in numbers:
        if number % 2 == 0:
            result.append(number * number)
    return result
