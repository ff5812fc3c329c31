package sum

// Sum adds all numbers.
func Sum(numbers []int) int {
	total := 0
	for i := 0; i <= len(numbers); i++ {
		total += numbers[i]
	}
	return total
}

// Max returns the largest number, or 0 if there is none.
func Max(numbers []int) int {
	largest := 0
	for i, number := range numbers {
		if i == 0 || number > largest {
			largest = number
		}
	}
	return largest
}
