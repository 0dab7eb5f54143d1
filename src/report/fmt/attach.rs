//! Which comment belongs to what. A comment at the end of a line belongs to what ends there; one on a line of
//! its own to the entry below it, unless it is indented as a part of what stands above it.

use super::text::{self, BLANK, Shape};
use super::tree::{Group, Item, Remark, Tree, Value};
use crate::source::yaml::Comment;
use crate::source::{Entry, Kind, Node, Style};

/// The keys whose conditions and sentences stand on lines of their own, not in brackets.
const PROSE: [&str; 14] = [
    "when",
    "when_any",
    "when_all",
    "until",
    "is",
    "done",
    "because",
    "basis",
    "ask",
    "meaning",
    "not_sure",
    "cleared_when",
    "while_ongoing",
    "consider",
];

/// The values of a file with its comments.
pub(super) fn tree(content: &str, root: Option<&Node>, comments: &[Comment]) -> Tree {
    let mut reader = Reader::new(content, comments);
    let mut item = Item::new(None, "");
    let (mut header, mut beneath) = (Vec::new(), None);
    if let Some(root) = root {
        let start = reader.start(root);
        header = reader.all(start);
        let gap = reader.gap(start);
        let around = Around { column: None, brackets: false, end: content.len() };
        item.value = reader.value(root, &mut item, around);
        reader.after_value(&mut item, root, root.span.range().end, around);
        if let Value::Group(group) = &mut item.value {
            item.below.extend(item.beside.take());
            // What starts the file stays there; further comments belong to the entry that they stand directly above.
            let own = header.iter().rposition(|remark| remark.gap).filter(|at| *at > 0 && !gap);
            if let Some(first) = group.items.first_mut().filter(|_| !header.is_empty()) {
                beneath = (own.is_none() && !gap).then(|| first.name.clone());
                first.above.splice(0..0, header.split_off(own.unwrap_or(header.len())));
                first.close_up();
            }
        }
    }
    item.below.extend(reader.all(content.len()));
    Tree { header, beneath, root: item }
}

/// Where a value stands.
#[derive(Clone, Copy)]
struct Around {
    /// The column of the map or list it is a part of; nothing at the root.
    column: Option<usize>,
    /// Whether that is in brackets.
    brackets: bool,
    /// Where the next thing starts that is no part of it.
    end: usize,
}

struct Reader<'t> {
    content: &'t str,
    lines: Vec<usize>,
    comments: &'t [Comment],
    /// The first comment that belongs to nothing yet.
    next: usize,
}

impl<'t> Reader<'t> {
    fn new(content: &'t str, comments: &'t [Comment]) -> Reader<'t> {
        let lines = std::iter::once(0).chain(content.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Reader { content, lines, comments, next: 0 }
    }

    fn line(&self, at: usize) -> usize {
        self.lines.partition_point(|start| *start <= at) - 1
    }

    fn column(&self, at: usize) -> usize {
        let before = &self.content[self.lines[self.line(at)]..at];
        before.trim_start_matches('\u{feff}').chars().count()
    }

    /// Whether the line before that of `at` is blank.
    fn gap(&self, at: usize) -> bool {
        let line = self.line(at);
        line > 0 && self.content[self.lines[line - 1]..self.lines[line]].trim_matches(BLANK).is_empty()
    }

    /// Where a value starts, the dash of a list included.
    fn start(&self, node: &Node) -> usize {
        let start = node.span.range().start;
        match &node.kind {
            Kind::List(items) if !self.is_in_brackets(node) => {
                items.first().map_or(start, |first| self.dash(first.span.range().start))
            }
            _ => start,
        }
    }

    fn is_in_brackets(&self, node: &Node) -> bool {
        let start = self.content[node.span.range()].chars().next();
        matches!((&node.kind, start), (Kind::Map(_), Some('{')) | (Kind::List(_), Some('[')))
    }

    fn remark(&self, comment: &Comment) -> Remark {
        let range = comment.span.range();
        Remark {
            text: self.content[range.clone()].trim_end_matches(BLANK).to_string(),
            gap: self.gap(range.start),
            column: self.column(range.start),
            close: false,
        }
    }

