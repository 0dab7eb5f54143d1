//! Asking the parts about a client: those of its own, or, where open answers join some, those that they are together.

use std::collections::BTreeMap;

use super::super::answers::{Answers, Boxes, OPEN};
use super::super::values::spread;
use super::client::{Client, Heard, Said};
use super::part::Part;
use super::roots::Roots;
use super::sets::{Beside, Sets, is_open, small};
use super::state::Stretch;
use super::steps::{Price, Step};
use super::whole::Engine;
use crate::book::condition::{FactId, SlotId};
use crate::value::{Day, NEVER, Points};

/// So many joined parts are kept.
const MOST_JOINED: usize = 512;
/// After so many clients it is seen whether parts remember too much.
const CLIENTS_BETWEEN: u32 = 64;
/// Where rules are too many to go through every case that answers may leave, so many looks at rules are taken.
const MOST_LOOKS_TOGETHER: f64 = 100_000.0;

impl<'b> Engine<'b> {
    /// Asks every part about a client.
    pub(super) fn ask(&mut self, answers: &Answers) {
        self.make_room();
        let mut client = std::mem::take(&mut self.client);
        self.read(answers, answers.visit, &mut client);
        let mut said = std::mem::take(&mut self.said);
        self.exact = match client.quiet.is_empty() && self.is_apart(&client) {
            true => {
                self.hear_changes(&client, answers.visit, &mut said);
                true
            }
            false => self.ask_parts(&client, answers.visit, &mut said),
        };
        self.total = self.total(&said, answers.visit);
        (self.client, self.said) = (client, said);
        self.find_wait(answers.visit);
    }

    /// Forgets what was remembered, once it is too much.
    fn make_room(&mut self) {
        let full = self.sets.is_full();
        if self.joined.len() > MOST_JOINED || full {
            self.joined.clear();
            self.parts.truncate(self.own);
        }
        if full {
            self.sets = Sets::default();
            self.last.fill((Points::EMPTY, NEVER));
            self.steps = Step::all(self.version);
            self.price = Price::of(self.version);
        }
        self.asked = self.asked.wrapping_add(1);
        // One client adds little to what a part remembers.
        if !full && !self.asked.is_multiple_of(CLIENTS_BETWEEN) {
            return;
        }
        for (at, part) in self.parts.iter_mut().enumerate().filter(|(_, part)| full || part.is_full()) {
            part.forget();
            self.heard.get_mut(at).into_iter().for_each(|heard| *heard = Heard::UNKNOWN);
        }
    }

    /// The slots whose open answers join the parts that read them.
    fn joining<'s>(&'s self, client: &'s Client) -> impl Iterator<Item = &'s SlotId> {
        self.shared.iter().filter(|slot| is_open(client.tokens[slot.index()]))
    }

    /// Whether nothing joins parts, so that each can be asked by itself.
    pub(super) fn is_apart(&self, client: &Client) -> bool {
        client.links.is_empty() && self.joining(client).next().is_none()
    }

    /// Asks those parts about a client of which some answer is another than of the client before.
    fn hear_changes(&mut self, client: &Client, day: Day, said: &mut Vec<Said>) {
        let Engine { heard, heard_of, readers, parts, sets, .. } = self;
        for ((now, before), readers) in client.tokens.iter().zip(heard_of).zip(readers) {
            if now != before {
                *before = *now;
                readers.iter().for_each(|part| heard[usize::from(*part)].to = i32::MIN);
            }
        }
        said.clear();
        let point = small(day.point());
        for (at, one) in (0..).zip(heard) {
            if !(one.from <= point && point < one.to) {
                *one = match parts[at as usize].hear(&client.tokens, 0, day, sets) {
                    None => Heard { from: i32::MIN, to: i32::MAX, said: None },
                    Some((case, stretch)) => {
                        let Stretch { from, to, .. } = stretch;
                        let said = (!stretch.is_quiet()).then_some(Said { part: at, case, stretch });
                        Heard { from, to, said }
                    }
                };
            }
            if let Some(one) = one.said {
                said.push(one);
            }
        }
    }

    /// Reads answers as they count on a day.
    pub(super) fn read(&mut self, answers: &Answers, day: Day, client: &mut Client) {
        let facts = &self.version.book.facts;
        client.links.clear();
        if day == answers.visit {
            client.tokens.clone_from(&answers.points);
            let mut from = 0;
            while let Some(at) = client.tokens[from..].iter().position(|token| *token == OPEN) {
                let id = facts.slots[from + at].fact;
                self.take(id, answers.boxes(id), client);
                from = facts.get(id).places().end;
            }
        } else {
            client.tokens.resize(facts.slots.len(), OPEN);
            for id in (0..facts.facts.len() as u16).map(FactId) {
                self.take(id, &answers.boxes_on(id, day, facts), client);
            }
        }
        self.quiet(answers, day, &mut client.quiet);
    }

