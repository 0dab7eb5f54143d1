//! A file as its values with the comments and blank lines around them.

/// A comment that is printed somewhere.
#[derive(Debug, Clone)]
pub(super) struct Remark {
    /// From its number sign on.
    pub text: String,
    /// Whether a blank line stands before it.
    pub gap: bool,
    /// The column it stood in, from 0.
    pub column: usize,
    /// Whether a single space parts it from a plain text, which `check` takes for text that was cut off.
    pub close: bool,
}

/// An entry of a map or an item of a list.
#[derive(Debug, Clone)]
pub(super) struct Item {
    /// The key as it is printed; an item of a list has none.
    pub key: Option<String>,
    /// The key as it is read; empty for an item of a list.
    pub name: String,
    /// The comments on the lines before it.
    pub above: Vec<Remark>,
    /// Whether a blank line stands before it, after the comments.
    pub gap: bool,
    /// Whether a blank line belongs before it and its comments.
    pub apart: bool,
    /// What stands behind the key.
    pub value: Value,
    /// The comment at the end of its line.
    pub beside: Option<Remark>,
    /// Comments on the lines after it, indented as parts of it.
    pub below: Vec<Remark>,
}

/// What an item holds.
#[derive(Debug, Clone)]
pub(super) enum Value {
    /// A key with nothing behind it.
    Nothing,
    /// A text on these lines, each without its indentation.
    Text(Vec<String>),
    /// A block text: `|` or `>` with its signs, and its lines.
    Block(String, Vec<String>),
    /// A map or a list.
    Group(Group),
}

/// A map or a list.
#[derive(Debug, Clone)]
pub(super) struct Group {
    /// Whether it is a list.
    pub list: bool,
    /// Whether its author wrote it in brackets and it may stay there.
    pub brackets: bool,
    /// Its entries.
    pub items: Vec<Item>,
    /// The comments after its last entry.
    pub after: Vec<Remark>,
}

/// A whole file.
#[derive(Debug, Clone)]
pub(super) struct Tree {
    /// The comments at the start that belong to no entry.
    pub header: Vec<Remark>,
    /// The entry that stands directly beneath the header, without a blank line between them.
    pub beneath: Option<String>,
    /// The values, and the comments around them.
    pub root: Item,
}

impl Item {
    /// An item without comments that holds nothing yet.
    pub fn new(key: Option<String>, name: &str) -> Item {
        Item {
            key,
            name: name.to_string(),
            above: Vec::new(),
            gap: false,
            apart: false,
            value: Value::Nothing,
            beside: None,
            below: Vec::new(),
        }
    }

    /// Forgets a blank line before the item and its comments: it is the first of its map or list.
    pub fn close_up(&mut self) {
        *self.above.first_mut().map_or(&mut self.gap, |remark| &mut remark.gap) = false;
    }

    /// Moves the comment beside the item, if there is one, to the lines above it.
    pub fn lift(&mut self) {
        if let Some(mut remark) = self.beside.take() {
            self.add_above(&mut remark);
            self.above.push(remark);
        }
    }

    /// A comment that comes to stand directly above the item takes the blank line before it.
    pub fn add_above(&mut self, remark: &mut Remark) {
        remark.gap = std::mem::take(&mut self.gap);
        remark.close = false;
    }
}
