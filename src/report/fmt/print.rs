//! An arranged file as text: two spaces for each level, `key: value`, one blank line at most.

use super::text::WIDTH;
use super::tree::{Group, Item, Remark, Tree, Value};

/// How far a level is indented.
const STEP: usize = 2;

/// The text of a file.
pub(super) fn text(tree: &Tree) -> String {
    let mut out = String::new();
    remarks(&mut out, &tree.header, 0, false);
    match &tree.root.value {
        Value::Group(group) => {
            let first = group.items.first().filter(|first| first.above.is_empty()).map(|first| &first.name);
            if !out.is_empty() && (first.is_none() || tree.beneath.as_ref() != first) {
                out.push('\n');
            }
            self::group(&mut out, group, 0);
        }
        Value::Nothing => {}
        value => {
            let mut lines = String::new();
            scalar(&mut lines, value, 0, tree.root.beside.as_ref());
            out.push_str(&lines);
        }
    }
    let gap = !out.is_empty();
    remarks(&mut out, &tree.root.below, 0, gap);
    out
}

/// Comments on lines of their own.
fn remarks(out: &mut String, remarks: &[Remark], indent: usize, gap: bool) {
    for (index, remark) in remarks.iter().enumerate() {
        if remark.gap && (gap || index > 0) {
            out.push('\n');
        }
        indented(out, indent, &remark.text);
    }
}

fn indented(out: &mut String, indent: usize, text: &str) {
    out.extend(std::iter::repeat_n(' ', indent));
    out.push_str(text);
    out.push('\n');
}

fn group(out: &mut String, group: &Group, indent: usize) {
    let mut after_one_line = true;
    for (index, item) in group.items.iter().enumerate() {
        let rendered = self::item(item, indent);
        let one_line = item.above.is_empty() && rendered.lines().count() == 1;
        let apart = index > 0 && item.apart && !(after_one_line && one_line);
        after_one_line = one_line;
        let (above, gap) = match item.above.first() {
            Some(first) => (first.gap || apart, item.gap),
            None => (false, item.gap || apart),
        };
        if above && index > 0 {
            out.push('\n');
        }
        remarks(out, &item.above, indent, false);
        if gap && (index > 0 || !item.above.is_empty()) {
            out.push('\n');
        }
        out.push_str(&rendered);
    }
    remarks(out, &group.after, indent, true);
}

/// An item without the comments above it.
fn item(item: &Item, indent: usize) -> String {
    let mut out = " ".repeat(indent);
    match &item.key {
        Some(key) => out.extend([key.as_str(), ":"]),
        None => out.push('-'),
    }
    match &item.value {
        Value::Group(group) if fits(&mut out, group) => end(&mut out, item.beside.as_ref()),
        Value::Group(group) if item.key.is_some() => {
            end(&mut out, item.beside.as_ref());
            self::group(&mut out, group, indent + STEP);
        }
        Value::Group(group) => {
            let mut inside = String::new();
            self::group(&mut inside, group, indent + STEP);
            out.push_str(inside.get(indent + 1..).unwrap_or_default());
            remarks(&mut out, item.beside.as_slice(), indent + STEP, false);
        }
        value => scalar(&mut out, value, indent, item.beside.as_ref()),
    }
    remarks(&mut out, &item.below, indent + STEP, true);
    out
}

/// Whether a map or list stays in brackets; then it stands behind its key or dash.
fn fits(out: &mut String, group: &Group) -> bool {
    let text = if group.brackets { in_brackets(group) } else { return false };
    let fits = out.chars().count() + 1 + text.chars().count() <= WIDTH;
    if fits {
        out.extend([" ", &text]);
    }
    fits
}

/// A map or list on one line.
fn in_brackets(group: &Group) -> String {
    let item = |item: &Item| {
        let value = match &item.value {
            Value::Group(group) => in_brackets(group),
            Value::Text(lines) => lines.concat(),
            Value::Nothing | Value::Block(..) => String::new(),
        };
        item.key.as_ref().map_or(value.clone(), |key| format!("{key}: {value}"))
    };
    let items: Vec<String> = group.items.iter().map(item).collect();
    let items = items.join(", ");
    if group.list { format!("[{items}]") } else { format!("{{{items}}}") }
}

/// A text behind its key or dash, which `out` ends with; at the root there is none.
fn scalar(out: &mut String, value: &Value, indent: usize, beside: Option<&Remark>) {
    let (sign, lines) = match value {
        Value::Text(lines) => (None, lines.as_slice()),
        Value::Block(sign, lines) => (Some(sign), lines.as_slice()),
        Value::Nothing | Value::Group(_) => (None, &[] as &[String]),
    };
    if let Some(sign) = sign {
        out.extend([" ", sign]);
        end(out, beside);
    }
    for (index, line) in lines.iter().enumerate() {
        match (index, sign) {
            (0, None) if out.is_empty() => {}
            (0, None) => out.push(' '),
            _ if line.is_empty() => {}
            _ => out.extend(std::iter::repeat_n(' ', indent + STEP)),
        }
        out.push_str(line);
        if index + 1 < lines.len() || sign.is_some() {
            out.push('\n');
        }
    }
    if sign.is_none() {
        end(out, beside);
    }
}

/// Ends a line, with the comment beside it. A comment stays in its column where the line leaves room for it.
fn end(out: &mut String, beside: Option<&Remark>) {
    if let Some(remark) = beside {
        let line = out.rfind('\n').map_or(0, |before| before + 1);
        let width = out[line..].chars().count();
        let column = match remark.column {
            _ if remark.close => width + 1,
            column if column <= WIDTH / 2 => column.max(width + 2),
            _ => width + 2,
        };
        out.extend(std::iter::repeat_n(' ', column - width));
        out.push_str(&remark.text);
    }
    out.push('\n');
}
