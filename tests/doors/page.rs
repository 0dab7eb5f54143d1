//! Random pages with all that a page can say: scripts, steps, prices, withdrawals, and facts of one option and of
//! many.

use std::collections::BTreeMap;
use std::fmt::Write;

use clearance::inside::rulebook::{Part, Rulebook, loaded as load};
use clearance::inside::source::Folder;

use crate::calendar::day_text;
use crate::condition::Conditions;
pub use crate::draft::{Fact, Kind, Page, Param, Rule};
use crate::facts::{count, fact};
use crate::random::Random;

/// A rules folder.
#[derive(Debug, Clone)]
pub struct World {
    pub page: Page,
    clinic: String,
    /// Scripts by path.
    scripts: Vec<(String, String)>,
}

const MANY: [&str; 40] = [
    "o01", "o02", "o03", "o04", "o05", "o06", "o07", "o08", "o09", "o10", "o11", "o12", "o13", "o14", "o15",
    "o16", "o17", "o18", "o19", "o20", "o21", "o22", "o23", "o24", "o25", "o26", "o27", "o28", "o29", "o30",
    "o31", "o32", "o33", "o34", "o35", "o36", "o37", "o38", "o39", "o40",
];

/// Facts of sizes that the usual ones do not have.
const SIZES: [(&str, Kind, &[&str]); 6] = [
    ("choice_one", Kind::Choice, &["only"]),
    ("choice_many", Kind::Choice, &MANY),
    ("set_one", Kind::Set, &["u"]),
    ("set_many", Kind::Set, &MANY),
    ("hist_one", Kind::History, &["z"]),
    ("hist_many", Kind::History, &MANY),
];

impl World {
    pub fn random(random: &mut Random) -> (World, Rulebook) {
        loop {
            let mut world = World::draft(random);
            if let Some(rulebook) = world.load()
                && !world.takes_ages()
            {
                return (world, rulebook);
            }
        }
    }

    /// Whether something looks at forty open options at once: nobody can wait for that.
    fn takes_ages(&self) -> bool {
        let text = format!("{}{}", self.page.facts_yaml(), self.page.page_yaml(None));
        text.contains("set_many.none") || text.contains("set_many.any")
    }

    fn draft(random: &mut Random) -> World {
        let clinic = "name: Clinic\ntime_zone: Europe/London\ncurrency: GBP\n".to_string();
        if random.chance(5) {
            let page = Page::draft(random, 4, 6);
            return World { page, clinic, scripts: Vec::new() };
        }
        let visit = Page::visit(random);
        let facts = facts(random);
        let Functions { calls, section, scripts } =
            if random.chance(3) { functions(random, &facts) } else { Functions::default() };
        let most = random.of(&[1, 2, 4, 8]);
        let mut page = Page::of(random, visit, facts, calls, most);
        page.sections.extend(section);
        let mut clinic = clinic;
        if random.chance(2) {
            page.rules.iter_mut().for_each(|rule| rule.review_by = Some(random.of(&["prescriber", "nurse"])));
        }
        if random.chance(2) {
            clinic.push_str(
                "people:\n  - {name: A. B, role: [prescriber, owner]}\n  - {name: C. D, role: nurse}\n",
            );
        }
        let mut world = World { page, clinic, scripts };
        if random.chance(4) {
            let from = day_text(visit + random.between(-40, -1));
            let mut text = format!("in_force:\n  from: {from}\n");
            if random.chance(2) {
                let _ = writeln!(text, "  last_day: {}", day_text(visit + random.between(0, 30)));
            }
            world.page.sections.push(text);
        }
        if random.chance(3) {
            let steps = world.steps(random);
            world.page.sections.push(steps);
        }
        if random.chance(3) {
            world.prices(random);
        }
        if random.chance(20) {
            let since = day_text(visit + random.between(-3, 12));
            let _ = write!(world.clinic, "withdrawn:\n  since: {since}\n  because: All stop\n  by: A. B\n");
        }
        world
    }

    /// Loads it; what is refused is left out first.
    pub fn load(&mut self) -> Option<Rulebook> {
        for _ in 0..16 {
            let (mut folder, mut findings) = (Folder::new(), Vec::new());
            for (path, text) in self.files() {
                folder.add(&path, text.into_bytes(), &mut findings);
            }
            let rulebook = Rulebook::from_loaded(load(folder, Part::Rules, findings));
            if self.page.mend(rulebook.findings(), &rulebook.loaded().texts) {
                return Some(rulebook);
            }
            if self.page.rules.is_empty() {
                return None;
            }
        }
        None
    }

