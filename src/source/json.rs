//! JSON as values that borrow from their text: every number keeps its own text, `true` and `false` become `yes` and
//! `no`.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::mem;
use std::ops::Range;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::node::repeated_key;
use super::value::{Pair, Shape, Value};
use crate::diagnostic::{Code, Diagnostic};
use crate::limits::{NESTING, VALUES};
use crate::span::{Span, TextId, Texts};

/// Reads the one JSON value at `range` of a text, so that the lines of NDJSON share their text.
/// Nothing comes back when it cannot be read: then `findings` says why. `range` lies on character boundaries.
pub fn read<'t>(
    texts: &'t Texts,
    id: TextId,
    range: Range<usize>,
    findings: &mut Vec<Diagnostic>,
) -> Option<Value<'t>> {
    let content = texts.get(id).content.as_str();
    let whole = content.get(range)?;
    let text = whole.strip_prefix('\u{feff}').unwrap_or(whole);
    let mut reader = Reader { content, id, found: Vec::new(), values: 0 };
    let start = text.as_ptr() as usize - content.as_ptr() as usize;
    let mut json = serde_json::Deserializer::from_str(text);
    let mut value = Value { span: Span::new(id, start..start), shape: Shape::Nothing };
    let read = reader.value(start, 0, &mut value).deserialize(&mut json).and_then(|()| json.end());
    if reader.found.is_empty() && read.is_ok() {
        return Some(value);
    }
    // What is no JSON at all is told before anything about its values.
    if let Err(error) = serde_json::from_str::<&RawValue>(text) {
        findings.push(reader.syntax(&error, text));
        return None;
    }
    if let (Err(error), []) = (&read, &reader.found[..]) {
        // What half a surrogate pair means, for one, is asked only by those who read the string.
        let found = reader.syntax(error, text);
        findings.push(found);
    }
    findings.append(&mut reader.found);
    read.ok().map(|()| value)
}

struct Reader<'t> {
    content: &'t str,
    id: TextId,
    found: Vec<Diagnostic>,
    /// How many values were read.
    values: usize,
}

impl<'t> Reader<'t> {
    /// The value that begins at a place or behind it.
    fn value<'r>(&'r mut self, at: usize, depth: usize, into: &'r mut Value<'t>) -> Next<'r, 't> {
        Next { start: self.next(at), reader: self, depth, into }
    }

    /// The place of the next byte that belongs to a value or ends a list or map.
    #[inline]
    fn next(&self, mut at: usize) -> usize {
        while let Some(b' ' | b'\n' | b'\t' | b'\r' | b',' | b':') = self.content.as_bytes().get(at) {
            at += 1;
        }
        at
    }

    /// A value that is yet to be read.
    fn nothing(&self) -> Value<'t> {
        Value { span: Span::new(self.id, 0..0), shape: Shape::Nothing }
    }

    /// Where a slice of the content stands in it.
    fn span(&self, part: &str) -> Span {
        let start = part.as_ptr() as usize - self.content.as_ptr() as usize;
        Span::new(self.id, start..start + part.len())
    }

    /// The string that begins at a place, if escapes were undone in it.
    fn escaped(&self, start: usize) -> Span {
        let mut end = start + 1;
        while let Some(byte) = self.content.as_bytes().get(end).filter(|byte| **byte != b'"') {
            end += if *byte == b'\\' { 2 } else { 1 };
        }
        Span::new(self.id, start..end + 1)
    }

    /// The string without its quotes, which was found in the content.
    fn plain(&self, text: &str) -> Span {
        let inside = self.span(text);
        Span { start: inside.start - 1, end: inside.end + 1, ..inside }
    }

    fn count<E: Error>(&mut self, start: usize) -> Result<(), E> {
        self.values += 1;
        if self.values <= VALUES {
            return Ok(());
        }
        let found = Diagnostic::error(Code::BadRecord, format!("the text holds more than {VALUES} values"))
            .at(Span::new(self.id, start..start + 1), "here")
            .note("nothing is answered from records that are not read in full")
            .help("check that the right file was given; write many records as NDJSON or CSV");
        Err(self.refuse(found))
    }

    /// Ends the reading.
    fn refuse<E: Error>(&mut self, found: Diagnostic) -> E {
        self.found.push(found);
        E::custom("refused")
    }

    /// What serde_json could not read in `part` of the content.
    fn syntax(&self, error: &serde_json::Error, part: &str) -> Diagnostic {
        let line_start =
            part.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum::<usize>();
        let mut at = (line_start + error.column().saturating_sub(1)).min(part.len());
        while !part.is_char_boundary(at) {
            at -= 1;
        }
        let length = part[at..].chars().next().map_or(0, char::len_utf8);
        let words = error.to_string();
        let words = words.rfind(" at line ").map_or(&*words, |end| &words[..end]);
        Diagnostic::error(Code::BadRecord, format!("not JSON: {words}"))
            .at(self.span(&part[at..at + length]), "here")
            .note("nothing can be answered from a record that is not read in full")
            .help("mend the JSON at this place, or write the file anew from where it came")
    }
}

