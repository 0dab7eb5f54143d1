//! The short way for plain records: from the bytes of a line straight to a brief decision. It takes only what it
//! reads exactly as the long way does, and leaves everything else to that.

use super::super::records;
use super::cells::{Cells, Columns};
use super::json::Json;
use crate::book::condition::FactId;
use crate::book::fact::FactKind;
use crate::decide::brief::{Brief, Engine, Form, Read, Sheet, Taken};
use crate::limits::CLIENT;
use crate::value::Day;

/// Decides plain records in brief.
pub struct Quick<'d> {
    engine: Engine<'d>,
    sheet: Sheet,
    taken: Taken,
    /// The facts of the last record in their order, each with its key: the next one mostly has the same.
    order: Vec<(FactId, String)>,
    /// For each fact the keys of its options.
    options: Vec<Vec<String>>,
    /// `--visit`.
    visit: Option<Day>,
    /// `--answered-on`.
    answered_on: Option<Day>,
    cells: Cells,
    dated: Vec<(FactId, Day)>,
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
        let facts = engine.facts().facts.iter();
        let options =
            facts.map(|fact| fact.options.iter().map(|option| quoted(&option.id)).collect()).collect();
        let (order, cells, dated) = (Vec::new(), Cells::default(), Vec::new());
        Quick { engine, sheet, taken: Taken::default(), order, options, visit, answered_on, cells, dated }
    }

    /// What is decided about a line of NDJSON; `None` for what takes the long way.
    pub fn line<'l>(&mut self, line: &'l str) -> Option<(Asked<'l>, &Brief)> {
        let mut json = Json::of(line);
        let (mut client, mut visit, mut answered_on, mut facts) = (None, None, None, None);
        let mut started = false;
        let mut usual = USUAL.iter();
        json.open(b'{')?;
        loop {
            let key = match usual.next() {
                Some((key, quoted)) if json.passes(quoted) => key,
                _ => match json.key()? {
                    Some(key) => key,
                    None => break,
                },
            };
            let twice = match key {
                "client" => client.replace(json.string()?).is_some(),
                "visit" => visit.replace(Day::read(json.string()?.as_bytes())?).is_some(),
                "answered_on" => answered_on.replace(json.string()?.as_bytes()).is_some(),
                "facts" => {
                    let twice = facts.is_some();
                    facts = Some(json.place());
                    if answered_on.is_some() && visit.or(self.visit).is_some() && !twice {
                        started = true;
                        self.start(visit)?;
                        self.answers(&mut json, self.day_of(answered_on)?)?;
                    } else {
                        json.skip()?;
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
            self.start(visit)?;
            json.go_to(facts?);
            self.answers(&mut json, self.day_of(answered_on)?)?;
        }
        let client = client.filter(|client| is_plain(client))?;
        let visit = self.taken.visit?;
        Some((Asked { client, visit }, self.engine.decide(&self.taken)?))
    }

    /// Starts a record, with its own visit if it has one.
    fn start(&mut self, own: Option<Day>) -> Option<()> {
        let visit = self.visit.or(own)?;
        if !self.engine.covers(visit) {
            return None;
        }
        self.engine.start(visit, &mut self.taken);
        Some(())
    }

    /// The day of answers that carry none; `None` if it cannot be read.
    fn day_of(&self, words: Option<&[u8]>) -> Option<Option<Day>> {
        match words {
            None => Some(self.answered_on),
            Some(words) => Some(Some(self.past_day(words)?)),
        }
    }

    fn past_day(&self, words: &[u8]) -> Option<Day> {
        Day::read(words).filter(|day| self.taken.visit.is_some_and(|visit| *day <= visit))
    }

    fn answers(&mut self, json: &mut Json<'_>, on: Option<Day>) -> Option<()> {
        json.open(b'{')?;
        let mut at = 0;
        loop {
            let expected = self.order.iter().enumerate().skip(at).take(AHEAD);
            let fact = match expected.into_iter().find(|(_, (_, key))| json.passes(key)) {
                Some((found, (fact, _))) => {
                    at = found;
                    *fact
                }
                None => {
                    let Some(key) = json.key()? else { break };
                    let fact = self.sheet.fact(key)?;
                    self.order.truncate(at);
                    self.order.push((fact, quoted(key)));
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
                let (text, behind) = json.list()?;
                let read = &mut |engine: &mut Engine<'d>, taken: &mut Taken| {
                    let mut items = json.clone();
                    match engine.all(taken, fact, items.strings()) {
                        Read::Whole if items.place() == behind => Read::Whole,
                        _ => Read::No,
                    }
                };
                self.engine.again(taken, fact, Form::List, text.as_bytes(), on, read).then_some(())?;
                json.go_to(behind);
                return Some(());
            }
            _ => return self.engine.word(taken, fact, json.word()?.as_bytes(), on).then_some(()),
        }
        json.open(b'{')?;
        let mut rest = None;
        let mut first = true;
        let mut next = 0;
        loop {
            if self.options[usize::from(fact.0)].get(next).is_some_and(|key| json.passes(key)) {
                self.engine.option(taken, fact, next, json.word()?.as_bytes()).then_some(())?;
                next += 1;
                first = false;
                continue;
            }
            let Some(key) = json.key()? else { break };
            match key {
                "answer" | "on" | "from" => {
                    return if first && whole { self.sourced(json, key, fact, on) } else { None };
                }
                "rest" if rest.is_none() => rest = Some(json.word()?),
                option => {
                    let at = self.engine.facts().get(fact).option(option)?;
                    self.engine.option(taken, fact, at, json.word()?.as_bytes()).then_some(())?;
                    next = at + 1;
                }
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
                    on = Some(self.past_day(json.string()?.as_bytes())?);
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
    pub fn columns(&self, sheet: &records::Sheet) -> Option<Columns> {
        let records::Sheet { header, ignored, grouped } = sheet;
        let (count, grouped) = (header.columns.len(), grouped.clone());
        let mut columns = Columns { count, grouped, ..Columns::default() };
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
                    columns.add_option(fact, at, option);
                }
                (_, None, None) => columns.whole.push((at, self.sheet.fact(name)?)),
            }
        }
        Some(columns)
    }

    /// Finds the cells of the first line of a text, which should have so many; says where the line ends.
    pub fn split(&mut self, text: &[u8], delimiter: u8, columns: usize) -> usize {
        self.cells.split(text, delimiter, columns)
    }

    /// What is decided about the row whose cells were found, without its line break.
    pub fn row<'l>(
        &mut self,
        row: &'l [u8],
        columns: &Columns,
        delimiter: u8,
    ) -> Option<(Asked<'l>, &Brief)> {
        let mut cells = std::mem::take(&mut self.cells);
        let asked = cells.settle(row, delimiter).and_then(|()| self.cells(row, columns, &cells));
        self.cells = cells;
        let asked = asked?;
        Some((asked, self.engine.decide(&self.taken)?))
    }

    fn cells<'l>(&mut self, row: &'l [u8], columns: &Columns, cells: &Cells) -> Option<Asked<'l>> {
        if cells.count() != columns.count {
            return None;
        }
        let text = |at: usize| cells.text(row, at);
        let client = str::from_utf8(text(columns.client?)?).ok()?;
        if client.is_empty() || client.len() > CLIENT {
            return None;
        }
        let visit = columns.visit.map_or(Some(&[][..]), text)?;
        self.start(Day::read(visit))?;
        let answered_on = columns.answered_on.map_or(Some(&[][..]), text)?;
        let answered_on = self.day_of(Some(answered_on).filter(|words| !words.is_empty()))?;
        self.dated.clear();
        for (at, fact) in &columns.dated {
            let day = text(*at)?;
            if !day.is_empty() {
                let day = self.past_day(day)?;
                self.dated.push((*fact, day));
            }
        }
        if columns.grouped.iter().any(|at| text(*at).is_none_or(|text| text.contains(&b'.'))) {
            return None;
        }
        for (at, fact) in &columns.whole {
            let text = text(*at)?;
            if !text.is_empty() {
                let on = self.on(*fact, answered_on);
                self.engine.cell(&mut self.taken, *fact, text, on).then_some(())?;
            }
        }
        for (fact, options) in &columns.options {
            let given = options.iter().map(|(at, option)| Some((*option, text(*at)?)));
            if self.engine.options(&mut self.taken, *fact, given)? {
                let twice = self.taken.is_answered(*fact);
                let on = self.on(*fact, answered_on);
                (!twice && self.engine.end(&mut self.taken, *fact, on)).then_some(())?;
            }
        }
        Some(Asked { client, visit: self.taken.visit? })
    }

    fn on(&self, fact: FactId, answered_on: Option<Day>) -> Option<Day> {
        self.dated.iter().find(|(dated, _)| *dated == fact).map(|(_, day)| *day).or(answered_on)
    }
}

/// So many facts of the last record may be missing in this one.
const AHEAD: usize = 3;

/// The keys of a record in their usual order, as they are and as they are written.
const USUAL: [(&str, &str); 4] = [
    ("client", "\"client\":"),
    ("visit", "\"visit\":"),
    ("answered_on", "\"answered_on\":"),
    ("facts", "\"facts\":"),
];

fn quoted(key: &str) -> String {
    format!("\"{key}\":")
}

/// Whether the long way would leave a client id as it is.
fn is_plain(client: &str) -> bool {
    let tight = |client: &str| client.split_whitespace().collect::<Vec<_>>().join(" ") == client;
    let plain = client.bytes().all(|byte| (0x21..0x7f).contains(&byte));
    !client.is_empty() && client.len() <= CLIENT && (plain || tight(client))
}