    /// Its files with their paths.
    pub fn files(&self) -> Vec<(String, String)> {
        let facts = self.page.facts_yaml();
        // Not all that is counted is counted in days.
        let facts = [
            (" 5 days", " 1 months"),
            (" 7 days", " 1 weeks"),
            (" 9 days", " 2 months"),
            (" 11 days", " 1 years"),
        ]
        .iter()
        .fold(facts, |text, (days, other)| text.replace(days, other));
        let mut files = vec![
            ("clinic.yaml".to_string(), self.clinic.clone()),
            ("facts.yaml".to_string(), facts),
            ("page.yaml".to_string(), self.page.page_yaml(None)),
        ];
        let text = &files[2].1;
        let used = self.scripts.iter().filter(|(path, _)| {
            let name = path.rsplit('/').next().unwrap_or_default().trim_end_matches(".rhai");
            text.contains(&format!("\n  {name}:")) || text.contains(path.as_str())
        });
        let used: Vec<(String, String)> = used.cloned().collect();
        files.extend(used);
        files
    }

    /// The same with one thing less, each in turn.
    pub fn smaller(&self) -> Vec<World> {
        let mut all = Vec::new();
        let mut without = |change: &dyn Fn(&mut World)| {
            let mut world = self.clone();
            change(&mut world);
            all.push(world);
        };
        let Page { rules, sections, facts, derived, withdrawn, .. } = &self.page;
        (0..rules.len())
            .filter(|_| rules.len() > 1)
            .for_each(|at| without(&|world| drop(world.page.rules.remove(at))));
        (0..sections.len()).for_each(|at| without(&|world| drop(world.page.sections.remove(at))));
        (0..derived.len()).for_each(|at| without(&|world| drop(world.page.derived.remove(at))));
        if withdrawn.is_some() {
            without(&|world| world.page.withdrawn = None);
        }
        for (at, fact) in facts.iter().enumerate() {
            if self.page.not_used.contains(fact.name) {
                without(&|world| {
                    world.page.not_used.remove(world.page.facts.remove(at).name);
                });
            }
            if !fact.good_for.is_empty() {
                without(&|world| world.page.facts[at].good_for.clear());
            }
            if fact.may_be_planned {
                without(&|world| world.page.facts[at].may_be_planned = false);
            }
        }
        for (at, rule) in rules.iter().enumerate() {
            if rule.in_force != (None, None) {
                without(&|world| world.page.rules[at].in_force = (None, None));
            }
            if rule.withdrawn.is_some() {
                without(&|world| world.page.rules[at].withdrawn = None);
            }
        }
        all
    }

    /// Counts what the page has, so that it can be seen that all is tried.
    pub fn count(&self, rulebook: &Rulebook, seen: &mut BTreeMap<String, usize>) {
        let compares = rulebook.findings().iter().any(|found| found.code.name() == "compares-facts");
        let section = |name: &str| self.page.sections.iter().any(|section| section.starts_with(name));
        let has = [
            ("compares two answers", compares),
            ("scripts", section("functions")),
            ("steps", section("appointment")),
            ("prices", section("pricing")),
            ("days in force", section("in_force")),
            ("a rule withdrawn", self.page.rules.iter().any(|rule| rule.withdrawn.is_some())),
            ("the page withdrawn", self.page.withdrawn.is_some()),
            ("all withdrawn", self.clinic.contains("withdrawn")),
            ("good_for", self.page.facts.iter().any(|fact| !fact.good_for.is_empty())),
            ("plans", self.page.facts.iter().any(|fact| fact.may_be_planned)),
        ];
        for (what, _) in has.iter().filter(|(_, has)| *has) {
            *seen.entry(what.to_string()).or_default() += 1;
        }
        *seen.entry("rules refused".to_string()).or_default() += self.page.refused;
        *seen.entry("loads".to_string()).or_default() += self.page.loads;
    }

    fn steps(&self, random: &mut Random) -> String {
        let mut text = "appointment:\n  duration: 30 minutes\n  basis: Ours\n  steps:\n".to_string();
        for step in ["numb", "cool"].into_iter().take(1 + random.below(2)) {
            let _ =
                write!(text, "    {step}:\n      do: The step {step}\n      basis: Ours\n      not_for:\n");
            for number in 0..1 + random.below(2) {
                let when = Conditions { page: &self.page, random }.yes_no(1);
                let because = format!("because: Not {step} for the sake of number {number}.");
                let _ = write!(
                    text,
                    "        without_{number}:\n          when: '{when}'\n          {because}\n          basis: Ours\n"
                );
            }
        }
        text
    }

    fn prices(&mut self, random: &mut Random) {
        let number = |fact: &&Fact| matches!(fact.kind, Kind::Number | Kind::Whole);
        let Some(by) = self.page.facts.iter().find(number).map(|fact| fact.name) else { return };
        let mut text = format!("pricing:\n  by: {by}\n  per: session\n  basis: Ours\n  lists:\n");
        let later = random.chance(3).then(|| self.page.visit + random.between(1, 10));
        for day in [Some(self.page.visit - 500), later].into_iter().flatten() {
            let up_to = random.of(&["2", "3", "4.5"]);
            let _ = write!(
                text,
                "    {}:\n      basis: Ours\n      bands: [{{up_to: {up_to}, price: 90.50}}, {{price: 120}}]\n",
                day_text(day)
            );
        }
        if random.chance(2) {
            let path = "page/adjust.rhai";
            let _ = writeln!(
                text,
                "  script: {{file: {path}, function: adjust, takes: [price, {by}, sessions]}}"
            );
            let body = format!("    [#{{ label: \"More\", amount: {by} * sessions }}]\n");
            self.scripts.push((path.to_string(), format!("fn adjust(price, {by}, sessions) {{\n{body}}}\n")));
        }
        self.page.sections.push(text);
    }
}