    /// The next comment, if it starts before `end` and fits.
    fn take(&mut self, end: usize, fits: impl Fn(&Self, &Comment) -> bool) -> Option<Remark> {
        let comment = self.comments.get(self.next)?;
        if comment.span.range().start >= end || !fits(self, comment) {
            return None;
        }
        self.next += 1;
        Some(self.remark(comment))
    }

    /// The comments before `end`.
    fn all(&mut self, end: usize) -> Vec<Remark> {
        std::iter::from_fn(|| self.take(end, |_, _| true)).collect()
    }

    /// Where the dash of the item of a list stands whose value starts at `at`.
    fn dash(&self, mut at: usize) -> usize {
        loop {
            let before = self.content[..at].trim_end_matches(BLANK);
            let last =
                before.rsplit(|c: char| c.is_whitespace() || c == '\u{feff}').next().unwrap_or_default();
            let word = before.len() - last.len();
            if last == "-" {
                return word;
            }
            // The sign of a block text stands between.
            if last.starts_with(['|', '>']) {
                at = word;
                continue;
            }
            let comment = self.comments.partition_point(|comment| comment.span.range().start < before.len());
            match comment.checked_sub(1).map(|index| self.comments[index].span.range()) {
                Some(range) if range.end >= before.len() => at = range.start,
                _ => return at,
            }
        }
    }

    fn value(&mut self, node: &Node, item: &mut Item, around: Around) -> Value {
        let start = node.span.range().start;
        match &node.kind {
            _ if node.is_empty() => Value::Nothing,
            Kind::Scalar(scalar) => {
                let source = &self.content[node.span.range()];
                if around.brackets {
                    return Value::Text(vec![text::out_of_brackets(scalar, source)]);
                }
                let (before, after) = (&self.content[..start], &self.content[node.span.range().end..]);
                match text::shape(scalar, source, before, after) {
                    Shape::Lines(lines) => Value::Text(lines),
                    Shape::Block(sign, lines) => Value::Block(sign, lines),
                }
            }
            Kind::Map(entries) => {
                let brackets = around.brackets || self.is_in_brackets(node);
                let inside = self.inside(node, brackets, around, || start);
                let items = self.entries(entries, inside);
                self.group(node, items, item, around, inside)
            }
            Kind::List(nodes) => {
                let brackets = around.brackets || self.is_in_brackets(node);
                let starts: Vec<usize> = nodes
                    .iter()
                    .map(|node| node.span.range().start)
                    .map(|at| if brackets { at } else { self.dash(at) })
                    .collect();
                let inside = self.inside(node, brackets, around, || starts.first().copied().unwrap_or(start));
                let items = self.items(nodes, &starts, inside);
                self.group(node, items, item, around, inside)
            }
        }
    }

    /// Where the entries of a map or list stand.
    fn inside(&self, node: &Node, brackets: bool, around: Around, first: impl Fn() -> usize) -> Around {
        match brackets {
            true => Around { column: around.column, brackets, end: node.span.range().end },
            false => Around { column: Some(self.column(first())), brackets, end: around.end },
        }
    }

    fn group(
        &mut self,
        node: &Node,
        mut items: Vec<Item>,
        item: &mut Item,
        around: Around,
        inside: Around,
    ) -> Value {
        if let Some(first) = items.first_mut() {
            first.close_up();
        }
        let least = around.column.map_or(0, |column| column + 1).max(inside.column.unwrap_or(0));
        let mut after = Vec::new();
        while let Some(remark) = self.take(inside.end, |reader, comment| {
            inside.brackets || !comment.alone || reader.column(comment.span.range().start) >= least
        }) {
            after.push(remark);
        }
        let (list, values): (bool, Vec<&Node>) = match &node.kind {
            Kind::Map(entries) => (false, entries.iter().map(|entry| &entry.value).collect()),
            Kind::List(nodes) => (true, nodes.iter().collect()),
            Kind::Scalar(_) => (false, Vec::new()),
        };
        if items.is_empty() {
            item.below.append(&mut after);
            return Value::Text(vec![if list { "[]" } else { "{}" }.to_string()]);
        }
        let brief = || items.iter().zip(values).all(|(item, node)| is_brief(item, node));
        let brackets = inside.brackets && after.is_empty() && brief();
        Value::Group(Group { list, brackets, items, after })
    }

