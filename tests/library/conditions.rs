//! `tests/conditions`: a hundred clinical conditions as people write them. `check` has nothing to say about either of
//! two natural forms, and finds the slip in the third.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::broken::found_in;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Limit {
    says: String,
    #[serde(rename = "known_from")]
    _known_from: String,
    forms: [String; 2],
    mistake: String,
    /// The code of what is found in the mistake.
    found: String,
}

/// The facts by name, each as it is written.
struct Facts(BTreeMap<String, (usize, String)>);

impl Facts {
    fn read() -> Facts {
        let mut facts: BTreeMap<String, (usize, String)> = BTreeMap::new();
        let mut name = String::new();
        for line in include_str!("../conditions/facts.yaml").lines().filter(|line| !line.starts_with('#')) {
            if let Some(start) = line.strip_suffix(':').filter(|line| !line.starts_with(' ')) {
                name = start.to_string();
            }
            let next = facts.len();
            if !name.is_empty() {
                let (_, text) = facts.entry(name.clone()).or_insert((next, String::new()));
                *text += &format!("{line}\n");
            }
        }
        Facts(facts)
    }

    /// Those that an expression names, and those that they are made of.
    fn named(&self, expression: &str) -> BTreeSet<&str> {
        let words = expression.split(|c: char| !(c.is_alphanumeric() || "_.".contains(c)));
        let words = words.filter_map(|word| word.split('.').next());
        let mut found: BTreeSet<&str> =
            words.filter_map(|word| Some(self.0.get_key_value(word)?.0.as_str())).collect();
        for name in found.clone() {
            if let Some(is) = self.0[name].1.lines().find_map(|line| line.strip_prefix("  is: ")) {
                found.extend(self.named(is));
            }
        }
        found
    }

    /// The options of a fact that is a list, of which each is asked about.
    fn options(&self, name: &str) -> Vec<&str> {
        let lines = || self.0[name].1.lines();
        if !lines().any(|line| ["  kind: set", "  kind: history"].contains(&line)) {
            return Vec::new();
        }
        let options = lines().skip_while(|line| *line != "  of:").skip(1);
        let options = options.take_while(|line| line.starts_with("    "));
        options.filter_map(|line| Some(line.trim().split_once(':')?.0)).collect()
    }

    /// A folder with one rule.
    fn folder(&self, expression: &str) -> BTreeMap<String, Vec<u8>> {
        let mut facts: Vec<&(usize, String)> =
            self.named(expression).iter().map(|name| &self.0[*name]).collect();
        facts.sort();
        let facts: String = facts.into_iter().map(|(_, text)| text.as_str()).collect();
        let mut page = format!(
            "treatment: Example\nrevision: 1\nin_force:\n  from: 2020-01-01\nrelative_contraindications:\n  limit:\n    \
             when: '{}'\n    because: An example.\n    basis: An example.\n",
            expression.replace('\'', "''")
        );
        let whole =
            |name: &str| ["any", "none"].iter().any(|of| expression.contains(&format!("{name}.{of}")));
        let mut unread = String::new();
        for name in self.named(expression).into_iter().filter(|name| !whole(name)) {
            for option in self.options(name) {
                let option = format!("{name}.{option}");
                let is_next = |(at, _): (usize, &str)| {
                    expression[at + option.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_')
                };
                if expression.match_indices(&option).all(is_next) {
                    unread += &format!("  {option}: An example.\n");
                }
            }
        }
        if !unread.is_empty() {
            page += &format!("not_used:\n{unread}");
        }
        let clinic = "name: Clinic\ntime_zone: Europe/London\ncurrency: GBP\n".to_string();
        let files = [("clinic.yaml", clinic), ("facts.yaml", facts), ("example.yaml", page)];
        files.into_iter().map(|(path, text)| (path.to_string(), text.into_bytes())).collect()
    }

    /// The codes of what is found where a rule says so.
    fn found(&self, expression: &str) -> Vec<&'static str> {
        found_in(self.folder(expression)).1.iter().map(|finding| finding.code.name()).collect()
    }
}

#[test]
fn each_natural_form_is_quiet_and_each_slip_is_found() {
    let limits: Vec<Limit> = serde_yaml::from_str(include_str!("../conditions/conditions.yaml"))
        .expect("the conditions can be read");
    assert_eq!(limits.len(), 100);
    let facts = Facts::read();
    let mut wrong = Vec::new();
    for Limit { says, forms, mistake, found, .. } in &limits {
        for form in forms {
            let codes = facts.found(form);
            if !codes.is_empty() {
                wrong.push(format!("{says}\n  {form}\n  {codes:?}"));
            }
        }
        let codes = facts.found(mistake);
        if !codes.contains(&found.as_str()) {
            wrong.push(format!("{says}\n  {mistake}\n  {codes:?}, not {found}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