fn facts(random: &mut Random) -> Vec<Fact> {
    let mut facts: Vec<Fact> = Vec::new();
    let usual = 1 + random.below(5);
    while facts.len() < usual {
        let at = random.below(count());
        let one = fact(random, at);
        if facts.iter().all(|other| other.name != one.name) {
            facts.push(one);
        }
    }
    for _ in 0..random.below(3) {
        let of_one = [SIZES[2], SIZES[4]];
        let (name, kind, options) = if random.chance(2) { random.of(&of_one) } else { random.of(&SIZES) };
        if facts.iter().all(|other| other.name != name) {
            facts.push(Fact {
                name,
                kind,
                options,
                good_for: Vec::new(),
                may_be_planned: false,
                on_the_day: false,
            });
        }
    }
    for fact in &mut facts {
        fact.on_the_day = random.chance(5);
        fact.may_be_planned = matches!(fact.kind, Kind::Date | Kind::History) && random.chance(2);
        let keys: &[&str] = match fact.kind {
            Kind::YesNo => &["no", "yes"],
            Kind::Choice => fact.options,
            Kind::Set | Kind::History => &["none", "any"],
            Kind::Date => &["never", "ongoing"],
            Kind::Planned => &["none"],
            Kind::Number | Kind::Whole | Kind::Birth => &[],
        };
        let length = |random: &mut Random| random.of(&[1, 3, 5, 6, 7, 9, 11, 20, 40]);
        match random.below(6) {
            0 => fact.good_for = vec![("", length(random))],
            1 | 2 => fact.good_for = keys.iter().take(4).map(|key| (*key, length(random))).collect(),
            3 if !keys.is_empty() => fact.good_for = vec![(random.of(keys), length(random))],
            _ => {}
        }
    }
    facts
}

/// Scripts, the calls of them that conditions may make, and the section that declares them.
#[derive(Default)]
struct Functions {
    calls: Vec<String>,
    section: Option<String>,
    scripts: Vec<(String, String)>,
}

fn functions(random: &mut Random, facts: &[Fact]) -> Functions {
    let mut made = Functions::default();
    let usable: Vec<&Fact> = facts
        .iter()
        .filter(|fact| fact.options.len() < 9)
        .filter(|fact| {
            matches!(fact.kind, Kind::YesNo | Kind::Choice | Kind::Set | Kind::Number | Kind::Whole)
        })
        .collect();
    if usable.is_empty() {
        return made;
    }
    let mut section = "functions:\n".to_string();
    for name in ["call_a", "call_b"].into_iter().take(1 + random.below(2)) {
        let first = random.below(usable.len());
        let taken: Vec<&Fact> = (0..usable.len().min(1 + random.below(2)))
            .map(|at| usable[(first + at) % usable.len()])
            .collect();
        let mut takes: Vec<&str> = taken.iter().map(|fact| fact.name).collect();
        let mut body = "    let sum = 0;\n".to_string();
        for fact in &taken {
            let name = fact.name;
            let _ = match fact.kind {
                Kind::YesNo => writeln!(body, "    if {name} {{ sum += 2; }}"),
                Kind::Choice => {
                    writeln!(body, "    if {name} == \"{}\" {{ sum += 2; }}", random.of(fact.options))
                }
                Kind::Set => writeln!(body, "    if {name}[\"{}\"] {{ sum += 2; }}", random.of(fact.options)),
                // Some scripts fail for some answers.
                _ if random.chance(3) => writeln!(body, "    sum += 6 / ({name} - 3);"),
                _ => writeln!(body, "    sum += {name};"),
            };
        }
        if random.chance(3) {
            takes.push("limit_a");
            body.push_str("    sum += limit_a;\n");
        }
        let takes = takes.join(", ");
        let is_number = random.chance(2);
        body.push_str(if is_number { "    sum\n" } else { "    sum >= 3\n" });
        let gives = if is_number { "number" } else { "yes/no" };
        let _ = write!(section, "  {name}:\n    takes: [{takes}]\n    gives: {gives}\n");
        made.scripts.push((format!("page/{name}.rhai"), format!("fn {name}({takes}) {{\n{body}}}\n")));
        let call = format!("{name}({takes})");
        made.calls.push(match is_number {
            true if random.chance(2) => format!("2 < {call}"),
            true => format!("{call} >= 3"),
            false => call,
        });
    }
    made.section = Some(section);
    made
}
