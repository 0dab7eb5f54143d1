//! Whether a decision comes out again as it was logged, and the first thing that differs.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// How a decision comes out again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Byte for byte as it was.
    Identical,
    /// As it was but for what says nothing about the client.
    But(Vec<Difference>),
    /// Otherwise.
    Differs {
        /// The first thing that differs, in the order of the decision.
        first: Difference,
        /// The first rule that differs, if any does.
        rule: Option<String>,
    },
}

/// A value that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Where it stands: `reasons, microneedling/isotretinoin, until`.
    pub at: String,
    /// As it was logged; `None` if it was not there.
    pub logged: Option<String>,
    /// As it comes out now.
    pub now: Option<String>,
}

/// What may differ without the decision being another one: the program, and who has signed the rules since.
const ASIDE: [&[&str]; 2] = [&["engine"], &["rules", "signed"]];

/// What an earlier program did not say yet.
const SAID_SINCE: [&str; 2] = ["book_from", "in_every_case"];

/// Compares two decisions as JSON texts.
pub fn compare(logged: &str, now: &str) -> Verdict {
    if logged == now {
        return Verdict::Identical;
    }
    let mut aside = Vec::new();
    let first = first(logged, now, &mut Vec::new(), &mut aside);
    match first {
        Some(first) => {
            let rule = rules(logged, now);
            Verdict::Differs { first, rule }
        }
        None if aside.is_empty() => Verdict::Differs {
            first: Difference {
                at: "the way it is written".to_string(),
                logged: Some(logged.to_string()),
                now: Some(now.to_string()),
            },
            rule: None,
        },
        None => Verdict::But(aside),
    }
}

/// The members of an object in their order.
struct Members(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Members, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Members;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Read)
    }
}

impl Members {
    fn get(&self, key: &str) -> Option<&RawValue> {
        self.0.iter().find(|(other, _)| other == key).map(|(_, value)| &**value)
    }

    /// What an item of a list is called.
    fn name(&self) -> Option<String> {
        let keys = ["rule", "fact", "step", "statement"];
        keys.iter().find_map(|key| serde_json::from_str(self.get(key)?.get()).ok())
    }
}

fn object(text: &str) -> Option<Members> {
    text.starts_with('{').then(|| serde_json::from_str(text).ok()).flatten()
}

fn list(text: &str) -> Option<Vec<Box<RawValue>>> {
    text.starts_with('[').then(|| serde_json::from_str(text).ok()).flatten()
}

/// The first difference below `path`; what may differ goes to `aside`.
fn first(logged: &str, now: &str, path: &mut Vec<String>, aside: &mut Vec<Difference>) -> Option<Difference> {
    if logged == now {
        return None;
    }
    if let (Some(a), Some(b)) = (object(logged), object(now)) {
        let keys = a.0.iter().chain(b.0.iter().filter(|(key, _)| a.get(key).is_none())).map(|(key, _)| key);
        for key in keys {
            path.push(key.clone());
            let found = pair(a.get(key), b.get(key), path, aside);
            path.pop();
            if found.is_some() {
                return found;
            }
        }
        return None;
    }
    if let (Some(a), Some(b)) = (list(logged), list(now)) {
        for at in 0..a.len().max(b.len()) {
            let (a, b) = (a.get(at).map(|item| &**item), b.get(at).map(|item| &**item));
            let named = |item: Option<&RawValue>| item.and_then(|item| object(item.get())?.name());
            let name = named(a).or_else(|| named(b)).unwrap_or_else(|| format!("number {}", at + 1));
            path.push(name);
            let found = pair(a, b, path, aside);
            path.pop();
            if found.is_some() {
                return found;
            }
        }
        return None;
    }
    let difference = Difference { at: path.join(", "), logged: Some(plain(logged)), now: Some(plain(now)) };
    match ASIDE.iter().any(|known| known.iter().eq(path.iter())) {
        true => {
            aside.push(difference);
            None
        }
        false => Some(difference),
    }
}

fn pair(
    logged: Option<&RawValue>,
    now: Option<&RawValue>,
    path: &mut Vec<String>,
    aside: &mut Vec<Difference>,
) -> Option<Difference> {
    let found = match (logged, now) {
        (Some(logged), Some(now)) => return first(logged.get(), now.get(), path, aside),
        (logged, now) => Difference {
            at: path.join(", "),
            logged: logged.map(|value| plain(value.get())),
            now: now.map(|value| plain(value.get())),
        },
    };
    match logged.is_none() && matches!(&path[..], [key] if SAID_SINCE.contains(&key.as_str())) {
        true => {
            aside.push(found);
            None
        }
        false => Some(found),
    }
}

/// The first rule among the reasons that differs or is there only once.
fn rules(logged: &str, now: &str) -> Option<String> {
    let reasons =
        |text: &str| object(text).and_then(|all| list(all.get("reasons")?.get())).unwrap_or_default();
    let (a, b) = (reasons(logged), reasons(now));
    let name = |item: &RawValue| object(item.get()).and_then(|reason| reason.name());
    let (at, _) = (0..a.len().max(b.len()))
        .map(|at| (at, (a.get(at).map(|item| item.get()), b.get(at).map(|item| item.get()))))
        .find(|(_, (a, b))| a != b)?;
    a.get(at).or(b.get(at)).and_then(|item| name(item))
}

/// A text without its quotes; anything else as it is.
fn plain(json: &str) -> String {
    serde_json::from_str::<String>(json).unwrap_or_else(|_| json.to_string())
}
