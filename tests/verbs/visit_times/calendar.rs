//! A strict reader of calendar files.

use std::collections::BTreeMap;

/// The events of a calendar, each a map from name to value. Refuses whatever RFC 5545 does not allow.
pub fn events(file: &str) -> Vec<BTreeMap<String, String>> {
    assert!(
        file.ends_with("\r\n") && !file.replace("\r\n", "").contains(['\r', '\n']),
        "CRLF ends each line"
    );
    let physical: Vec<&str> = file.trim_end_matches("\r\n").split("\r\n").collect();
    assert!(
        physical.iter().all(|line| line.len() <= 75 && !line.is_empty()),
        "no line is longer than 75 octets"
    );
    let lines: Vec<String> = file.replace("\r\n ", "").lines().map(str::to_string).collect();
    assert_eq!((lines[0].as_str(), lines[lines.len() - 1].as_str()), ("BEGIN:VCALENDAR", "END:VCALENDAR"));
    let head: Vec<&str> =
        lines[1..].iter().map(String::as_str).take_while(|l| !l.starts_with("BEGIN")).collect();
    assert!(head.contains(&"VERSION:2.0") && head.iter().any(|line| line.starts_with("PRODID:")), "{head:?}");
    let mut events = Vec::new();
    let mut open: Option<BTreeMap<String, String>> = None;
    for line in &lines[1 + head.len()..lines.len() - 1] {
        match (line.as_str(), &mut open) {
            ("BEGIN:VEVENT", None) => open = Some(BTreeMap::new()),
            ("END:VEVENT", Some(_)) => events.extend(open.take()),
            (line, Some(event)) => {
                let (name, value) = line.split_once(':').expect("a name and a value");
                assert!(name.chars().all(|c| c.is_ascii_uppercase() || ";=-".contains(c)), "{name}");
                let texts = ["SUMMARY", "DESCRIPTION"].contains(&name);
                let value = if texts { unescaped(value) } else { value.to_string() };
                assert!(event.insert(name.to_string(), value).is_none(), "{name} stands twice");
            }
            (other, None) => panic!("`{other}` stands outside an event"),
        }
    }
    assert!(open.is_none());
    for event in &events {
        assert!(["UID", "DTSTAMP", "SUMMARY"].iter().all(|name| event.contains_key(*name)), "{event:?}");
        for (name, value) in event.iter().filter(|(name, _)| name.starts_with("DT")) {
            let shape: String = value.chars().map(|c| if c.is_ascii_digit() { '9' } else { c }).collect();
            let wanted = if name.ends_with("VALUE=DATE") { "99999999" } else { "99999999T999999Z" };
            assert_eq!(shape, wanted, "{name}");
        }
        let (start, end) = (event.get("DTSTART"), event.get("DTEND"));
        assert!(start.zip(end).is_none_or(|(start, end)| start < end), "{event:?}");
        assert_eq!((event["CLASS"].as_str(), event["TRANSP"].as_str()), ("PRIVATE", "TRANSPARENT"));
    }
    let mut uids: Vec<&String> = events.iter().map(|event| &event["UID"]).collect();
    uids.sort();
    uids.dedup();
    assert_eq!(uids.len(), events.len(), "each event has its own name");
    events
}

fn unescaped(value: &str) -> String {
    let mut text = String::new();
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        assert!(!",;".contains(c) && !c.is_control(), "`{c}` must be escaped in {value}");
        text.push(match c {
            '\\' => match chars.next() {
                Some('n') => '\n',
                Some(c @ (',' | ';' | '\\')) => c,
                other => panic!("\\{other:?} means nothing"),
            },
            c => c,
        });
    }
    text
}