/// A value that is yet to be read, where it is to stay: moved, it would be copied for each level of the parser.
struct Next<'r, 't> {
    reader: &'r mut Reader<'t>,
    /// Where it begins.
    start: usize,
    depth: usize,
    into: &'r mut Value<'t>,
}

impl<'t> DeserializeSeed<'t> for Next<'_, 't> {
    type Value = ();

    fn deserialize<D: Deserializer<'t>>(self, json: D) -> Result<(), D::Error> {
        self.reader.count(self.start)?;
        match self.reader.content.as_bytes().get(self.start) {
            Some(b'{' | b'[') if self.depth >= NESTING => {
                let message = "objects and lists are nested more than 32 levels deep";
                let found = Diagnostic::error(Code::TooDeep, message)
                    .at(Span::new(self.reader.id, self.start..self.start + 1), "here")
                    .note("no record needs as many, so this one is not read")
                    .help("check that the right file was given");
                Err(self.reader.refuse(found))
            }
            Some(b'{' | b'[' | b'"' | b't' | b'f' | b'n') => json.deserialize_any(self),
            // A number keeps its own text.
            _ => {
                let raw = <&RawValue>::deserialize(json)?.get();
                let span = self.reader.span(raw);
                self.is(span, Shape::Word(Cow::Borrowed(raw)))
            }
        }
    }
}

impl<'t> Next<'_, 't> {
    /// What the value turns out to be.
    #[inline]
    fn is<E>(self, span: Span, shape: Shape<'t>) -> Result<(), E> {
        // Nothing stood there, which need not be dropped.
        mem::forget(mem::replace(self.into, Value { span, shape }));
        Ok(())
    }

    /// A list or map whose last value ends at a place.
    fn ended<E>(self, at: usize, shape: Shape<'t>) -> Result<(), E> {
        let span = Span::new(self.reader.id, self.start..self.reader.next(at) + 1);
        self.is(span, shape)
    }
}

impl<'t> Visitor<'t> for Next<'_, 't> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    #[inline]
    fn visit_borrowed_str<E: Error>(self, text: &'t str) -> Result<(), E> {
        let span = self.reader.plain(text);
        self.is(span, Shape::Word(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        let span = self.reader.escaped(self.start);
        self.is(span, Shape::Word(Cow::Owned(text.to_string())))
    }

    fn visit_bool<E: Error>(self, yes: bool) -> Result<(), E> {
        let (written, word) = if yes { ("true", "yes") } else { ("false", "no") };
        let span = Span::new(self.reader.id, self.start..self.start + written.len());
        self.is(span, Shape::Word(Cow::Borrowed(word)))
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        let span = Span::new(self.reader.id, self.start..self.start + "null".len());
        self.is(span, Shape::Nothing)
    }

    fn visit_seq<A: SeqAccess<'t>>(self, mut items: A) -> Result<(), A::Error> {
        let mut list: Vec<Value<'t>> = Vec::with_capacity(4);
        let (mut at, mut item) = (self.start + 1, self.reader.nothing());
        while items.next_element_seed(self.reader.value(at, self.depth + 1, &mut item))?.is_some() {
            at = item.span.end as usize;
            list.push(mem::replace(&mut item, self.reader.nothing()));
        }
        self.ended(at, Shape::List(list))
    }

    fn visit_map<A: MapAccess<'t>>(self, mut map: A) -> Result<(), A::Error> {
        // The facts of a record are more than what stands in other maps.
        let mut pairs: Vec<Pair<'t>> = Vec::with_capacity(if self.depth == 1 { 11 } else { 6 });
        let mut seen = Keys::default();
        let mut at = self.start + 1;
        while map.next_key_seed(Key { reader: self.reader, at, pairs: &mut pairs })?.is_some() {
            let Some(pair) = pairs.last_mut() else { break };
            let behind = pair.key_span.end as usize;
            map.next_value_seed(self.reader.value(behind, self.depth + 1, &mut pair.value))?;
            at = pair.value.span.end as usize;
            if let Some(first) = seen.before(&pairs)
                && let Some(Pair { key, key_span, .. }) = pairs.pop()
            {
                self.reader.found.push(repeated_key(&key, key_span, first));
            }
        }
        self.ended(at, Shape::Map(pairs))
    }
}

