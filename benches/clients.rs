//! Many clients as NDJSON and CSV, and the types into which serde reads them without knowing any rule.

use std::borrow::Cow;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use clearance::inside::value::{Day, Point};
use serde::Deserialize;
use serde::de::{MapAccess, SeqAccess, Visitor};

/// A record as serde reads it without knowing any rule.
#[derive(Deserialize)]
pub struct Record<'r> {
    #[serde(borrow)]
    client: Cow<'r, str>,
    #[serde(borrow)]
    visit: Cow<'r, str>,
    #[serde(borrow)]
    answered_on: Cow<'r, str>,
    #[serde(borrow)]
    facts: Facts<'r>,
}

#[derive(Deserialize)]
struct Facts<'r> {
    pregnant: Option<bool>,
    #[serde(borrow)]
    skin_diseases: Option<Answer<'r>>,
    open_wounds: Option<bool>,
    #[serde(borrow)]
    last_radiation_on: Option<&'r str>,
    keloid_history: Option<bool>,
    #[serde(borrow)]
    acne_medications: Option<Answer<'r>>,
    #[serde(borrow)]
    last_session: Option<Answer<'r>>,
    #[serde(borrow)]
    goals: Option<Answer<'r>>,
    area_cm2: Option<f64>,
    numbing_cream_allergy: Option<bool>,
}

/// A word, a list or a map of words.
enum Answer<'r> {
    Word(&'r str),
    List(Vec<&'r str>),
    Map(Vec<(&'r str, &'r str)>),
}

impl<'de: 'r, 'r> Deserialize<'de> for Answer<'r> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Answer<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an answer")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Answer::Word(text))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = list.next_element()? {
                    items.push(item);
                }
                Ok(Answer::List(items))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Answer::Map(entries))
            }
        }
        deserializer.deserialize_any(Any)
    }
}

impl Record<'_> {
    /// Something of everything, so that nothing is left out.
    pub fn weight(&self) -> usize {
        let Facts { skin_diseases, acne_medications, last_session, goals, .. } = &self.facts;
        let answers = [skin_diseases, acne_medications, last_session, goals].into_iter().flatten();
        let answers: usize = answers
            .map(|answer| match answer {
                Answer::Word(word) => word.len(),
                Answer::List(list) => list.len(),
                Answer::Map(map) => map.len(),
            })
            .sum();
        let Facts { pregnant, open_wounds, keloid_history, numbing_cream_allergy, area_cm2, .. } = self.facts;
        let flags = [pregnant, open_wounds, keloid_history, numbing_cream_allergy];
        let flags = flags.into_iter().flatten().filter(|flag| *flag).count();
        let rest = self.facts.last_radiation_on.map_or(0, str::len) + usize::from(area_cm2 > Some(1.0));
        answers + flags + rest + self.client.len() + self.visit.len() + self.answered_on.len()
    }
}

/// A row as serde reads it without knowing any rule, with texts borrowed or of its own.
#[derive(Deserialize)]
pub struct Row<T> {
    client: T,
    visit: T,
    answered_on: T,
    pregnant: Option<YesNo>,
    skin_diseases: Option<T>,
    open_wounds: Option<YesNo>,
    last_radiation_on: Option<T>,
    keloid_history: Option<YesNo>,
    #[serde(rename = "acne_medications.isotretinoin")]
    isotretinoin: Option<T>,
    #[serde(rename = "acne_medications.tretinoin")]
    tretinoin: Option<T>,
    #[serde(rename = "acne_medications.adapalene")]
    adapalene: Option<T>,
    #[serde(rename = "acne_medications.benzoyl_peroxide")]
    benzoyl_peroxide: Option<T>,
    #[serde(rename = "acne_medications.unlisted")]
    unlisted_acne_medicine: Option<T>,
    #[serde(rename = "last_session.microneedling")]
    last_session: Option<T>,
    goals: Option<T>,
    area_cm2: Option<f64>,
    numbing_cream_allergy: Option<YesNo>,
}

#[derive(Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum YesNo {
    Yes,
    No,
}

impl<T: AsRef<str>> Row<T> {
    /// Something of everything, so that nothing is left out.
    pub fn weight(&self) -> usize {
        let words = [
            &self.skin_diseases,
            &self.last_radiation_on,
            &self.isotretinoin,
            &self.tretinoin,
            &self.adapalene,
            &self.benzoyl_peroxide,
            &self.unlisted_acne_medicine,
            &self.last_session,
            &self.goals,
        ];
        let words: usize = words.into_iter().flatten().map(|word| word.as_ref().len()).sum();
        let flags = [&self.pregnant, &self.open_wounds, &self.keloid_history, &self.numbing_cream_allergy];
        let flags = flags.into_iter().filter(|flag| **flag == Some(YesNo::Yes)).count();
        let rest = usize::from(self.area_cm2 > Some(1.0));
        words
            + flags
            + rest
            + self.client.as_ref().len()
            + self.visit.as_ref().len()
            + self.answered_on.as_ref().len()
    }
}

