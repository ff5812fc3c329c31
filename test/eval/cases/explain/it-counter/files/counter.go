package counter

var hits = 0

// Hit is called by each request, which has a goroutine of its own.
func Hit() int {
	hits++
	return hits
}
