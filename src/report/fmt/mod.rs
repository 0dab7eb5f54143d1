//! A rule file in its canonical form: keys in the order of the shipped files, one way to space and quote,
//! every comment kept, nothing that means anything changed.
//!
//! `attach` reads a file with its comments, `arrange` puts it in order by the `keys`, `print` writes it. What
//! comes out is read again and compared before anybody gets to see it.

mod arrange;
mod attach;
mod diff;
mod keys;
mod print;
mod text;
mod tree;

use crate::diagnostic::Diagnostic;
use crate::limits::RULE_FILE;
use crate::source::yaml::{self, Comment};
use crate::source::{Entry, Kind, Node};
use crate::span::{TextId, Texts};
use keys::Form;

pub use diff::changed_lines;

/// What formatting makes of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Formatted {
    /// It is in its canonical form already.
    Unchanged,
    /// Its canonical form.
    Changed(String),
    /// It cannot be read as YAML; the findings say why.
    Unreadable,
    /// Formatted it would be larger than a rule file may be.
    TooLarge,
    /// A mistake in this program: the new text would not read as the old one does, in the way said here.
    Differs(&'static str),
}

/// Whether the file at this path has a canonical form. Scripts, example clients and approved answers have none.
pub fn has_form(path: &str) -> bool {
    keys::of_file(path).is_some()
}

/// The canonical form of the file at `path`, whose text is `id`.
pub fn format(path: &str, texts: &Texts, id: TextId, findings: &mut Vec<Diagnostic>) -> Formatted {
    let Some(form) = keys::of_file(path) else { return Formatted::Unchanged };
    let before = findings.len();
    let root = yaml::read(texts, id, findings);
    if findings.len() > before {
        return Formatted::Unreadable;
    }
    let content = texts.get(id).content.as_str();
    let Some(comments) = yaml::comments(texts, id) else {
        return Formatted::Differs("its comments cannot be read");
    };
    let mut tree = attach::tree(content, root.as_ref(), &comments);
    arrange::arrange(&mut tree.root.value, form);
    let text = print::text(&tree);
    if text == content {
        return Formatted::Unchanged;
    }
    if text.len() > RULE_FILE {
        return Formatted::TooLarge;
    }
    match difference(form, root.as_ref(), &words(content, &comments), &text) {
        Some(difference) => Formatted::Differs(difference),
        None => Formatted::Changed(text),
    }
}

/// The texts of comments, sorted.
fn words<'t>(content: &'t str, comments: &[Comment]) -> Vec<&'t str> {
    let mut words: Vec<&str> =
        comments.iter().map(|comment| content[comment.span.range()].trim_end_matches(text::BLANK)).collect();
    words.sort_unstable();
    words
}

/// In what the new text differs from the old one that means something or that somebody wrote down.
fn difference(form: &Form, old: Option<&Node>, comments: &[&str], text: &str) -> Option<&'static str> {
    let (mut texts, mut findings) = (Texts::new(), Vec::new());
    let id = texts.add("formatted", text.to_string());
    let new = yaml::read(&texts, id, &mut findings);
    if !findings.is_empty() {
        return Some("its new text cannot be read");
    }
    let same_values = match (old, &new) {
        (Some(old), Some(new)) => same(form, old, new),
        (None, None) => true,
        _ => false,
    };
    if !same_values {
        return Some("its values would change");
    }
    let kept = yaml::comments(&texts, id).is_some_and(|new| words(text, &new) == comments);
    (!kept).then_some("its comments would change")
}

/// Whether two values are the same but for the order of keys that is free.
fn same(form: &Form, a: &Node, b: &Node) -> bool {
    match (&a.kind, &b.kind) {
        (Kind::Scalar(old), Kind::Scalar(new)) => {
            old.text == new.text
                && a.is_empty() == b.is_empty()
                && old.comment.is_some() == new.comment.is_some()
        }
        (Kind::List(old), Kind::List(new)) => {
            old.len() == new.len() && old.iter().zip(new).all(|(old, new)| same(form, old, new))
        }
        (Kind::Map(old), Kind::Map(new)) => {
            let (old, new) = (in_order(form, old), in_order(form, new));
            let same = |(old, new): (&&Entry, &&Entry)| {
                old.key == new.key && same(form.of(&old.key), &old.value, &new.value)
            };
            old.len() == new.len() && old.iter().zip(&new).all(same)
        }
        _ => false,
    }
}

/// The entries of a map, by key where their order is free.
fn in_order<'n>(form: &Form, entries: &'n [Entry]) -> Vec<&'n Entry> {
    let mut entries: Vec<&Entry> = entries.iter().collect();
    if form.is_free() {
        entries.sort_by(|a, b| a.key.cmp(&b.key));
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said when `old`, a page, would become `new`.
    fn said(old: &str, new: &str) -> Option<&'static str> {
        let (mut texts, mut findings) = (Texts::new(), Vec::new());
        let id = texts.add("page.yaml", old.to_string());
        let root = yaml::read(&texts, id, &mut findings);
        let comments = yaml::comments(&texts, id).expect("YAML");
        let form = keys::of_file("page.yaml").expect("a page");
        difference(form, root.as_ref(), &words(old, &comments), new)
    }

    #[test]
    fn a_mistake_in_the_layout_is_caught() {
        let old = "revision: 1  # one\ntreatment: a\nnot_used: {a: x, b: [y, z]}\n";
        let same = "treatment: \"a\"\nrevision: 1\n# one\nnot_used:\n  a: x\n  b:\n  - y\n  - z\n";
        for (new, why) in [
            (same.replace("# one", "# two"), "its comments would change"),
            (same.replace("# one", ""), "its comments would change"),
            (same.replace("treatment: \"a\"", "treatment: b"), "its values would change"),
            (same.replace("  a: x\n", ""), "its values would change"),
            (same.replace("  - y\n  - z", "  - z\n  - y"), "its values would change"),
            (same.replace("not_used:\n  a: x\n", "not_used:\n") + "  a: x\n", "its values would change"),
            (same.replace("revision: 1", "revision: 1 # one"), "its values would change"),
            (same.replace("treatment: \"a\"", "treatment:"), "its values would change"),
            (String::new(), "its values would change"),
            (same.replace("- y", "- [y"), "its new text cannot be read"),
        ] {
            assert_eq!(said(old, &new), Some(why), "{new}");
        }
        assert_eq!(said(old, same), None);
        // A comment one space behind a text may be text that was cut off; `check` asks.
        assert_eq!(said(&old.replace("  #", " #"), same), Some("its values would change"));
    }
}
