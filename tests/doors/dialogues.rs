//! Interviews by chance: wrong words, parts of answers, `back`, `quit` and an end anywhere, on random pages, with and
//! without a record to start from, for a visit on the day of the answers or later. An interview always ends, loses and
//! overwrites nothing, asks nothing twice without a reason, and its record is decided as it said.

use std::collections::BTreeMap;
use std::fmt::Write;

use clearance::inside::book::Book;
use clearance::inside::decide::{self, Answers, Boxes, spread};
use clearance::inside::report::ask as show;
use clearance::inside::rulebook::records::Input;
use clearance::inside::rulebook::{
    Asking, Beginning, Heard, Interview, NotUnderstood, Question, Rulebook, Stage,
};
use clearance::inside::value::{Day, Points};
use serde_json::{Map, Value, json};

use crate::page::World;
use crate::random::{Random, cases};
use crate::record;
use crate::speaker::{Line, Meaning, line};
use crate::tree::Tree;

/// So many dialogues share a page.
const DIALOGUES: usize = 5;
/// A dialogue of more lines is one that does not end.
const MOST_LINES: usize = 400;

/// So many threads hold them.
const THREADS: usize = 4;

/// How often what happened.
type Seen = BTreeMap<&'static str, usize>;

#[test]
fn an_interview_ends_and_loses_nothing() {
    let dialogues = cases(1_000);
    let seen: Vec<Seen> = std::thread::scope(|scope| {
        let start = |thread| scope.spawn(move || hold(0xa5c + thread as u64, dialogues / THREADS));
        let threads: Vec<_> = (0..THREADS).map(start).collect();
        threads.into_iter().map(|thread| thread.join().expect("each promise holds")).collect()
    });
    let mut all = Seen::new();
    for (what, count) in seen.into_iter().flatten() {
        *all.entry(what).or_default() += count;
    }
    let seen = all;
    println!("{seen:?}");
    for what in [
        "answers taken",
        "wrong words",
        "against what is known",
        "back",
        "changed",
        "kept",
        "instead",
        "closer",
        "others",
        "quit",
        "end of input",
        "settled",
        "nothing left to ask",
        "to be asked again on the day",
        "started from a record",
    ] {
        assert!(seen.get(what).is_some_and(|count| *count >= dialogues / 100), "{what}: {seen:?}");
    }
}

/// Holds so many dialogues.
fn hold(seed: u64, dialogues: usize) -> Seen {
    let (mut random, mut seen) = (Random(seed), Seen::new());
    let mut held = 0;
    while held < dialogues {
        let (world, rulebook) = World::random(&mut random);
        // Forty options that are open at once take their time, and ask nothing else than three do. Pages that ask
        // little are soon done.
        let is_large = world.page.facts.iter().any(|fact| fact.options.len() > 9);
        let is_small = world.page.facts.len() < 4 || world.page.rules.len() < 2;
        // What a day that lies ahead comes to is for the tests of records.
        let is_planned = world.page.facts.iter().any(|fact| fact.may_be_planned);
        if is_large || is_planned || is_small && !random.chance(5) {
            continue;
        }
        let mut tries = 0..4 * DIALOGUES;
        for _ in 0..DIALOGUES {
            // Most records leave nothing to ask.
            let begun = tries.find_map(|_| {
                let begun = Dialogue::begin(&mut random, &world, &rulebook);
                let what = if begun.is_some() { "nothing to ask" } else { "records refused" };
                let asks = begun.filter(|begun| begun.interview.question().is_some() || random.chance(8));
                *seen.entry(what).or_default() += usize::from(asks.is_none());
                asks
            });
            if let Some(mut begun) = begun {
                begun.run(&mut random, &mut seen);
                held += 1;
            }
        }
    }
    *seen.entry("dialogues").or_default() += held;
    seen
}

/// An answer that was taken, and what has to be so because of it.
struct Taken {
    fact: String,
    stage: Stage,
    /// What each slot may be; nothing is said of some.
    means: Vec<Option<Points>>,
}

struct Dialogue<'r> {
    rulebook: &'r Rulebook,
    interview: Interview<'r>,
    answered_on: Day,
    begun: Answers,
    /// In the order of the questions.
    taken: Vec<Taken>,
    /// How far back somebody has gone.
    back: usize,
    /// The facts of which an answer was put in place of others.
    replaced: Vec<String>,
    /// What was put and answered, with what was known then, since an answer to the fact was last changed.
    put: Vec<(String, Stage, Vec<usize>, String)>,
    /// All that was said, to be read when something is wrong.
    script: String,
}