    /// Takes down the answer to a fact.
    fn take(&mut self, id: FactId, boxes: &Boxes, client: &mut Client) {
        let facts = &self.version.book.facts;
        let slots = facts.get(id).places();
        let places = client.tokens[slots.clone()].iter_mut();
        if let [one] = &boxes[..] {
            for ((token, last), points) in places.zip(&mut self.last[slots]).zip(one) {
                *token = self.sets.again(points, last);
            }
            return;
        }
        for (at, token) in places.enumerate() {
            *token = self.sets.token(&spread(boxes, at));
        }
        client.links.push((id, self.sets.link(id, boxes, facts)));
    }

    /// Asks every part about a client on a day; says whether all of them could be gone through together where open
    /// answers join them.
    pub(super) fn ask_parts(&mut self, client: &Client, day: Day, said: &mut Vec<Said>) -> bool {
        said.clear();
        if self.is_apart(client) {
            (0..self.own as u32).for_each(|at| self.hear(at, client, day, said));
            return true;
        }
        let mut roots = Roots::of(self.own);
        for slot in self.joining(client) {
            roots.join(&self.readers[slot.index()]);
        }
        let facts = &self.version.book.facts;
        for (fact, _) in &client.links {
            let read = facts.get(*fact).slots().flat_map(|slot| self.readers[slot.index()].iter().copied());
            roots.join(&read.collect::<Vec<u16>>());
        }
        let mut groups: BTreeMap<u16, Vec<u16>> = BTreeMap::new();
        for part in 0..self.own as u16 {
            groups.entry(roots.of_part(part)).or_default().push(part);
        }
        let mut together = true;
        for group in groups.into_values() {
            match self.join(&group, client, day) {
                Some(part) => self.hear(part, client, day, said),
                None => {
                    together = false;
                    let each = group.into_iter().map(u32::from);
                    each.for_each(|part| self.hear(part, client, day, said));
                }
            }
        }
        together
    }

    /// The part that some are together; `None` if they have too many cases to be gone through.
    fn join(&mut self, group: &[u16], client: &Client, day: Day) -> Option<u32> {
        if let [part] = group {
            return Some(u32::from(*part));
        }
        let root = self.connected[usize::from(group[0])];
        let all = match self.together.get(&root) {
            Some(all) => *all,
            None => {
                let connected = (0..self.own as u16).filter(|at| self.connected[usize::from(*at)] == root);
                let all = self.part_of(&connected.collect::<Vec<u16>>()).may_split();
                self.together.insert(root, all);
                all
            }
        };
        let part = match self.joined.get(group) {
            Some(part) => *part,
            None => {
                let mut part = self.part_of(group);
                part.set_splits(true);
                self.parts.push(part);
                let at = self.parts.len() as u32 - 1;
                self.joined.insert(group.to_vec(), at);
                at
            }
        };
        let own = &mut self.parts[part as usize];
        let few = |own: &mut Part<'b>| {
            let looks = own.cells_crossed(&client.tokens, day, &self.sets) * own.places.len() as f64;
            looks <= MOST_LOOKS_TOGETHER
        };
        (all || few(own)).then_some(part)
    }

    fn part_of(&self, group: &[u16]) -> Part<'b> {
        let own = || group.iter().map(|at| &self.parts[usize::from(*at)]);
        let mut places: Vec<u16> = own().flat_map(|part| part.places.iter().copied()).collect();
        let mut slots: Vec<SlotId> = own().flat_map(|part| part.slots.iter().copied()).collect();
        places.sort_unstable();
        slots.sort_unstable();
        slots.dedup();
        Part::new(self.version, places, slots, (8, self.receding, self.crossings.clone()))
    }

    pub(super) fn ask_part(&mut self, at: u32, client: &Client, day: Day) -> Said {
        let beside = self.beside(at, client);
        let part = &mut self.parts[at as usize];
        let case = part.case(&client.tokens, beside);
        let stretch = part.at(case, day, &self.sets);
        Said { part: at, case, stretch }
    }

    /// Asks a part about a client on a day. What has nothing to say now or ever after is passed over.
    pub(super) fn hear(&mut self, at: u32, client: &Client, day: Day, said: &mut Vec<Said>) {
        let beside = self.beside(at, client);
        let heard = self.parts[at as usize].hear(&client.tokens, beside, day, &self.sets);
        let heard = heard.filter(|(_, stretch)| !stretch.is_quiet());
        said.extend(heard.map(|(case, stretch)| Said { part: at, case, stretch }));
    }

    /// What bears on a part beside its answers.
    fn beside(&mut self, at: u32, client: &Client) -> Beside {
        if client.links.is_empty() && client.quiet.is_empty() {
            return 0;
        }
        let part = &self.parts[at as usize];
        let links = client.links_of(&part.slots, &self.version.book.facts);
        let quiet = client.quiet.iter().copied().filter(|place| part.places.contains(place)).collect();
        self.sets.beside(links, quiet)
    }
}
