//! Which comment belongs to what. A comment at the end of a line belongs to what ends there; one on a line of
//! its own to the entry below it, unless it is indented as a part of what stands above it.

use super::text::{self, Shape};
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
    let Some(root) = root else {
        return Tree { header: reader.all(content.len()), root: Value::Nothing, after: Vec::new() };
    };
    let mut item = Item {
        key: None,
        name: String::new(),
        above: Vec::new(),
        gap: false,
        apart: false,
        value: Value::Nothing,
        beside: None,
        below: Vec::new(),
    };
    let mut header = Vec::new();
    if !matches!(root.kind, Kind::Map(_) | Kind::List(_)) || reader.is_in_brackets(root) {
        header = reader.all(root.span.range().start);
    }
    item.value = reader.value(root, &mut item, Around { column: None, brackets: false, end: content.len() });
    let mut after = item.below;
    after.extend(item.beside);
    after.extend(reader.all(content.len()));
    match &mut item.value {
        Value::Group(group) if !group.items.is_empty() => {
            group.after.append(&mut after);
            if let Some(first) = group.items.first_mut().filter(|_| header.is_empty()) {
                let own = match first.gap {
                    true => first.above.len(),
                    false => first.above.iter().rposition(|remark| remark.gap).unwrap_or(0),
                };
                header = first.above.drain(..own).collect();
                *first.above.first_mut().map_or(&mut first.gap, |remark| &mut remark.gap) = false;
            }
        }
        _ => {}
    }
    Tree { header, root: item.value, after }
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
        line > 0 && self.content[self.lines[line - 1]..self.lines[line]].trim().is_empty()
    }

    fn is_in_brackets(&self, node: &Node) -> bool {
        let start = self.content[node.span.range()].chars().next();
        matches!((&node.kind, start), (Kind::Map(_), Some('{')) | (Kind::List(_), Some('[')))
    }

    fn remark(&self, comment: &Comment) -> Remark {
        let range = comment.span.range();
        Remark {
            text: self.content[range.clone()].trim_end().to_string(),
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
            let before = self.content[..at].trim_end();
            if before.ends_with('-') {
                return before.len() - 1;
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
                    return Value::Text(vec![match scalar.style {
                        Style::Plain if !source.contains('\n') => text::lines(source).concat(),
                        _ => text::in_line(&scalar.text, false),
                    }]);
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
            *first.above.first_mut().map_or(&mut first.gap, |remark| &mut remark.gap) = false;
        }
        let least = around.column.map_or(0, |column| column + 1).max(inside.column.unwrap_or(0));
        let mut after = Vec::new();
        while let Some(remark) = self.take(inside.end, |reader, comment| {
            inside.brackets || !comment.alone || reader.column(comment.span.range().start) >= least
        }) {
            after.push(remark);
        }
        let list = matches!(node.kind, Kind::List(_));
        if items.is_empty() {
            item.below.append(&mut after);
            return Value::Text(vec![if list { "[]" } else { "{}" }.to_string()]);
        }
        let brackets = inside.brackets && after.is_empty();
        let brackets = brackets.then(|| in_brackets(node, &items)).flatten();
        Value::Group(Group { list, brackets, items, after })
    }

    fn entries(&mut self, entries: &[Entry], inside: Around) -> Vec<Item> {
        let mut items = Vec::with_capacity(entries.len());
        for (index, entry) in entries.iter().enumerate() {
            let next = entries.get(index + 1).map_or(inside.end, |next| next.key_span.range().start);
            let start = entry.key_span.range().start;
            let written = &self.content[entry.key_span.range()];
            let as_written = written == entry.key || written.replace('\u{a0}', " ") == entry.key;
            let mut item = Item {
                key: Some(if as_written { entry.key.clone() } else { text::in_line(&entry.key, false) }),
                name: entry.key.clone(),
                above: self.all(start),
                gap: self.gap(start),
                apart: false,
                value: Value::Nothing,
                beside: None,
                below: Vec::new(),
            };
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
            let mut item = Item {
                key: None,
                name: String::new(),
                above: self.all(*dash),
                gap: self.gap(*dash),
                apart: false,
                value: Value::Nothing,
                beside: None,
                below: Vec::new(),
            };
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
            !comment.alone && (block || reader.line(comment.span.range().start) == line)
        };
        // Behind the dash of a list or map stands the first line of that list or map.
        if grows && item.key.is_some() {
            item.beside = self.take(end, is_beside);
        }
        while let Some(mut remark) =
            (!grows || item.key.is_none()).then(|| self.take(end, |_, _| true)).flatten()
        {
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

/// How a map or list reads in brackets, if it holds nothing but ids, numbers and days, and no comment.
fn in_brackets(node: &Node, items: &[Item]) -> Option<String> {
    let values: Vec<&Node> = match &node.kind {
        Kind::Map(entries) => entries.iter().map(|entry| &entry.value).collect(),
        Kind::List(nodes) => nodes.iter().collect(),
        Kind::Scalar(_) => Vec::new(),
    };
    let mut parts = Vec::with_capacity(items.len());
    for (item, node) in items.iter().zip(values) {
        let quiet = item.above.is_empty() && item.beside.is_none() && item.below.is_empty();
        let prose = PROSE.contains(&item.name.as_str()) || item.key.is_some() && !text::is_simple(&item.name);
        let value = match &item.value {
            Value::Text(lines) if node.text().is_none_or(text::is_simple) => lines.concat(),
            Value::Group(group) => group.brackets.clone()?,
            _ => return None,
        };
        if !quiet || prose {
            return None;
        }
        parts.push(match &item.key {
            Some(key) => format!("{key}: {value}"),
            None => value,
        });
    }
    let parts = parts.join(", ");
    Some(if matches!(node.kind, Kind::List(_)) { format!("[{parts}]") } else { format!("{{{parts}}}") })
}
