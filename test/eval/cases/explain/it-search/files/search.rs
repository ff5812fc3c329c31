pub fn search(sorted: &[i32], wanted: i32) -> Option<usize> {
    let (mut low, mut high) = (0, sorted.len());
    while low < high {
        let middle = low + (high - low) / 2;
        if sorted[middle] < wanted {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    (sorted.get(low) == Some(&wanted)).then_some(low)
}
