//! The short way for plain records: from the bytes of a line straight to a brief decision. It takes only what it
//! reads exactly as the long way does, and leaves everything else to that.

use super::cells::{Cells, Columns};
use super::json::Json;
use crate::book::condition::FactId;
use crate::book::fact::FactKind;
use crate::decide::brief::{Brief, Engine, Sheet, Taken};
use crate::limits::CLIENT;
use crate::source::csv::Header;
use crate::value::Day;

/// Decides plain records in brief.
pub struct Quick<'d> {
    engine: Engine<'d>,
    sheet: Sheet,
    taken: Taken,
    /// The facts of the last record in their order: the next one mostly has the same.
    order: Vec<FactId>,
    /// `--visit`.
    visit: Option<Day>,
    /// `--answered-on`.
    answered_on: Option<Day>,
    cells: Cells,
    dated: Vec<(FactId, Day)>,
    parts: Vec<FactId>,
}

/// A client and the day asked about.
pub struct Asked<'l> {
    /// Who.
    pub client: &'l str,
    /// The day.
    pub visit: Day,
}

impl<'d> Quick<'d> {
    /// For the clients of one treatment.
    pub fn new(engine: Engine<'d>, visit: Option<Day>, answered_on: Option<Day>) -> Quick<'d> {
        let sheet = Sheet::of(engine.facts());
        let (order, cells, dated, parts) = (Vec::new(), Cells::default(), Vec::new(), Vec::new());
        Quick { engine, sheet, taken: Taken::default(), order, visit, answered_on, cells, dated, parts }
    }

    /// What is decided about a line of NDJSON; `None` for what takes the long way.
    pub fn line<'l>(&mut self, line: &'l str) -> Option<(Asked<'l>, &Brief)> {
        let mut json = Json::of(line);
        let (mut client, mut visit, mut answered_on, mut facts) = (None, None, None, None);
        let mut started = false;
        json.open(b'{')?;
        while let Some(key) = json.key()? {
            let twice = match key {
                "client" => client.replace(json.string()?).is_some(),
                "visit" => visit.replace(json.string()?).is_some(),
                "answered_on" => answered_on.replace(json.string()?).is_some(),
                "facts" => {
                    let twice = facts.is_some();
                    facts = Some(json.place());
                    match visit {
                        Some(day) if answered_on.is_some() && !twice => {
                            started = true;
                            self.start(day)?;
                            self.answers(&mut json, self.day_of(answered_on)?)?;
                        }
                        _ => json.skip()?,
                    }
                    twice
                }
                _ => return None,
            };
            if twice {
                return None;
            }
        }
        json.end()?;
        if !started {
            self.start(visit?)?;
            json.go_to(facts?);
            self.answers(&mut json, self.day_of(answered_on)?)?;
        }
        let client = client.filter(|client| is_plain(client))?;
        let visit = self.taken.visit?;
        Some((Asked { client, visit }, self.engine.decide(&self.taken)?))
    }

    fn start(&mut self, words: &str) -> Option<()> {
        let visit = match self.visit {
            Some(visit) => visit,
            None => Day::parse(words)?,
        };
        if !self.engine.covers(visit) {
            return None;
        }
        self.engine.start(visit, &mut self.taken);
        Some(())
    }

    /// The day of answers that carry none; `None` if it cannot be read.
    fn day_of(&self, words: Option<&str>) -> Option<Option<Day>> {
        match words {
            None => Some(self.answered_on),
            Some(words) => Some(Some(self.past_day(words)?)),
        }
    }

    fn past_day(&self, words: &str) -> Option<Day> {
        Day::parse(words).filter(|day| self.taken.visit.is_some_and(|visit| *day <= visit))
    }

    fn answers(&mut self, json: &mut Json<'_>, on: Option<Day>) -> Option<()> {
        json.open(b'{')?;
        let mut at = 0;
        while let Some(key) = json.key()? {
            let expected = self.order.get(at).copied();
            let fact = match expected.filter(|fact| self.engine.facts().get(*fact).id == key) {
                Some(fact) => fact,
                None => {
                    let fact = self.sheet.fact(key)?;
                    self.order.truncate(at);
                    self.order.push(fact);
                    fact
                }
            };
            at += 1;
            if self.taken.is_answered(fact) {
                return None;
            }
            self.answer(json, fact, on, true)?;
        }
        Some(())
    }

    fn answer(&mut self, json: &mut Json<'_>, fact: FactId, on: Option<Day>, whole: bool) -> Option<()> {
        let taken = &mut self.taken;
        match json.next()? {
            b'{' => {}
            b'[' => {
                json.open(b'[')?;
                let mut some = false;
                while json.item()? {
                    some = true;
                    let option = json.string()?;
                    self.engine.chosen(taken, fact, option).then_some(())?;
                }
                let done = some && self.engine.rest(taken, fact, "no") && self.engine.end(taken, fact, on);
                return done.then_some(());
            }
            _ => return self.engine.word(taken, fact, json.word()?, on).then_some(()),
        }
        json.open(b'{')?;
        let mut rest = None;
        let mut first = true;
        while let Some(key) = json.key()? {
            match key {
                "answer" | "on" | "from" => {
                    return if first && whole { self.sourced(json, key, fact, on) } else { None };
                }
                "rest" if rest.is_none() => rest = Some(json.word()?),
                option => self.engine.option(taken, fact, option, json.word()?).then_some(())?,
            }
            first = false;
        }
        let kind = self.engine.facts().get(fact).kind;
        if first || !matches!(kind, FactKind::Set | FactKind::History) {
            return None;
        }
        if let Some(rest) = rest {
            self.engine.rest(taken, fact, rest).then_some(())?;
        }
        self.engine.end(taken, fact, on).then_some(())
    }

