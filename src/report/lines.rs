//! Text for people, on 80 columns.

const WIDTH: usize = 80;

/// Lines of at most 80 columns.
#[derive(Default)]
pub(super) struct Lines(pub(super) String);

impl Lines {
    /// Adds a text, broken between words; further lines are indented two more if it starts an item.
    pub(super) fn wrap(&mut self, indent: usize, text: &str) {
        let hanging = indent + if text.starts_with("- ") { 2 } else { 0 };
        let mut line = " ".repeat(indent);
        let mut width = indent;
        let mut empty = true;
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            let length = word.chars().count();
            if !empty && width + 1 + length > WIDTH {
                self.0.push_str(line.trim_end());
                self.0.push('\n');
                line = " ".repeat(hanging);
                width = hanging;
                empty = true;
            }
            if !empty {
                line.push(' ');
                width += 1;
            }
            line.push_str(word);
            width += length;
            empty = false;
        }
        self.0.push_str(line.trim_end());
        self.0.push('\n');
    }
}
