//! Large pages as texts.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// Files by path.
pub type Files = BTreeMap<&'static str, String>;

/// The clinic of every page.
pub const CLINIC: &str = "name: Clinic\ntime_zone: Europe/London\ncurrency: GBP\n";

/// A deterministic source of choices.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n as u64) as usize
    }
}

/// A page of so many rules over 60 facts of every kind, under which whoever says no to everything is eligible.
/// Rules combine one to three answers; waits are parameters in days, weeks and months, a few of them with a
/// second dated value.
pub fn ordinary(rules: usize) -> Files {
    let mut maker = Maker { random: Random(0x1a49e + rules as u64), read: BTreeSet::new() };
    let mut facts = String::new();
    let mut all: Vec<String> = Vec::new();
    let options =
        |count: usize| (0..count).map(|at| format!("o{at}: Option {at}")).collect::<Vec<_>>().join(", ");
    for (kind, count) in COUNTS {
        for at in 0..count {
            let name = format!("{}_{at}", kind.replace([' ', '/'], "_"));
            let _ = writeln!(facts, "{name}:\n  kind: {kind}\n  ask: What about {name}?");
            match kind {
                "set" => facts.push_str(&format!("  of: {{{}}}\n", options(5))),
                "history" | "choice" => facts.push_str(&format!("  of: {{{}}}\n", options(4))),
                "number" => facts.push_str("  between: [0, 200]\n"),
                _ => {}
            }
            match kind {
                "set" => all.extend((0..5).map(|option| format!("{name}.o{option}"))),
                "history" => all.extend((0..4).map(|option| format!("{name}.o{option}"))),
                _ => all.push(name),
            }
        }
    }
    let mut sections: BTreeMap<&str, String> = BTreeMap::new();
    let mut conditions: Vec<String> = Vec::new();
    for at in 0..rules {
        let section = maker.random.below(20);
        let text = match section {
            0..=14 => {
                let condition = maker.condition();
                let when = format!("    when: {condition}\n");
                conditions.push(condition);
                when
            }
            _ => maker.until(),
        };
        let (section, text) = match section {
            0..=3 => ("absolute_contraindications", text),
            4..=11 => ("relative_contraindications", text),
            12..=14 => ("deferrals", text + "    cleared_when: it is over\n"),
            _ => ("deferrals", text),
        };
        let rule = sections.entry(section).or_default();
        let _ = writeln!(rule, "  rule_{at}:\n{text}    because: It matters.\n    basis: Clinic decision.");
    }
    let read = maker.read.clone();
    // Ten that follow from a rule, and two of nothing in particular.
    let kept = conditions.iter().take(10).map(|when| format!("{} && ({when})", maker.said()));
    let kept: Vec<String> = kept.collect();
    let any = std::iter::repeat_with(|| maker.condition());
    let any = any.filter(|when| !when.contains("wait_") && !when.contains("years_between"));
    let guarantees: Vec<String> = kept.into_iter().chain(any.take(2)).collect();
    let mut page = String::from("treatment: Page\nrevision: 1\nin_force: {from: 2026-01-01}\nparameters:\n");
    for at in 0..WAITS {
        let name = format!("wait_{at}");
        if !read.contains(&name) {
            continue;
        }
        let _ = writeln!(page, "  {name}:\n    meaning: A wait\n    between: [1 day, 800 days]");
        let _ = writeln!(page, "    owner: lead\n    review_by: 2030-01-01\n    values:");
        let value = |at: usize| match at % 5 {
            0 => format!("{} weeks", 2 + at),
            1 => format!("{} months", 1 + at / 2),
            _ => format!("{} days", 5 + 7 * at),
        };
        let _ = writeln!(page, "      2026-01-01:\n        value: {}\n        basis: Ours", value(at));
        if at % 8 == 0 {
            let _ =
                writeln!(page, "      2026-09-01:\n        value: {}\n        basis: Ours", value(at + 5));
        }
    }
    for (section, text) in &sections {
        let _ = write!(page, "{section}:\n{text}");
    }
    let unread: Vec<&String> = all
        .iter()
        .filter(|name| !read.contains(*name) && !read.contains(name.split('.').next().unwrap_or(name)))
        .collect();
    if !unread.is_empty() {
        page.push_str("not_used:\n");
        unread.iter().for_each(|name| {
            let _ = writeln!(page, "  {name}: No rule needs it");
        });
    }
    page.push_str("guarantees:\n");
    for (at, when) in guarantees.iter().enumerate() {
        let _ = writeln!(page, "  when_{at}:\n    when: {when}\n    never: [eligible]");
    }
    Files::from([("clinic.yaml", CLINIC.to_string()), ("facts.yaml", facts), ("page.yaml", page)])
}