/// A key that is yet to be read, and the pairs it is the next of.
struct Key<'r, 't> {
    reader: &'r Reader<'t>,
    /// Where the value before it ends.
    at: usize,
    pairs: &'r mut Vec<Pair<'t>>,
}

impl<'t> Key<'_, 't> {
    #[inline]
    fn is<E>(self, key: Cow<'t, str>, key_span: Span) -> Result<(), E> {
        self.pairs.push(Pair { key, key_span, value: self.reader.nothing() });
        Ok(())
    }
}

impl<'t> DeserializeSeed<'t> for Key<'_, 't> {
    type Value = ();

    fn deserialize<D: Deserializer<'t>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_str(self)
    }
}

impl<'t> Visitor<'t> for Key<'_, 't> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'t str) -> Result<(), E> {
        let span = self.reader.plain(text);
        self.is(Cow::Borrowed(text), span)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        let span = self.reader.escaped(self.reader.next(self.at));
        self.is(Cow::Owned(text.to_string()), span)
    }
}

/// The keys of a map so far.
#[derive(Default)]
struct Keys {
    /// A bit for each, which several may share.
    bits: u64,
    /// All of them, once they are many.
    many: Option<HashMap<String, Span>>,
}

/// Fewer keys are gone through one by one.
const FEW: usize = 32;