    /// `{answer: ..., on: ..., from: ...}`, of which the first key was read.
    fn sourced(&mut self, json: &mut Json<'_>, first: &str, fact: FactId, mut on: Option<Day>) -> Option<()> {
        let (mut answer, mut dated, mut from) = (None, false, false);
        let mut key = Some(first);
        while let Some(name) = key {
            match name {
                "answer" if answer.is_none() => {
                    answer = Some(json.place());
                    json.skip()?;
                }
                "on" if !dated => {
                    dated = true;
                    on = Some(self.past_day(json.string()?)?);
                }
                "from" if !from => {
                    from = true;
                    json.string()?;
                }
                _ => return None,
            }
            key = json.key()?;
        }
        let behind = json.place();
        json.go_to(answer?);
        self.answer(json, fact, on, false)?;
        json.go_to(behind);
        Some(())
    }

    /// What each column of a table holds; `None` if the table takes the long way.
    pub fn columns(&self, header: &Header, ignored: &[String]) -> Option<Columns> {
        let mut columns = Columns { count: header.columns.len(), ..Columns::default() };
        for (at, cell) in header.columns.iter().enumerate() {
            let name = cell.text.trim();
            // Two answers to one question take a closer look.
            if header.columns[..at].iter().any(|other| other.text.trim() == name) {
                return None;
            }
            if ignored.iter().any(|other| other == name) {
                continue;
            }
            match (name, name.strip_suffix(".on"), name.split_once('.')) {
                ("client", ..) => columns.client = Some(at),
                ("visit", ..) => columns.visit = Some(at),
                ("answered_on", ..) => columns.answered_on = Some(at),
                (_, Some(fact), _) => columns.dated.push((at, self.sheet.fact(fact)?)),
                (_, None, Some((fact, option))) => {
                    let fact = self.sheet.fact(fact)?;
                    let option = self.engine.facts().get(fact).option(option)?;
                    columns.answers.push((at, fact, Some(option)));
                }
                (_, None, None) => columns.answers.push((at, self.sheet.fact(name)?, None)),
            }
        }
        Some(columns)
    }

    /// What is decided about a row of a table, without its line break.
    pub fn row<'l>(&mut self, row: &'l str, columns: &Columns, delimiter: u8) -> Option<(Asked<'l>, &Brief)> {
        let mut cells = std::mem::take(&mut self.cells);
        let asked = cells.split(row, delimiter).and_then(|()| self.cells(row, columns, &cells));
        self.cells = cells;
        let asked = asked?;
        Some((asked, self.engine.decide(&self.taken)?))
    }

    fn cells<'l>(&mut self, row: &'l str, columns: &Columns, cells: &Cells) -> Option<Asked<'l>> {
        if cells.places.len() != columns.count {
            return None;
        }
        let text = |at: usize| cells.text(row, at);
        let client = text(columns.client?)?;
        if client.is_empty() || client.len() > CLIENT {
            return None;
        }
        let visit = columns.visit.map_or(Some(""), text)?;
        if visit.is_empty() && self.visit.is_none() {
            return None;
        }
        self.start(visit)?;
        let answered_on = columns.answered_on.map_or(Some(""), text)?;
        let answered_on = self.day_of(Some(answered_on).filter(|words| !words.is_empty()))?;
        self.dated.clear();
        self.parts.clear();
        for (at, fact) in &columns.dated {
            let day = text(*at)?;
            if !day.is_empty() {
                let day = self.past_day(day)?;
                self.dated.push((*fact, day));
            }
        }
        for (at, fact, option) in &columns.answers {
            let (fact, text) = (*fact, text(*at)?);
            if text.is_empty() {
                continue;
            }
            if let Some(option) = option {
                self.engine.option_at(&mut self.taken, fact, *option, text).then_some(())?;
                if self.parts.last() != Some(&fact) && !self.parts.contains(&fact) {
                    self.parts.push(fact);
                }
                continue;
            }
            let on = self.on(fact, answered_on);
            let taken = &mut self.taken;
            let has = |wanted| text.bytes().any(|byte| byte == wanted);
            if has(b'|') {
                let mut some = false;
                for option in options(text).filter(|option| !option.is_empty()) {
                    some = true;
                    self.engine.chosen(taken, fact, option).then_some(())?;
                }
                let done = some && self.engine.rest(taken, fact, "no") && self.engine.end(taken, fact, on);
                done.then_some(())?;
            } else if has(b'.') && text.contains("..") {
                return None;
            } else {
                self.engine.word(taken, fact, text, on).then_some(())?;
            }
        }
        for at in 0..self.parts.len() {
            let fact = self.parts[at];
            if self.taken.is_answered(fact) {
                return None;
            }
            let on = self.on(fact, answered_on);
            self.engine.end(&mut self.taken, fact, on).then_some(())?;
        }
        Some(Asked { client, visit: self.taken.visit? })
    }

    fn on(&self, fact: FactId, answered_on: Option<Day>) -> Option<Day> {
        self.dated.iter().find(|(dated, _)| *dated == fact).map(|(_, day)| *day).or(answered_on)
    }
}

/// What stands between `|`.
fn options(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let all = rest.take()?;
        let Some(end) = all.bytes().position(|byte| byte == b'|') else { return Some(all.trim()) };
        rest = all.get(end + 1..);
        all.get(..end).map(str::trim)
    })
}

/// Whether the long way would leave a client id as it is.
fn is_plain(client: &str) -> bool {
    let tight = |client: &str| client.split_whitespace().collect::<Vec<_>>().join(" ") == client;
    let plain = client.bytes().all(|byte| (0x21..0x7f).contains(&byte));
    !client.is_empty() && client.len() <= CLIENT && (plain || tight(client))
}
