//! Pages and pseudo-random clients, the same in every run.

use std::fs;
use std::path::Path;

use clearance::inside::book::condition::SlotId;
use clearance::inside::book::fact::FactKind;
use clearance::inside::book::{self, Book};
use clearance::inside::decide::{Engine, Rules};
use clearance::inside::diagnostic::{Diagnostic, Severity};
use clearance::inside::script::Scripts;
use clearance::inside::source::Folder;
use clearance::inside::value::{Day, FIRST_DAY, NEVER, NO, ONGOING, Point, YES};
use clearance::inside::written;

use super::hand_written::{Client, Last, Tri};
use super::pages;

/// In the place of a point: the question is not answered.
pub const OPEN: Point = Point::MAX;

/// So many clients of each kind.
pub const CLIENTS: usize = 10_000;

/// Which clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mix {
    /// A yes is rare and most dates are never.
    Ordinary,
    /// Half of all dates are days, most of them recent or at a boundary: few branches can be foreseen.
    Eventful,
}

pub const MIXES: [Mix; 2] = [Mix::Ordinary, Mix::Eventful];

/// A page and a day.
pub struct Page {
    pub book: Book,
    pub scripts: Scripts,
    pub visit: Day,
}

/// The shipped rules, and clients in both forms.
pub struct Case {
    pub page: Page,
    /// The points of every client, or [`OPEN`], one client after the other.
    pub values: Vec<Point>,
    pub clients: Vec<Client>,
}

impl Page {
    /// Of files by path.
    pub fn of<'t>(files: impl IntoIterator<Item = (&'t str, Vec<u8>)>) -> Page {
        let mut findings = Vec::new();
        let mut folder = Folder::new();
        files.into_iter().for_each(|(path, text)| {
            folder.add(path, text, &mut findings);
        });
        let rules = written::read(&folder, &mut findings);
        let book = book::from_written(&rules, &folder.texts, &mut findings);
        // Scripts are left out, and a page of one rule does not read every fact.
        let expected =
            |one: &Diagnostic| ["file", "unread"].iter().any(|word| one.code.name().contains(word));
        let error = findings.iter().find(|one| one.severity == Severity::Error && !expected(one));
        assert!(error.is_none(), "{error:?}");
        Page { book, scripts: Scripts::none(), visit: Day::parse("2026-03-02").expect("a day") }
    }

    /// The folder `rules`.
    pub fn shipped() -> Page {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
        let mut files: Vec<(String, Vec<u8>)> = Vec::new();
        for under in ["", "microneedling"] {
            for entry in fs::read_dir(root.join(under)).expect("the shipped rules") {
                let path = entry.expect("a file").path();
                if path.extension().is_some_and(|extension| extension == "yaml") {
                    let name = path.strip_prefix(&root).expect("a file beneath").to_str().expect("UTF-8");
                    files.push((name.replace('\\', "/"), fs::read(&path).expect("a file")));
                }
            }
        }
        Page::of(files.iter().map(|(name, text)| (name.as_str(), text.clone())))
    }

    /// A page of so many rules over 60 facts.
    pub fn large(rules: usize) -> Page {
        let files = pages::ordinary(rules);
        Page::of(files.iter().map(|(name, text)| (*name, text.clone().into_bytes())))
    }

    pub fn rules(&self) -> Rules<'_> {
        Rules::on(&self.book, &self.book.treatments[0], &self.scripts, self.visit)
    }

    /// A page of so many rules that all read one answer.
    pub fn of_one_answer(rules: usize) -> Page {
        let mut page = "treatment: Page\nrevision: 1\ndeferrals:\n".to_string();
        for at in 0..rules {
            page += &format!(
                "  rule_{at}:\n    until: last_on + days({})\n    while_ongoing: It starts later.\n    \
                 because: It matters.\n    basis: Ours\n",
                7 * at + 7
            );
        }
        let clinic = "name: Clinic\ntime_zone: Europe/London\ncurrency: GBP\n";
        let facts = "last_on:\n  kind: date\n  ask: When was it last?\n";
        let files = [("clinic.yaml", clinic), ("facts.yaml", facts), ("page.yaml", &page)];
        Page::of(files.map(|(path, text)| (path, text.as_bytes().to_vec())))
    }

    /// Whoever decides under the page.
    pub fn engine(&self) -> Engine<'_> {
        Engine::new(&self.book, &self.book.treatments[0], &self.scripts)
    }

    pub fn slots(&self) -> usize {
        self.book.facts.slots.len()
    }

    /// The points of so many clients, drawn by the kinds of the facts.
    pub fn clients(&self, mix: Mix, open: bool, count: usize) -> Vec<Point> {
        let mut draw = Draw::new(mix, open);
        let slots = (0..self.slots()).map(|at| self.book.facts.fact_of(SlotId(at as u16)));
        let slots: Vec<_> = slots.collect();
        let mut values = Vec::with_capacity(count * slots.len());
        for _ in 0..count {
            values.extend(slots.iter().map(|fact| match fact.kind {
                _ if draw.is_open() => OPEN,
                FactKind::YesNo | FactKind::Set => point(draw.tri()),
                FactKind::Choice => draw.below(fact.options.len() as u64) as Point,
                FactKind::Number { low, high, .. } => low + draw.below((high - low) as u64 + 1) as Point,
                FactKind::Date | FactKind::History => day(draw.last(self.visit.point() as i32, 30)),
                FactKind::PlannedDate => ONGOING,
                FactKind::BirthDate => {
                    (self.visit.point() - 6_500 - draw.below(22_000) as Point).max(FIRST_DAY.point())
                }
                FactKind::Note => NO,
            }));
        }
        values
    }
}