impl Keys {
    /// Where the key of the last pair stood before.
    #[inline]
    fn before(&mut self, pairs: &[Pair<'_>]) -> Option<Span> {
        let (Pair { key, key_span, .. }, pairs) = pairs.split_last()?;
        if pairs.len() >= FEW {
            return self.among_many(key, *key_span, pairs);
        }
        let bytes = key.as_bytes();
        let byte = |at: usize| bytes.get(at).map_or(0, |byte| usize::from(*byte));
        let last = bytes.len().saturating_sub(1);
        let mix = bytes.len() + 5 * byte(0) + 3 * byte(bytes.len() / 2) + 11 * byte(last);
        let bit = 1 << (mix % 64);
        let is_new = self.bits & bit == 0;
        self.bits |= bit;
        let same = || pairs.iter().find(|pair| pair.key == *key).map(|pair| pair.key_span);
        if is_new { None } else { same() }
    }

    fn among_many(&mut self, key: &str, span: Span, pairs: &[Pair<'_>]) -> Option<Span> {
        let known = || pairs.iter().map(|pair| (pair.key.to_string(), pair.key_span)).collect();
        let many = self.many.get_or_insert_with(known);
        let first = many.get(key).copied();
        if first.is_none() {
            many.insert(key.to_string(), span);
        }
        first
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(content: &str) -> (Texts, Option<Value<'static>>, Vec<Diagnostic>) {
        let mut texts = Texts::new();
        let id = texts.add("r.json", content.to_string());
        let mut findings = Vec::new();
        let value = read(&texts, id, 0..content.len(), &mut findings).map(Value::into_owned);
        (texts, value, findings)
    }

    fn at(texts: &Texts, finding: &Diagnostic) -> (Code, String) {
        let span = finding.span().expect("a place");
        (finding.code, texts.reference(span))
    }

    #[test]
    fn values_keep_their_text_and_place() {
        let content = "\u{feff}{\"a\": [true, false, null, 1.10, {} ],\r\n \"b\\u00e9\": \"x\\n\\\"y\"} ";
        let (_, value, findings) = one(content);
        assert_eq!(findings, []);
        let value = value.expect("a value");
        assert_eq!(&content[value.span.range()], content.trim_start_matches('\u{feff}').trim_end());
        let list = value.get("a").expect("a");
        assert_eq!(&content[list.span.range()], "[true, false, null, 1.10, {} ]");
        let Shape::List(items) = &list.shape else {
            panic!("a list");
        };
        let texts: Vec<_> = items.iter().map(Value::text).collect();
        assert_eq!(texts, [Some("yes"), Some("no"), Some(""), Some("1.10"), None]);
        assert!(items[2].is_nothing());
        let places: Vec<_> = items.iter().map(|item| &content[item.span.range()]).collect();
        assert_eq!(places, ["true", "false", "null", "1.10", "{}"]);
        let escaped = value.get("b\u{e9}").expect("b");
        assert_eq!(escaped.text(), Some("x\n\"y"));
        assert_eq!(&content[escaped.span.range()], "\"x\\n\\\"y\"");
        assert_eq!(one(" 5 ").1.expect("a value").text(), Some("5"));
    }

    #[test]
    fn a_line_of_ndjson_knows_its_line() {
        let mut texts = Texts::new();
        let content = "{\"a\": 1}\n{\"a\": 2, \"a\": 3}\n{\"a\" 4}\n";
        let id = texts.add("r.ndjson", content.to_string());
        let mut findings = Vec::new();
        let value = read(&texts, id, 9..25, &mut findings).expect("a value");
        assert_eq!(value.get("a").and_then(Value::text), Some("2"));
        assert_eq!(read(&texts, id, 26..33, &mut findings), None);
        assert_eq!(at(&texts, &findings[0]), (Code::DuplicateKey, "r.ndjson:2:10".into()));
        assert_eq!(texts.reference(findings[0].labels[1].span), "r.ndjson:2:2");
        assert_eq!(at(&texts, &findings[1]), (Code::BadRecord, "r.ndjson:3:6".into()));
        assert_eq!(findings[1].message, "not JSON: expected `:`");
    }

    #[test]
    fn a_key_that_stands_twice_is_found_among_few_and_many() {
        for keys in [2, 9, FEW, 5_000] {
            let pairs: Vec<String> = (0..keys).map(|key| format!("\"k{key}\": 1")).collect();
            let all = pairs.join(",");
            assert_eq!(one(&format!("{{{all}}}")).2, []);
            let (texts, _, findings) = one(&format!("{{{all},\n \"k{}\": 1}}", keys - 1));
            let again: Vec<_> = findings.iter().map(|finding| at(&texts, finding).1).collect();
            assert_eq!(again, ["r.json:2:2"], "{keys}");
            let first = all.rfind("\"k").expect("a key") + 2;
            assert_eq!(texts.reference(findings[0].labels[1].span), format!("r.json:1:{first}"));
        }
    }

    #[test]
    fn nesting_is_bounded_without_recursion() {
        for open in ["[", "{\"a\":"] {
            let (_, value, findings) = one(&open.repeat(10_000));
            assert_eq!((value, findings[0].code), (None, Code::BadRecord));
        }
        let deep = |levels| one(&format!("{}{}", "[".repeat(levels), "]".repeat(levels)));
        let (texts, value, findings) = deep(10_000);
        assert_eq!(value, None);
        assert_eq!(at(&texts, &findings[0]), (Code::TooDeep, "r.json:1:33".into()));
        assert_eq!(deep(32).2, []);
    }

    #[test]
    fn broken_texts_are_findings() {
        for content in
            ["", "{", "{\"a\": \"\\ud800\"}", "[1,]", "{} {}", "\u{0}", "[01]", "\"\u{e9}", "nul\u{e9}"]
        {
            let (_, value, findings) = one(content);
            assert_eq!((value, findings.len()), (None, 1), "{content}");
            assert_eq!(findings[0].code, Code::BadRecord, "{content}");
        }
    }
}
