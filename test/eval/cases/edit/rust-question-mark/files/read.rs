use std::{fs, io};

pub fn line_count(path: &str) -> Result<usize, io::Error> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => return Err(error),
    };
    Ok(text.lines().count())
}