/// A deterministic source of choices.
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }

    fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    fn pick<'t>(&mut self, from: &[&'t str]) -> &'t str {
        from[self.below(from.len() as u64) as usize]
    }

    /// Mostly `never`; else a day of the two years before an answer, sooner rather than later.
    fn date(&mut self, answered: Point, never: u64) -> String {
        match self.below(100) {
            x if x < never => "never".to_string(),
            x if x < never + 3 => "ongoing".to_string(),
            _ => {
                let back = self.below(27) * self.below(27);
                Day::from_point(answered - back as Point).to_string()
            }
        }
    }
}

const MEDICINES: [&str; 5] = ["isotretinoin", "tretinoin", "adapalene", "benzoyl_peroxide", "unlisted"];
const GOALS: [&str; 10] = [
    "acne_scars",
    "other_scars",
    "age_spots",
    "hyperpigmentation",
    "fine_lines",
    "large_pores",
    "reduced_elasticity",
    "uneven_tone",
    "stretch_marks",
    "unlisted",
];

/// Ordinary clients over two months of visits, the same in both forms; one answer in thirty is missing.
pub fn write_clients(records: usize, ndjson: &Path, csv: &Path) {
    let mut random = Random(42);
    let first = Day::parse("2026-03-02").expect("a day").point();
    let (mut lines, mut rows) = (String::new(), String::new());
    rows.push_str(
        "client,visit,answered_on,pregnant,skin_diseases,open_wounds,last_radiation_on,keloid_history",
    );
    MEDICINES.iter().for_each(|medicine| rows.push_str(&format!(",acne_medications.{medicine}")));
    rows.push_str(",last_session.microneedling,goals,area_cm2,numbing_cream_allergy\n");
    for at in 0..records {
        let visit = first + random.below(60) as Point;
        let asked = visit - random.below(3) as Point;
        let (visit_day, asked) = (Day::from_point(visit), Day::from_point(asked));
        let mut facts = String::new();
        let mut cells = vec![format!("C{at}"), visit_day.to_string(), asked.to_string()];
        let mut put = |random: &mut Random, name: &str, json: String, row: &[String]| {
            if random.percent(3) {
                cells.extend(row.iter().map(|_| String::new()));
                return;
            }
            let comma = if facts.is_empty() { "" } else { "," };
            let _ = write!(facts, "{comma}\"{name}\":{json}");
            cells.extend_from_slice(row);
        };
        let yes = |random: &mut Random| {
            let yes = random.percent(3);
            (yes.to_string(), [if yes { "yes" } else { "no" }.to_string()])
        };
        let quoted = |text: &str| format!("\"{text}\"");
        let (json, row) = yes(&mut random);
        put(&mut random, "pregnant", json, &row);
        let skin =
            if random.percent(85) { "none" } else { random.pick(&["psoriasis", "eczema", "unlisted"]) };
        let json = if skin == "none" { quoted(skin) } else { format!("[{}]", quoted(skin)) };
        put(&mut random, "skin_diseases", json, &[skin.to_string()]);
        let (json, row) = yes(&mut random);
        put(&mut random, "open_wounds", json, &row);
        let radiation = random.date(asked.point(), 94);
        put(&mut random, "last_radiation_on", quoted(&radiation), &[radiation]);
        let (json, row) = yes(&mut random);
        put(&mut random, "keloid_history", json, &row);
        let none = random.percent(60);
        let days = MEDICINES.map(|_| if none { "never".to_string() } else { random.date(asked.point(), 70) });
        let each: Vec<String> =
            MEDICINES.iter().zip(&days).map(|(name, day)| format!("\"{name}\":\"{day}\"")).collect();
        let json = if none { quoted("none") } else { format!("{{{}}}", each.join(",")) };
        put(&mut random, "acne_medications", json, &days);
        let session = if random.percent(40) { "never".to_string() } else { random.date(asked.point(), 0) };
        let json = format!("{{\"microneedling\":\"{session}\"}}");
        put(&mut random, "last_session", json, &[session]);
        let (one, two) = (random.pick(&GOALS), random.pick(&GOALS));
        let goals = if one == two { vec![one] } else { vec![one, two] };
        let each: Vec<String> = goals.iter().map(|goal| quoted(goal)).collect();
        put(&mut random, "goals", format!("[{}]", each.join(",")), &[goals.join("|")]);
        let area = random.pick(&["20", "35", "40.5", "80", "120"]).to_string();
        put(&mut random, "area_cm2", area.clone(), &[area]);
        let (json, row) = yes(&mut random);
        put(&mut random, "numbing_cream_allergy", json, &row);
        let _ = writeln!(
            lines,
            "{{\"client\":\"C{at}\",\"visit\":\"{visit_day}\",\"answered_on\":\"{asked}\",\"facts\":{{{facts}}}}}"
        );
        let _ = writeln!(rows, "{}", cells.join(","));
    }
    fs::write(ndjson, lines).expect("a file");
    fs::write(csv, rows).expect("a file");
}
