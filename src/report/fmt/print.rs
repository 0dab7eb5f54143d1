//! An arranged file as text: two spaces for each level, `key: value`, one blank line at most.

use super::text::WIDTH;
use super::tree::{Group, Item, Remark, Tree, Value};

/// How far a level is indented.
const STEP: usize = 2;

/// The text of a file.
pub(super) fn text(tree: &Tree) -> String {
    let mut out = String::new();
    remarks(&mut out, &tree.header, 0, false);
    match &tree.root {
        Value::Group(group) => {
            if !out.is_empty() {
                out.push('\n');
            }
            self::group(&mut out, group, 0);
        }
        Value::Nothing => {}
        value => {
            let mut line = String::new();
            scalar(&mut line, value, 0, None);
            out.push_str(line.trim_start());
        }
    }
    remarks(&mut out, &tree.after, 0, true);
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
        let one_line = item.above.is_empty() && rendered.trim_end().lines().count() == 1;
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
    let room = WIDTH.saturating_sub(out.chars().count() + 1);
    match &item.value {
        Value::Group(Group { brackets: Some(text), .. }) if text.chars().count() <= room => {
            out.extend([" ", text]);
            end(&mut out, item.beside.as_ref());
        }
        Value::Group(group) if item.key.is_some() => {
            end(&mut out, item.beside.as_ref());
            self::group(&mut out, group, indent + STEP);
        }
        Value::Group(group) => {
            let mut inside = String::new();
            self::group(&mut inside, group, indent + STEP);
            out.push_str(inside.get(indent + 1..).unwrap_or_default());
        }
        value => scalar(&mut out, value, indent, item.beside.as_ref()),
    }
    remarks(&mut out, &item.below, indent + STEP, true);
    out
}

/// A text behind its key or dash, which `out` ends with.
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
        let column = if remark.close { width + 1 } else { remark.column.max(width + 2) };
        out.extend(std::iter::repeat_n(' ', column - width));
        out.push_str(&remark.text);
    }
    out.push('\n');
}
