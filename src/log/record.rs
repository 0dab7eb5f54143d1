//! All that was asked about one client, as JSON: the record as written, and what the command line added.

use std::borrow::Cow;

use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::source::{Shape, Value, json};
use crate::span::Texts;
use crate::value::Day;
use crate::written::Words;
use crate::written::record::{self, Record, Review};

/// What was asked.
#[derive(Debug, Clone)]
pub struct Question<'t> {
    /// The treatment's id.
    pub treatment: String,
    /// The client's id, or the record's position.
    pub client: String,
    /// The day asked about, if there was one.
    pub visit: Option<Day>,
    /// Whether nobody named that day.
    pub visit_assumed: bool,
    /// The day of answers that carry none, from the command line.
    pub answered_on: Option<Day>,
    /// The record, if it could be read.
    pub written: Option<Record<'t>>,
}

#[derive(Serialize)]
struct Out<'q> {
    treatment: &'q str,
    client: &'q str,
    visit: Option<Day>,
    visit_assumed: bool,
    answered_on: Option<Day>,
    written: Option<Written<'q>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    dated: Vec<(&'q str, &'q str)>,
}

#[derive(Deserialize)]
struct In {
    treatment: String,
    client: String,
    visit: Option<String>,
    visit_assumed: bool,
    answered_on: Option<String>,
    written: Option<Box<RawValue>>,
    #[serde(default)]
    dated: Vec<(String, String)>,
}

impl<'t> Question<'t> {
    /// The question as one line of JSON. Keys stand as they were written, values as texts.
    pub fn write(&self) -> serde_json::Result<String> {
        let dated = self.written.iter().flat_map(|record| &record.dated);
        serde_json::to_string(&Out {
            treatment: &self.treatment,
            client: &self.client,
            visit: self.visit,
            visit_assumed: self.visit_assumed,
            answered_on: self.answered_on,
            written: self.written.as_ref().map(Written),
            dated: dated.map(|(fact, day)| (&**fact, &*day.text)).collect(),
        })
    }

    /// Reads what [`Question::write`] wrote. `texts` keeps the record's text.
    pub fn read(text: &str, texts: &'t mut Texts) -> Option<Question<'t>> {
        let read: In = serde_json::from_str(text).ok()?;
        let day = |text: Option<String>| match text {
            Some(text) => Day::parse(&text).map(Some),
            None => Some(None),
        };
        let mut written = None;
        if let Some(raw) = read.written {
            let id = texts.add("the log", raw.get().to_string());
            let mut findings = Vec::new();
            let value = json::read(texts, id, 0..raw.get().len(), &mut findings)?;
            let mut record = record::from_value(value, &mut findings)?;
            let span = record.span;
            let day = |text| Words { text: Cow::Owned(text), span };
            record.dated = read.dated.into_iter().map(|(fact, text)| (Cow::Owned(fact), day(text))).collect();
            written = Some(record);
        }
        Some(Question {
            treatment: read.treatment,
            client: read.client,
            visit: day(read.visit)?,
            visit_assumed: read.visit_assumed,
            answered_on: day(read.answered_on)?,
            written,
        })
    }
}

/// A record in the shape in which records are read.
struct Written<'r>(&'r Record<'r>);

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let record = self.0;
        let mut map = serializer.serialize_map(None)?;
        for (key, words) in
            [("client", &record.client), ("visit", &record.visit), ("answered_on", &record.answered_on)]
        {
            if let Some(words) = words {
                map.serialize_entry(key, &words.text)?;
            }
        }
        map.serialize_entry("facts", &Facts(record))?;
        if !record.reviews.is_empty() {
            map.serialize_entry("reviews", &record.reviews.iter().map(Said).collect::<Vec<_>>())?;
        }
        map.end()
    }
}

struct Facts<'r>(&'r Record<'r>);

impl Serialize for Facts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for answered in &self.0.facts {
            map.serialize_entry(&answered.key, &AsWritten(&answered.value))?;
        }
        map.end()
    }
}

struct Said<'r>(&'r Review);

impl Serialize for Said<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let review = self.0;
        let mut map = serializer.serialize_map(None)?;
        for (key, words) in [
            ("rule", &review.rule),
            ("says", &review.says),
            ("by", &review.by),
            ("on", &review.on),
            ("good_for", &review.good_for),
            ("meaning", &review.meaning),
            ("saw", &review.saw),
        ] {
            if let Some(words) = words {
                map.serialize_entry(key, &words.text)?;
            }
        }
        map.end()
    }
}

/// A value as it was written: every scalar a text, nothing at all `null`.
struct AsWritten<'r>(&'r Value<'r>);

impl Serialize for AsWritten<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0.shape {
            Shape::Nothing => serializer.serialize_none(),
            Shape::Word(text) => serializer.serialize_str(text),
            Shape::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(&AsWritten(item))?;
                }
                list.end()
            }
            Shape::Map(pairs) => {
                let mut map = serializer.serialize_map(Some(pairs.len()))?;
                for pair in pairs {
                    map.serialize_entry(&pair.key, &AsWritten(&pair.value))?;
                }
                map.end()
            }
        }
    }
}
