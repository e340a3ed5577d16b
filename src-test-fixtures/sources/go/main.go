// A program without the standard library's larger parts: what is looked at are its own functions.
package main

type ring struct {
	at     int
	values [8]int
}

func (r *ring) next() int {
	r.at = wrap(r.at + 1)
	return r.values[r.at]
}

func wrap(at int) int {
	return at & 7
}

func clamp(value, limit int) int {
	if value > limit {
		return limit
	}
	return value
}

func area(side int) int {
	return clamp(square(side), 1000)
}

func square(side int) int {
	return side * side
}

//go:noinline
func total(r *ring, rounds int) int {
	sum := 0
	for i := 0; i < rounds; i++ {
		sum += area(r.next())
		func() {
			sum ^= wrap(sum)
		}()
	}
	return sum
}

//go:noinline
func apply(f func(int) int, value int) int {
	return f(value)
}

func main() {
	r := &ring{values: [8]int{1, 2, 3, 4, 5, 6, 7, 8}}
	bias := total(r, 100)
	println(apply(func(value int) int { return area(value) + bias }, 3))
}