impl<'r> Dialogue<'r> {
    /// An interview about a random record, or an empty one; `None` if the record is refused.
    fn begin(random: &mut Random, world: &World, rulebook: &'r Rulebook) -> Option<Dialogue<'r>> {
        let book = &rulebook.loaded().book;
        let visit = world.page.visit;
        let ago = random.of(&[0, 0, 0, 1, 4, 15, 40]);
        let mut record = Map::new();
        if random.chance(2) {
            record = as_map(&record::record(random, &world.page, book, 1));
            dot(random, &mut record, book);
        } else {
            record.insert("visit".to_string(), json!(Day::from_point(visit).to_string()));
        }
        let visit = Day::parse(record["visit"].as_str()?)?;
        let answered_on = Day::from_point(visit.point() - ago);
        // What was said earlier does not complete what was said later.
        if days_of(&Value::Object(record.clone())).any(|on| on > answered_on) {
            return None;
        }
        let beginning =
            Beginning { client: None, visit: None, answered_on: Some(answered_on), today: answered_on };
        let desk = rulebook.desk(None).expect("the rules are sound");
        let interview = Interview::start(desk, record.clone(), beginning).ok()?;
        let begun = answers(rulebook, &interview.record());
        let mut script = String::new();
        for (path, text) in world.files() {
            let _ = writeln!(script, "---- {path}\n{text}");
        }
        let _ = writeln!(script, "---- answered on {answered_on}\n{}", Value::Object(record));
        Some(Dialogue {
            rulebook,
            interview,
            answered_on,
            begun,
            taken: Vec::new(),
            back: 0,
            replaced: Vec::new(),
            put: Vec::new(),
            script,
        })
    }

    fn run(&mut self, random: &mut Random, seen: &mut Seen) {
        let mut see = |what: &'static str| *seen.entry(what).or_default() += 1;
        if !self.begun.all_boxes().all(|boxes| boxes.is_empty())
            && self.interview.record()["facts"] != json!({})
        {
            see("started from a record");
        }
        let mut is_new = true;
        for lines in 0.. {
            assert!(lines < MOST_LINES, "it does not end\n{}", self.script);
            let Some(asking) = self.interview.question() else {
                see(if self.interview.decision().settled { "settled" } else { "nothing left to ask" });
                break;
            };
            if random.chance(60) {
                see("end of input");
                break;
            }
            let fact = self.interview.fact(&asking.question).expect("a fact");
            let prompt = show::question(&asking, fact);
            assert!(!prompt.contains(|c: char| c.is_control() && c != '\n'), "{prompt:?}");
            if is_new {
                self.is_put(&asking);
            }
            let visit = self.begun.visit;
            let Line { text, means } = line(random, fact, &asking, visit, self.answered_on);
            let _ = writeln!(self.script, "{prompt}{text}");
            let before = self.interview.record();
            let heard = self.interview.hear(&text);
            let _ = writeln!(self.script, "  {heard:?}");
            is_new = matches!(heard, Ok(Heard::Taken(_)));
            let what = match &heard {
                Ok(Heard::Taken(_)) => {
                    match asking.stage {
                        Stage::Closer(_) => see("closer"),
                        Stage::Others => see("others"),
                        Stage::Whole => {}
                    }
                    if text.trim_start().starts_with("instead") {
                        see("instead");
                    }
                    if asking.said.is_some() {
                        see("changed");
                    }
                    self.takes(&asking, &text, means, &before);
                    "answers taken"
                }
                Ok(Heard::Kept) => {
                    self.back = 0;
                    "kept"
                }
                Ok(Heard::Back) => {
                    self.back += 1;
                    "back"
                }
                Ok(Heard::First) => "nothing to go back to",
                Ok(Heard::Quit) => "quit",
                Err(NotUnderstood::Against(known)) => {
                    assert!(!known.is_empty() || fact.kind.slot_per_option(), "{}", self.script);
                    "against what is known"
                }
                Err(NotUnderstood::LaterThanAnswer(known, on)) => {
                    let ahead = |points: &Points| points.max().is_some_and(|max| max > on.point());
                    assert!(self.begun.visit > *on, "{}", self.script);
                    assert!(known.iter().any(|known| ahead(&known.points)), "{}", self.script);
                    "what the record knows lies later"
                }
                Err(NotUnderstood::NothingNew) => "nothing new",
                Err(NotUnderstood::Wrong(_) | NotUnderstood::NoAnswer) => {
                    let may_be = |means| matches!(means, Meaning::Odd | Meaning::Any);
                    assert!(means.is_none_or(may_be), "{}", self.script);
                    "wrong words"
                }
                other => panic!("{other:?}\n{}", self.script),
            };
            see(what);
            if !matches!(heard, Ok(Heard::Taken(_))) {
                assert_eq!(self.interview.record(), before, "{}", self.script);
            }
            if what == "quit" {
                break;
            }
        }
        if self.interview.again().next().is_some() {
            see("to be asked again on the day");
        }
        self.ends();
    }

    /// Nothing is asked twice, unless what is known of it changed, or somebody went back to it.
    fn is_put(&self, asking: &Asking) {
        let known = format!("{:?}", asking.known);
        let own = |(fact, stage, ..): &&(String, Stage, Vec<usize>, String)| {
            *fact == asking.question.fact && *stage == asking.stage
        };
        for (_, stage, options, before) in self.put.iter().filter(own) {
            let fewer = *stage == Stage::Others && (options != &asking.options || *before != known);
            assert!(fewer, "asked twice: {asking:?}\n{}", self.script);
        }
    }

    fn takes(&mut self, asking: &Asking, text: &str, means: Option<Meaning>, before: &Map<String, Value>) {
        let book = &self.rulebook.loaded().book;
        let name = &asking.question.fact;
        let (old, new) = (answers(self.rulebook, before), answers(self.rulebook, &self.interview.record()));
        for fact in &book.facts.facts {
            let [old, new] = [&old, &new].map(|answers| known(answers, &fact.id, self.answered_on, book));
            if fact.id != *name {
                assert_eq!(old, new, "{} is another\n{}", fact.id, self.script);
            } else if asking.said.is_none() && !text.trim_start().starts_with("instead") {
                assert!(
                    within(&new, &old),
                    "{}: {old:?} is no longer known: {new:?}\n{}",
                    fact.id,
                    self.script
                );
            }
        }
        let means = match means {
            Some(Meaning::Slots(means)) => means,
            Some(Meaning::Unknown | Meaning::Any) => Vec::new(),
            Some(Meaning::Odd) | None => panic!("`{text}` was taken\n{}", self.script),
        };
        if text.trim_start().starts_with("instead") {
            self.replaced.push(name.clone());
            self.taken.retain(|taken| taken.fact != *name);
        }
        let answer = Taken { fact: name.clone(), stage: asking.stage, means };
        if asking.said.is_some() {
            self.put.retain(|(fact, ..)| fact != name);
            // What was asked more closely about it is gone, and perhaps its place.
            self.taken.retain(|taken| taken.fact != *name || !matches!(taken.stage, Stage::Closer(_)));
            self.taken.retain(|taken| taken.fact != *name || taken.stage != asking.stage);
        }
        self.back = 0;
        self.put.push((name.clone(), asking.stage, asking.options.clone(), format!("{:?}", asking.known)));
        self.taken.push(answer);
        self.holds();
    }

    /// Whatever was answered is so.
    fn holds(&self) {
        let book = &self.rulebook.loaded().book;
        let now = answers(self.rulebook, &self.interview.record());
        for Taken { fact, means, .. } in &self.taken {
            let boxes = known(&now, fact, self.answered_on, book);
            for (slot, means) in means.iter().enumerate() {
                let Some(means) = means else { continue };
                let is = spread(&boxes, slot);
                assert!(is.is_within(means), "{fact}.{slot} is {is:?}, not {means:?}\n{}", self.script);
            }
        }
        for fact in book.facts.facts.iter().filter(|fact| !self.replaced.contains(&fact.id)) {
            let [begun, now] =
                [&self.begun, &now].map(|answers| known(answers, &fact.id, self.answered_on, book));
            assert!(within(&now, &begun), "{}: {begun:?} became {now:?}\n{}", fact.id, self.script);
        }
    }

    /// The record is decided as the interview says, and what is left open is left for a reason.
    fn ends(&self) {
        self.holds();
        let record = self.interview.record();
        let yaml = serde_yaml::to_string(&Value::Object(record.clone())).expect("YAML");
        let (records, _) = self.rulebook.records("saved.yaml", &yaml, Input::Yaml);
        let again = self.rulebook.inquiry(None, Question::of(&records.entries[0]));
        let again = again.and_then(|mut inquiry| inquiry.decision());
        let again = again.map(|decision| serde_json::to_string(&decision).expect("JSON"));
        let own = serde_json::to_string(self.interview.decision()).expect("JSON");
        assert_eq!(again.map_err(|none| none.to_string()), Ok(own), "{yaml}\n{}", self.script);
        let shown = show::record(&record);
        assert!(shown.ends_with(&yaml), "{shown}");
        let book = &self.rulebook.loaded().book;
        let now = answers(self.rulebook, &record);
        let listed: Vec<&str> = self.interview.again().map(|question| question.fact.as_str()).collect();
        for question in &self.interview.decision().questions {
            let id = book.facts.named(&question.fact).expect("a fact");
            let fact = book.facts.get(id);
            let slots: Vec<usize> = match fact.kind.slot_per_option() {
                true => question.options.iter().filter_map(|id| fact.option(id)).collect(),
                false => vec![0],
            };
            let (on, then) = (known(&now, &fact.id, self.answered_on, book), now.boxes(id));
            let aged = slots.iter().any(|slot| {
                spread(&on, *slot) != spread(then, *slot)
                    && spread(&on, *slot).is_within(&spread(then, *slot))
            });
            assert_eq!(listed.contains(&fact.id.as_str()), aged, "{}\n{}", fact.id, self.script);
        }
    }
}

/// The answers of a record.
fn answers(rulebook: &Rulebook, record: &Map<String, Value>) -> Answers {
    let text = Value::Object(record.clone()).to_string();
    let (records, _) = rulebook.records("record.json", &text, Input::Json);
    let book = &rulebook.loaded().book;
    let visit = Day::parse(record["visit"].as_str().expect("a day")).expect("a day");
    let record = records.entries[0].record.as_ref().expect("a record");
    let (answers, found) = decide::from_written(record, "C1", visit, None, book, &book.treatments[0]);
    answers.unwrap_or_else(|| panic!("{found:?}"))
}

fn known(answers: &Answers, fact: &str, on: Day, book: &Book) -> Boxes {
    let id = book.facts.named(fact).expect("a fact");
    answers.boxes_on(id, on, &book.facts).into_owned()
}

fn within(one: &Boxes, other: &Boxes) -> bool {
    one.iter().all(|a| other.iter().any(|b| a.iter().zip(b).all(|(a, b)| a.is_within(b))))
}

fn as_map(tree: &Tree) -> Map<String, Value> {
    match as_json(tree) {
        Value::Object(map) => map,
        other => panic!("{other} is no record"),
    }
}

fn as_json(tree: &Tree) -> Value {
    match tree {
        Tree::Word(text) => json!(text),
        Tree::List(items) => items.iter().map(as_json).collect(),
        Tree::Map(entries) => entries.iter().map(|(key, value)| (key.clone(), as_json(value))).collect(),
    }
}

/// Now and then options are answered by names of their own: `hist_a.x`.
fn dot(random: &mut Random, record: &mut Map<String, Value>, book: &Book) {
    let Some(Value::Object(facts)) = record.get_mut("facts") else { return };
    let names: Vec<String> = facts.keys().cloned().collect();
    for name in names {
        let of_options = |fact: &clearance::inside::book::fact::Fact| fact.kind.slot_per_option();
        let fact = book.facts.named(&name).map(|id| book.facts.get(id)).filter(|fact| of_options(fact));
        let (Some(fact), Some(Value::Object(map))) = (fact, facts.get(&name).cloned()) else { continue };
        if map.keys().all(|key| fact.option(key).is_some()) && random.chance(3) {
            facts.remove(&name);
            facts.extend(map.into_iter().map(|(key, value)| (format!("{name}.{key}"), value)));
        }
    }
}

/// The days on which a record says that something was answered.
fn days_of(record: &Value) -> Box<dyn Iterator<Item = Day> + '_> {
    let dated = |(key, value): (&String, &Value)| match key.as_str() {
        "on" | "answered_on" => value.as_str().and_then(Day::parse),
        _ => None,
    };
    match record {
        Value::Object(keys) => Box::new(keys.iter().filter_map(dated).chain(keys.values().flat_map(days_of))),
        Value::Array(items) => Box::new(items.iter().flat_map(days_of)),
        _ => Box::new(std::iter::empty()),
    }
}