const COUNTS: [(&str, usize); 8] = [
    ("yes/no", 20),
    ("set", 8),
    ("choice", 6),
    ("number", 6),
    ("date", 10),
    ("history", 6),
    ("planned date", 2),
    ("birth date", 2),
];

const WAITS: usize = 30;

struct Maker {
    random: Random,
    /// What rules read.
    read: BTreeSet<String>,
}

impl Maker {
    fn reads(&mut self, name: String) -> String {
        self.read.insert(name.clone());
        name
    }

    fn date(&mut self) -> String {
        let at = self.random.below(16);
        let name = match at {
            0..=9 => format!("date_{at}"),
            _ => format!("history_{}.o{}", at - 10, self.random.below(4)),
        };
        self.reads(name)
    }

    fn wait(&mut self) -> String {
        let name = format!("wait_{}", self.random.below(WAITS));
        self.reads(name)
    }

    /// A comparison with one answer.
    fn atom(&mut self) -> String {
        match self.random.below(10) {
            0..=2 => {
                let name = format!("yes_no_{}", self.random.below(20));
                self.reads(name)
            }
            3 => {
                let name = format!("yes_no_{}", self.random.below(20));
                format!("not({})", self.reads(name))
            }
            4 | 5 => {
                let name = format!("set_{}.o{}", self.random.below(8), self.random.below(5));
                self.reads(name)
            }
            6 => {
                let at = self.random.below(6);
                let name = self.reads(format!("choice_{at}"));
                format!("{name}.o{}", self.random.below(4))
            }
            7 => {
                let name = format!("number_{}", self.random.below(6));
                let sign = ["<", ">=", ">"][self.random.below(3)];
                format!("{} {sign} {}", self.reads(name), 5 + 5 * self.random.below(38))
            }
            8 => {
                let at = self.random.below(2);
                let name = self.reads(format!("birth_date_{at}"));
                format!("years_between({name}, visit) < {}", 12 + self.random.below(70))
            }
            _ => format!("visit < {} + {}", self.date(), self.wait()),
        }
    }

    /// Something that is not so for a client who says no to everything.
    fn said(&mut self) -> String {
        let name = match self.random.below(2) {
            0 => format!("yes_no_{}", self.random.below(20)),
            _ => format!("set_{}.o{}", self.random.below(8), self.random.below(5)),
        };
        self.reads(name)
    }

    fn condition(&mut self) -> String {
        match self.random.below(40) {
            0 => self.said(),
            1..=19 => format!("{} && {}", self.said(), self.atom()),
            20..=34 => format!("{} && {} && {}", self.said(), self.atom(), self.atom()),
            _ => format!("{} && ({} || {})", self.said(), self.atom(), self.atom()),
        }
    }

    fn until(&mut self) -> String {
        let until =
            format!("    until: {} + {}\n    while_ongoing: It starts later.\n", self.date(), self.wait());
        match self.random.below(3) {
            0 => until,
            _ => format!("    when: {} && {}\n{until}", self.atom(), self.atom()),
        }
    }
}