impl Case {
    pub fn new(mix: Mix, open: bool) -> Case {
        let page = Page::shipped();
        let mut draw = Draw::new(mix, open);
        let clients: Vec<Client> = (0..CLIENTS).map(|_| draw.client(page.visit.point() as i32)).collect();
        let values = clients.iter().flat_map(|client| points(&page.book, client)).collect();
        Case { page, values, clients }
    }
}

fn point(answer: Tri) -> Point {
    match answer {
        Tri::Yes => YES,
        Tri::No => NO,
        Tri::Unknown => OPEN,
    }
}

fn day(answer: Last) -> Point {
    match answer {
        Last::Never => NEVER,
        Last::On(day) => Point::from(day),
        Last::Ongoing => ONGOING,
        Last::Unknown => OPEN,
    }
}

/// A client's point in every slot.
fn points(book: &Book, client: &Client) -> Vec<Point> {
    let names = (0..book.facts.slots.len()).map(|at| book.facts.slot_name(SlotId(at as u16)));
    names
        .map(|name| match name.as_str() {
            "pregnant" => point(client.pregnant),
            "skin_diseases.psoriasis" => point(client.psoriasis),
            "skin_diseases.eczema" => point(client.eczema),
            "skin_diseases.unlisted" => point(client.unlisted_skin_disease),
            "open_wounds" => point(client.open_wounds),
            "keloid_history" => point(client.keloid_history),
            "goals.unlisted" => point(client.unlisted_goal),
            "last_radiation_on" => day(client.radiation),
            "acne_medications.isotretinoin" => day(client.isotretinoin),
            "acne_medications.tretinoin" => day(client.tretinoin),
            "acne_medications.adapalene" => day(client.adapalene),
            "acne_medications.benzoyl_peroxide" => day(client.benzoyl_peroxide),
            "acne_medications.unlisted" => day(client.unlisted_acne_medicine),
            "last_session.microneedling" => day(client.last_session),
            // No rule reads the other goals, the area and the allergy.
            _ => NO,
        })
        .collect()
}

/// Pseudo-random answers (xorshift64*).
struct Draw {
    state: u64,
    mix: Mix,
    /// Whether a third of the answers is open.
    open: bool,
}

impl Draw {
    fn new(mix: Mix, open: bool) -> Draw {
        Draw { state: 0x9E37_79B9_7F4A_7C15, mix, open }
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        (self.state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % bound
    }

    fn is_open(&mut self) -> bool {
        self.open && self.below(3) == 0
    }

    fn tri(&mut self) -> Tri {
        let one_in = if self.mix == Mix::Ordinary { 200 } else { 20 };
        match self.below(one_in) {
            _ if self.is_open() => Tri::Unknown,
            0 => Tri::Yes,
            _ => Tri::No,
        }
    }

    /// Mostly never; else some ongoing, some any time ago, the others within two days of the boundary.
    fn last(&mut self, visit: i32, boundary: i32) -> Last {
        let drawn = if self.mix == Mix::Ordinary { 200 } else { 20 };
        match self.below(drawn) {
            _ if self.is_open() => Last::Unknown,
            0 => Last::Ongoing,
            1..6 => Last::On(visit - self.below(1_000) as i32),
            6..10 => Last::On(visit - (boundary - 2 + self.below(5) as i32)),
            _ => Last::Never,
        }
    }

    fn client(&mut self, visit: i32) -> Client {
        let gap = if self.below(2) == 0 { 28 } else { 42 };
        Client {
            pregnant: self.tri(),
            psoriasis: self.tri(),
            eczema: self.tri(),
            unlisted_skin_disease: self.tri(),
            open_wounds: self.tri(),
            keloid_history: self.tri(),
            unlisted_goal: self.tri(),
            radiation: self.last(visit, 180),
            isotretinoin: self.last(visit, 180),
            tretinoin: self.last(visit, 7),
            adapalene: self.last(visit, 7),
            benzoyl_peroxide: self.last(visit, 7),
            unlisted_acne_medicine: self.last(visit, 7),
            last_session: self.last(visit, gap),
        }
    }
}
