/// A colour of the palette.
#[derive(PartialEq)]
pub enum Color {
    Red,
    Green,
}

impl Color {
    pub fn is_warm(&self) -> bool {
        *self == Color::Red
    }
}
