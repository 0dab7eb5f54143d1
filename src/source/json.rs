//! JSON as nodes: every number keeps its own text, `true` and `false` become `yes` and `no`.

use std::collections::HashMap;
use std::fmt;
use std::ops::Range;

use serde::Deserializer;
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::node::repeated_key;
use super::runs::{self, Quotes};
use super::{Entry, Kind, Node, Scalar, Style};
use crate::diagnostic::{Code, Diagnostic};
use crate::limits::{NESTING, VALUES};
use crate::span::{Span, TextId, Texts};

/// Reads the one JSON value at `range` of a text, so that the lines of NDJSON share their text.
/// Nothing comes back when it cannot be read: then `findings` says why. `range` lies on character boundaries.
pub fn read(texts: &Texts, id: TextId, range: Range<usize>, findings: &mut Vec<Diagnostic>) -> Option<Node> {
    let content = texts.get(id).content.as_str();
    let whole = content.get(range.clone())?;
    let value = whole.strip_prefix('\u{feff}').unwrap_or(whole);
    let mut reader = Reader { content, id, findings, values: 0 };
    match serde_json::from_str::<&RawValue>(value) {
        Ok(raw) => reader.value(raw.get(), 0),
        Err(error) => reader.syntax(&error, value),
    }
}

struct Reader<'t, 'f> {
    content: &'t str,
    id: TextId,
    findings: &'f mut Vec<Diagnostic>,
    /// How many values were read.
    values: usize,
}

impl<'t> Reader<'t, '_> {
    /// Where a slice of the content stands in it.
    fn span(&self, part: &str) -> Span {
        let start = part.as_ptr() as usize - self.content.as_ptr() as usize;
        Span::new(self.id, start..start + part.len())
    }

    fn value(&mut self, raw: &'t str, depth: usize) -> Option<Node> {
        let span = self.span(raw);
        self.values += 1;
        if self.values > VALUES {
            self.findings.push(
                Diagnostic::error(Code::BadRecord, format!("the text holds more than {VALUES} values"))
                    .at(self.span(&raw[..1]), "here")
                    .note("nothing is answered from records that are not read in full")
                    .help("check that the right file was given; write many records as NDJSON or CSV"),
            );
            return None;
        }
        let kind = match raw.as_bytes().first() {
            Some(b'{' | b'[') if depth >= NESTING => {
                self.findings.push(
                    Diagnostic::error(Code::TooDeep, "objects and lists are nested more than 32 levels deep")
                        .at(self.span(&raw[..1]), "here")
                        .note("no record needs as many, so this one is not read")
                        .help("check that the right file was given"),
                );
                return None;
            }
            Some(b'{') => self.object(raw, depth)?,
            Some(b'[') => {
                let items = match parse(raw, List) {
                    Ok(items) => items,
                    Err(error) => return self.syntax(&error, raw),
                };
                let nodes = items.into_iter().map(|item| self.value(item.get(), depth + 1));
                Kind::List(nodes.collect::<Option<_>>()?)
            }
            Some(b'"') => Kind::Scalar(self.string(raw)?),
            Some(b't') => word("yes"),
            Some(b'f') => word("no"),
            Some(b'n') => word(""),
            _ => Kind::Scalar(Scalar {
                text: raw.to_string(),
                style: Style::Plain,
                runs: vec![(0, span.start)],
                comment: None,
            }),
        };
        Some(Node { span, kind })
    }

    fn object(&mut self, raw: &'t str, depth: usize) -> Option<Kind> {
        let pairs = match parse(raw, Object) {
            Ok(pairs) => pairs,
            Err(error) => return self.syntax(&error, raw),
        };
        let mut entries = Vec::with_capacity(pairs.len());
        let mut seen = HashMap::with_capacity(pairs.len());
        for (key, value) in pairs {
            let key_span = self.span(key.get());
            let key = self.string(key.get())?.text;
            let value = self.value(value.get(), depth + 1)?;
            match seen.get(&key) {
                Some(first) => self.findings.push(repeated_key(&key, key_span, *first)),
                None => {
                    seen.insert(key.clone(), key_span);
                    entries.push(Entry { key, key_span, value });
                }
            }
        }
        Some(Kind::Map(entries))
    }

    fn string(&mut self, raw: &'t str) -> Option<Scalar> {
        let text: String = match serde_json::from_str(raw) {
            Ok(text) => text,
            Err(error) => return self.syntax(&error, raw),
        };
        let start = self.span(raw).start as usize + 1;
        let end = self.span(raw).end as usize - 1;
        let decoded = runs::flow(self.content, start..end, Quotes::Double);
        let runs = if decoded.text == text {
            let narrow = |(text, file): &(usize, usize)| (*text as u32, *file as u32);
            decoded.runs.iter().map(narrow).collect()
        } else {
            vec![(0, start as u32)]
        };
        Some(Scalar { text, style: Style::Quoted, runs, comment: None })
    }

    /// Reports what serde_json could not read in `part` of the content.
    fn syntax<T>(&mut self, error: &serde_json::Error, part: &str) -> Option<T> {
        let line_start =
            part.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum::<usize>();
        let mut at = (line_start + error.column().saturating_sub(1)).min(part.len());
        while !part.is_char_boundary(at) {
            at -= 1;
        }
        let length = part[at..].chars().next().map_or(0, char::len_utf8);
        let words = error.to_string();
        let words = words.rfind(" at line ").map_or(&*words, |end| &words[..end]);
        self.findings.push(
            Diagnostic::error(Code::BadRecord, format!("not JSON: {words}"))
                .at(self.span(&part[at..at + length]), "here")
                .note("nothing can be answered from a record that is not read in full")
                .help("mend the JSON at this place, or write the file anew from where it came"),
        );
        None
    }
}