    fn entries(&mut self, entries: &[Entry], inside: Around) -> Vec<Item> {
        let mut items = Vec::with_capacity(entries.len());
        for (index, entry) in entries.iter().enumerate() {
            let next = entries.get(index + 1).map_or(inside.end, |next| next.key_span.range().start);
            let start = entry.key_span.range().start;
            let written = &self.content[entry.key_span.range()];
            let as_written = written == entry.key || written.replace('\u{a0}', " ") == entry.key;
            let key = if as_written { entry.key.clone() } else { text::in_line(&entry.key, false) };
            let (above, gap) = (self.all(start), self.gap(start));
            let mut item = Item { above, gap, ..Item::new(Some(key), &entry.key) };
            self.before_value(&mut item, &entry.value, entry.key_span.range().end);
            let around = Around { end: next, ..inside };
            item.value = self.value(&entry.value, &mut item, around);
            self.after_value(&mut item, &entry.value, entry.key_span.range().end, around);
            items.push(item);
        }
        items
    }

    fn items(&mut self, nodes: &[Node], starts: &[usize], inside: Around) -> Vec<Item> {
        let mut items = Vec::with_capacity(nodes.len());
        for (index, (node, dash)) in nodes.iter().zip(starts).enumerate() {
            let next = starts.get(index + 1).copied().unwrap_or(inside.end);
            let (above, gap) = (self.all(*dash), self.gap(*dash));
            let mut item = Item { above, gap, ..Item::new(None, "") };
            self.before_value(&mut item, node, *dash);
            let around = Around { end: next, ..inside };
            item.value = self.value(node, &mut item, around);
            self.after_value(&mut item, node, *dash, around);
            items.push(item);
        }
        items
    }

    /// The comments between a key or dash, which ends at `key`, and its value.
    fn before_value(&mut self, item: &mut Item, node: &Node, key: usize) {
        let range = node.span.range();
        let block = node.scalar().is_some_and(|scalar| scalar.style == Style::Block);
        let grows = node.scalar().is_none() && !self.is_in_brackets(node);
        let end = match () {
            _ if node.is_empty() => return,
            _ if block => range.end,
            _ => range.start,
        };
        let line = self.line(key);
        let is_beside = |reader: &Self, comment: &Comment| {
            !comment.alone && reader.line(comment.span.range().start) == line
        };
        if grows && item.key.is_some() {
            // The lines between belong to the first entry within.
            item.beside = self.take(end, is_beside);
            return;
        }
        while let Some(mut remark) = self.take(end, |_, _| true) {
            if block && item.beside.is_none() {
                item.beside = Some(remark);
            } else {
                item.add_above(&mut remark);
                item.above.push(remark);
            }
        }
    }

    /// The comments behind a value, and those below it that are indented as parts of it.
    fn after_value(&mut self, item: &mut Item, node: &Node, key: usize, around: Around) {
        if matches!(item.value, Value::Group(_)) && !self.is_in_brackets(node) {
            return;
        }
        let end = if node.is_empty() { key } else { node.span.range().end };
        let line = self.line(end);
        let behind = |reader: &Self, comment: &Comment| {
            !comment.alone && reader.line(comment.span.range().start) == line
        };
        let block = matches!(item.value, Value::Block(..));
        if let Some(mut remark) = (!block).then(|| self.take(around.end, behind)).flatten() {
            remark.close = node.scalar().is_some_and(|scalar| scalar.comment.is_some());
            item.lift();
            item.beside = Some(remark);
        }
        let column = around.column.filter(|_| !around.brackets && !block);
        while let Some(remark) = self.take(around.end, |reader, comment| {
            let at = comment.span.range().start;
            comment.alone && column.is_some_and(|column| reader.column(at) > column)
        }) {
            item.below.push(remark);
        }
    }
}

/// Whether an entry is an id, a number or a day without comments, or a few of them, so that its map or list
/// may stay in brackets.
fn is_brief(item: &Item, node: &Node) -> bool {
    let quiet = item.above.is_empty() && item.beside.is_none() && item.below.is_empty();
    let prose = PROSE.contains(&item.name.as_str()) || item.key.is_some() && !text::is_simple(&item.name);
    let brief = match &item.value {
        Value::Text(_) => node.text().is_none_or(text::is_simple),
        Value::Group(group) => group.brackets,
        Value::Nothing | Value::Block(..) => false,
    };
    quiet && !prose && brief
}
