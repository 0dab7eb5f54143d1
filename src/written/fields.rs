//! Reading the keys of a map, each once, with every slip reported.

use std::borrow::Cow;

use super::diags::Finding;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{Entry, Kind, Node, Style};
use crate::span::Span;
use crate::suggest;

/// After so many findings it no longer matters whether one of them could have been left out.
const MANY: usize = 2_000;

/// A text with its place; of its own, or borrowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words<T = String> {
    /// The text, without spaces at its ends and with single spaces inside.
    pub text: T,
    /// Where it stands.
    pub span: Span,
}

/// What was written, if anything was.
pub fn text(words: &Option<Words>) -> Option<String> {
    words.as_ref().map(|words| words.text.clone())
}

impl<'t> Words<Cow<'t, str>> {
    /// Words that are kept, among those that are borrowed.
    pub fn kept(words: Words) -> Words<Cow<'t, str>> {
        Words { text: Cow::Owned(words.text), span: words.span }
    }
}

/// Something that has a name: the key it stands behind.
#[derive(Debug, Clone)]
pub struct Named<T> {
    /// The name.
    pub name: String,
    /// Where the name stands.
    pub span: Span,
    /// What the name stands for.
    pub value: T,
}

/// The keys of one map. Ask for each key that has a meaning, then call [`Fields::finish`].
pub struct Fields<'n> {
    owner: String,
    /// The place to point at when a key is missing.
    pub span: Span,
    entries: &'n [Entry],
    known: Vec<&'static str>,
    /// Where the map stands.
    whole: Span,
    missing: Vec<(String, String)>,
}

