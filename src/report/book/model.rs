//! The rule book as data: sections of entries, tables and drawings. Both renderings are made from it, so that
//! they say the same.

use super::drawing::Drawing;
use crate::book::Outcome;

/// The whole book.
#[derive(Debug, Clone)]
pub struct Document {
    /// What it is the book of.
    pub title: String,
    /// What is wrong with the rules themselves, before anything else.
    pub alarms: Vec<Text>,
    /// Whose book it is, and of when.
    pub lead: Vec<Text>,
    /// What stands on every printed page: revision and digest.
    pub running: String,
    /// Its sections, in order.
    pub sections: Vec<Section>,
}

/// A part of the book with a heading.
#[derive(Debug, Clone)]
pub struct Section {
    /// What links to it name.
    pub anchor: String,
    /// Its heading.
    pub title: String,
    /// What it says, in order.
    pub blocks: Vec<Block>,
    /// Its own sections, after the blocks.
    pub sections: Vec<Section>,
}

/// A piece of a section.
#[derive(Debug, Clone)]
pub enum Block {
    /// A paragraph.
    Paragraph(Text),
    /// A list; numbered if the order matters.
    List {
        /// Whether the order matters.
        numbered: bool,
        /// Its items.
        items: Vec<Text>,
    },
    /// Something with a name and a place in the rules.
    Entry(Entry),
    /// A table.
    Table(Table),
    /// A drawing, with the same facts as text.
    Figure(Figure),
}

/// Something with a name and a place in the rules: a rule, a number, a statement, a hazard.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What links to it name.
    pub anchor: String,
    /// What it is called.
    pub title: Text,
    /// What it decides, if it decides something.
    pub outcome: Option<Outcome>,
    /// Where it stands.
    pub place: Option<Place>,
    /// What is said about it.
    pub rows: Vec<Row>,
}

/// One thing said about an entry.
#[derive(Debug, Clone)]
pub struct Row {
    /// What about.
    pub label: &'static str,
    /// What; several are a list.
    pub says: Vec<Text>,
    /// Whether it is for programmers, in small type.
    pub small: bool,
}

/// A table. The first cell of each row names it.
#[derive(Debug, Clone)]
pub struct Table {
    /// What it shows.
    pub caption: String,
    /// What its columns hold.
    pub columns: Vec<&'static str>,
    /// Its rows, each with a cell for each column.
    pub rows: Vec<Vec<Text>>,
}

/// A drawing and its facts in words.
#[derive(Debug, Clone)]
pub struct Figure {
    /// What links to it name.
    pub anchor: String,
    /// What it shows.
    pub title: String,
    /// The picture.
    pub drawing: Drawing,
    /// The same as text.
    pub says: Vec<Text>,
}

/// Where something stands, and a text that is found on that line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// `microneedling.yaml:41`
    pub at: String,
    /// What stands on that line: a name or a number.
    pub holds: String,
}

/// Words with links and places among them.
#[derive(Debug, Clone, Default)]
pub struct Text(pub Vec<Span>);

/// A piece of a text.
#[derive(Debug, Clone)]
pub enum Span {
    /// Words as they are.
    Words(String),
    /// Words that matter more.
    Strong(String),
    /// Text for programs: a name or a condition.
    Code(String),
    /// An outcome.
    Outcome(Outcome),
    /// A way to another part of the book.
    Link {
        /// The anchor there.
        to: String,
        /// The words.
        says: String,
    },
    /// Where the thing before it stands.
    Place(Place),
    /// A place in the book that links name; nothing is shown.
    Mark(String),
}

impl Text {
    /// Words alone.
    pub fn of(words: impl Into<String>) -> Text {
        Text::default().words(words)
    }

    /// Adds words.
    pub fn words(mut self, words: impl Into<String>) -> Text {
        self.0.push(Span::Words(words.into()));
        self
    }

    /// Adds words that matter more.
    pub fn strong(mut self, words: impl Into<String>) -> Text {
        self.0.push(Span::Strong(words.into()));
        self
    }

    /// Adds a text for programs.
    pub fn code(mut self, code: impl Into<String>) -> Text {
        self.0.push(Span::Code(code.into()));
        self
    }

    /// Adds an outcome.
    pub fn outcome(mut self, outcome: Outcome) -> Text {
        self.0.push(Span::Outcome(outcome));
        self
    }

    /// Adds a link.
    pub fn link(mut self, to: impl Into<String>, says: impl Into<String>) -> Text {
        self.0.push(Span::Link { to: to.into(), says: says.into() });
        self
    }

    /// Adds where the thing before it stands.
    pub fn place(mut self, place: Place) -> Text {
        self.0.push(Span::Place(place));
        self
    }

    /// Adds a place that links name.
    pub fn mark(mut self, anchor: impl Into<String>) -> Text {
        self.0.push(Span::Mark(anchor.into()));
        self
    }

    /// Adds another text.
    pub fn text(mut self, other: Text) -> Text {
        self.0.extend(other.0);
        self
    }

    /// Several texts as one, with `between` between them.
    pub fn joined(texts: impl IntoIterator<Item = Text>, between: &str) -> Text {
        let mut all = Text::default();
        for (at, text) in texts.into_iter().enumerate() {
            if at > 0 {
                all = all.words(between);
            }
            all = all.text(text);
        }
        all
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Row {
    /// One text.
    pub fn one(label: &'static str, says: Text) -> Row {
        Row { label, says: vec![says], small: false }
    }

    /// Several texts.
    pub fn all(label: &'static str, says: Vec<Text>) -> Row {
        Row { label, says, small: false }
    }

    /// The same in small type.
    pub fn small(mut self) -> Row {
        self.small = true;
        self
    }
}

impl Section {
    /// A section without sections of its own.
    pub fn new(anchor: impl Into<String>, title: impl Into<String>, blocks: Vec<Block>) -> Section {
        Section { anchor: anchor.into(), title: title.into(), blocks, sections: Vec::new() }
    }
}

impl Block {
    /// A paragraph of words alone.
    pub fn words(words: impl Into<String>) -> Block {
        Block::Paragraph(Text::of(words))
    }

    /// A list whose order does not matter.
    pub fn list(items: Vec<Text>) -> Block {
        Block::List { numbered: false, items }
    }
}

impl Document {
    /// Every place that the book names, in order.
    pub fn places(&self) -> Vec<&Place> {
        let mut places = Vec::new();
        self.alarms.iter().chain(&self.lead).for_each(|text| in_text(text, &mut places));
        self.sections.iter().for_each(|section| in_section(section, &mut places));
        places
    }
}

fn in_text<'d>(text: &'d Text, places: &mut Vec<&'d Place>) {
    places.extend(text.0.iter().filter_map(|span| match span {
        Span::Place(place) => Some(place),
        _ => None,
    }));
}

fn in_section<'d>(section: &'d Section, places: &mut Vec<&'d Place>) {
    for block in &section.blocks {
        match block {
            Block::Paragraph(text) => in_text(text, places),
            Block::List { items, .. } => items.iter().for_each(|item| in_text(item, places)),
            Block::Entry(entry) => {
                in_text(&entry.title, places);
                places.extend(&entry.place);
                entry.rows.iter().flat_map(|row| &row.says).for_each(|text| in_text(text, places));
            }
            Block::Table(table) => table.rows.iter().flatten().for_each(|cell| in_text(cell, places)),
            Block::Figure(figure) => figure.says.iter().for_each(|text| in_text(text, places)),
        }
    }
    section.sections.iter().for_each(|inner| in_section(inner, places));
}
