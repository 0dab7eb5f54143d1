//! Drawings as data: exact places on a line, in whole steps.

/// A picture of the book.
#[derive(Debug, Clone)]
pub enum Drawing {
    /// Boxes, each leading to the next.
    Flow(Vec<Node>),
    /// Bars on a line of marks.
    Line(Line),
}

/// One box.
#[derive(Debug, Clone)]
pub struct Node {
    /// Its heading.
    pub title: &'static str,
    /// Short lines beneath it.
    pub lines: Vec<&'static str>,
}

/// Bars on a line of marks.
#[derive(Debug, Clone)]
pub struct Line {
    /// How many steps the line has.
    pub steps: i64,
    /// The marks, each at a step, ascending.
    pub marks: Vec<(i64, String)>,
    /// The bars, from top to bottom.
    pub bars: Vec<Bar>,
}

/// One bar.
#[derive(Debug, Clone)]
pub struct Bar {
    /// What it is about.
    pub says: String,
    /// How it is drawn.
    pub kind: Kind,
    /// Where it starts.
    pub from: i64,
    /// Where it ends.
    pub to: i64,
    /// Whether it goes on past its end.
    pub open: bool,
}

/// How a bar is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Something to leave out.
    Avoid,
    /// Something to do or to look forward to.
    Do,
    /// Something that may be done, or will happen by itself.
    Calm,
}
