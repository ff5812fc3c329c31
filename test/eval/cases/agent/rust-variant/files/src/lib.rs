pub mod label;
pub mod level;