fn word(text: &str) -> Kind {
    Kind::Scalar(Scalar { text: text.to_string(), style: Style::Plain, runs: Vec::new(), comment: None })
}

fn parse<'t, V: Visitor<'t>>(raw: &'t str, shape: V) -> serde_json::Result<V::Value> {
    serde_json::Deserializer::from_str(raw).deserialize_any(shape)
}

struct List;

impl<'t> Visitor<'t> for List {
    type Value = Vec<&'t RawValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'t>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut read = Vec::new();
        while let Some(item) = items.next_element()? {
            // One too many is enough to know that there are too many.
            if read.len() <= VALUES {
                read.push(item);
            }
        }
        Ok(read)
    }
}

struct Object;

impl<'t> Visitor<'t> for Object {
    type Value = Vec<(&'t RawValue, &'t RawValue)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'t>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut read = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            if read.len() <= VALUES {
                read.push(entry);
            }
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(content: &str) -> (Texts, Option<Node>, Vec<Diagnostic>) {
        let mut texts = Texts::new();
        let id = texts.add("r.json", content.to_string());
        let mut findings = Vec::new();
        let node = read(&texts, id, 0..content.len(), &mut findings);
        (texts, node, findings)
    }

    fn at(texts: &Texts, finding: &Diagnostic) -> (Code, String) {
        let span = finding.span().expect("a place");
        (finding.code, texts.reference(span))
    }

    #[test]
    fn values_keep_their_text_and_place() {
        let content = "\u{feff}{\"a\": [true, false, null, 1.10],\r\n \"b\\u00e9\": \"x\\n\\\"y\"}";
        let (_, node, findings) = one(content);
        assert_eq!(findings, []);
        let node = node.expect("a value");
        let Kind::List(items) = &node.get("a").expect("a").kind else {
            panic!("a list");
        };
        let texts: Vec<_> = items.iter().map(|i| i.text().expect("a text")).collect();
        assert_eq!(texts, ["yes", "no", "", "1.10"]);
        assert!(items[2].is_empty());
        assert_eq!(&content[items[0].place(0, 3).range()], "true");
        assert_eq!(&content[items[3].place(0, 4).range()], "1.10");
        let escaped = node.get("b\u{e9}").expect("b");
        assert_eq!(escaped.text(), Some("x\n\"y"));
        assert_eq!(&content[escaped.place(1, 2).range()], "\\n");
        assert_eq!(&content[escaped.place(2, 3).range()], "\\\"");
        assert_eq!(&content[escaped.place(3, 4).range()], "y");
        assert_eq!(&content[escaped.span.range()], "\"x\\n\\\"y\"");
    }

    #[test]
    fn a_line_of_ndjson_knows_its_line() {
        let mut texts = Texts::new();
        let content = "{\"a\": 1}\n{\"a\": 2, \"a\": 3}\n{\"a\" 4}\n";
        let id = texts.add("r.ndjson", content.to_string());
        let mut findings = Vec::new();
        let node = read(&texts, id, 9..25, &mut findings).expect("a value");
        assert_eq!(node.get("a").and_then(Node::text), Some("2"));
        assert_eq!(read(&texts, id, 26..33, &mut findings), None);
        assert_eq!(at(&texts, &findings[0]), (Code::DuplicateKey, "r.ndjson:2:10".into()));
        assert_eq!(texts.reference(findings[0].labels[1].span), "r.ndjson:2:2");
        assert_eq!(at(&texts, &findings[1]), (Code::BadRecord, "r.ndjson:3:6".into()));
        assert_eq!(findings[1].message, "not JSON: expected `:`");
    }

    #[test]
    fn nesting_is_bounded_without_recursion() {
        for open in ["[", "{\"a\":"] {
            let (_, node, findings) = one(&open.repeat(10_000));
            assert_eq!((node, findings[0].code), (None, Code::BadRecord));
        }
        let deep = |levels| one(&format!("{}{}", "[".repeat(levels), "]".repeat(levels)));
        let (texts, node, findings) = deep(10_000);
        assert_eq!(node, None);
        assert_eq!(at(&texts, &findings[0]), (Code::TooDeep, "r.json:1:33".into()));
        assert_eq!(deep(32).2, []);
    }

    #[test]
    fn broken_texts_are_findings() {
        for content in
            ["", "{", "{\"a\": \"\\ud800\"}", "[1,]", "{} {}", "\u{0}", "[01]", "\"\u{e9}", "nul\u{e9}"]
        {
            let (_, node, findings) = one(content);
            assert_eq!((node, findings.len()), (None, 1), "{content}");
            assert_eq!(findings[0].code, Code::BadRecord, "{content}");
        }
    }
}