impl<'n> Fields<'n> {
    /// The keys of `node`, which belongs to `owner` (as in: rule `pregnancy`). `None` if it is no map.
    pub fn of(
        node: &'n Node,
        key: Span,
        owner: impl Into<String>,
        out: &mut Vec<Diagnostic>,
    ) -> Option<Fields<'n>> {
        let owner = owner.into();
        match &node.kind {
            Kind::Map(entries) => Some(Fields {
                owner,
                span: key,
                entries,
                known: Vec::new(),
                whole: node.span,
                missing: Vec::new(),
            }),
            _ => {
                let found = node.shape();
                out.push(Finding::NotAMap { span: shown(node.span, key), owner: &owner, found }.into());
                None
            }
        }
    }

    /// The value behind `key`, of any shape.
    pub fn node(&mut self, key: &'static str) -> Option<&'n Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The entry of `key`, for those who need the key's own place.
    pub fn entry(&mut self, key: &'static str) -> Option<&'n Entry> {
        self.known.push(key);
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// The text behind `key`, if the key is there.
    pub fn words(&mut self, key: &'static str, out: &mut Vec<Diagnostic>) -> Option<Words> {
        let entry = self.entry(key)?;
        words(&entry.value, key, entry.key_span, out)
    }

    /// The text behind `key`, which must be there because of `why`.
    pub fn required(&mut self, key: &'static str, why: &str, out: &mut Vec<Diagnostic>) -> Option<Words> {
        if self.entry(key).is_none() {
            self.missing(key, why);
        }
        self.words(key, out)
    }

    /// The condition or date behind `key`: a text whose every character keeps its place.
    pub fn expression(&mut self, key: &'static str, out: &mut Vec<Diagnostic>) -> Option<Node> {
        let entry = self.entry(key)?;
        words(&entry.value, key, entry.key_span, out).map(|_| entry.value.clone())
    }

    /// The texts behind `key`: a list, or one text.
    pub fn list(&mut self, key: &'static str, out: &mut Vec<Diagnostic>) -> Vec<Words> {
        let Some(entry) = self.entry(key) else { return Vec::new() };
        match &entry.value.kind {
            Kind::List(items) => items.iter().filter_map(|item| words(item, key, item.span, out)).collect(),
            _ => words(&entry.value, key, entry.key_span, out).into_iter().collect(),
        }
    }

    /// The named values behind `key`, in order.
    pub fn named(&mut self, key: &'static str, out: &mut Vec<Diagnostic>) -> Vec<Named<&'n Node>> {
        let Some(entry) = self.entry(key) else { return Vec::new() };
        named(&entry.value, key, entry.key_span, out)
    }

    /// Says that `key` is missing, and why it is needed.
    pub fn missing(&mut self, key: &str, why: &str) {
        self.missing.push((key.to_string(), why.to_string()));
    }

    /// Whether `key` is there; the key counts as known.
    pub fn has(&mut self, key: &'static str) -> bool {
        self.entry(key).is_some()
    }

    /// Whether one of `keys` is there; they do not count as known by being asked for here.
    pub fn has_any(&self, keys: &[&str]) -> bool {
        self.entries.iter().any(|entry| keys.contains(&entry.key.as_str()))
    }

    /// Reports every key nobody asked for, and those that are missing. A misspelt key is not missing as well.
    pub fn finish(mut self, out: &mut Vec<Diagnostic>) {
        self.known.sort_unstable();
        self.known.dedup();
        let unknown = |entry: &&Entry| !self.known.contains(&entry.key.as_str());
        let misspelt = |key: &str| {
            self.entries.iter().filter(unknown).any(|entry| suggest::nearest(&entry.key, [key]).is_some())
        };
        let cut = self.missing.is_empty() || self.is_cut(out);
        for (key, why) in self.missing.iter().filter(|(key, _)| !cut && !misspelt(key)) {
            out.push(Finding::MissingKey { span: self.span, owner: &self.owner, key, why }.into());
        }
        for entry in self.entries {
            if !self.known.contains(&entry.key.as_str()) {
                let Fields { owner, known, .. } = &self;
                out.push(Finding::UnknownKey { span: entry.key_span, key: &entry.key, owner, known }.into());
            }
        }
    }
}

impl Fields<'_> {
    /// Whether a part of the map could not be read as YAML, so that nobody knows what is missing.
    fn is_cut(&self, out: &[Diagnostic]) -> bool {
        let inside = |span: Span| {
            span.text == self.whole.text && self.whole.start <= span.start && span.end <= self.whole.end
        };
        let yaml = [Code::YamlFeature, Code::CommaInBraces, Code::BadYaml];
        out.iter().take(MANY).any(|found| yaml.contains(&found.code) && found.span().is_some_and(inside))
    }
}

/// The entries of a map as named values; anything but a map is reported.
pub(super) fn named<'n>(
    node: &'n Node,
    what: &str,
    key: Span,
    out: &mut Vec<Diagnostic>,
) -> Vec<Named<&'n Node>> {
    match &node.kind {
        Kind::Map(entries) => {
            entries.iter().map(|e| Named { name: e.key.clone(), span: e.key_span, value: &e.value }).collect()
        }
        _ => {
            let found = node.shape();
            out.push(
                Finding::WrongShape { span: shown(node.span, key), what, wanted: "a map", found }.into(),
            );
            Vec::new()
        }
    }
}

/// The text of a scalar that must say something.
pub(super) fn words(node: &Node, what: &str, key: Span, out: &mut Vec<Diagnostic>) -> Option<Words> {
    let Some(scalar) = node.scalar() else {
        let found = node.shape();
        out.push(Finding::WrongShape { span: shown(node.span, key), what, wanted: "a text", found }.into());
        return None;
    };
    if let (Style::Plain, Some(comment)) = (scalar.style, scalar.comment) {
        out.push(Finding::TextCutByComment { span: node.span, comment }.into());
        return None;
    }
    let text = scalar.text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        empty(node.span, what, key, out);
        return None;
    }
    Some(Words { text, span: node.span })
}

/// Reports a text that says nothing, unless what it was could not be read as YAML.
pub(super) fn empty(span: Span, what: &str, key: Span, out: &mut Vec<Diagnostic>) {
    let refused = |found: &Diagnostic| {
        let ends_here = |other: Span| other.text == span.text && other.end == span.start;
        found.code == Code::YamlFeature && found.span().is_some_and(ends_here)
    };
    if !out.iter().take(MANY).any(refused) {
        out.push(Finding::EmptyValue { span: shown(span, key), key: what }.into());
    }
}

/// Where to point: an empty value has no width, so its key is shown.
pub(super) fn shown(span: Span, key: Span) -> Span {
    if span.start == span.end { key } else { span }
}
