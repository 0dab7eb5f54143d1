//! A tree written down in some other way that reads the same: spaces, quotes, brackets, comments, order of keys.

use clearance::inside::source::{Kind, Node, Style};

use super::random::Random;

/// The keys with a meaning, whose order is free. No name in the shipped files is one of them.
const KEYS: &str = "treatment revision in_force withdrawn sources parameters conditions functions indications \
    absolute_contraindications relative_contraindications deferrals requirements not_used course appointment \
    aftercare pricing guarantees when when_any when_all until done at_least good_for missing while_ongoing \
    cleared_when because source basis review keep from last_day since by incident consider meaning between owner \
    review_by values value sessions gap results duration steps do before optional not_for avoid may expect for \
    lasts says also per course_discount lists script percent bands up_to price file function takes unanswered \
    never hazard kind of unit whole ask asked not_sure is cause control rules cases statements open_queries line \
    note supports client_text no_rule asks answer on name time_zone currency rounding to half signers role \
    registration key ignore_columns thresholds clients like client but visit answered_on facts reviews vary \
    table at first sessions ended may_apply questions reasons";

/// A text and the comments that were put into it.
pub struct Written {
    pub text: String,
    pub comments: Vec<String>,
    /// Comments that stand above or beside an entry, with its key.
    pub about: Vec<(String, String)>,
}

/// Writes `root` down anew.
pub fn write(root: &Node, random: &mut Random) -> Written {
    let mut writer = Writer {
        random,
        out: String::new(),
        comments: Vec::new(),
        about: Vec::new(),
        key: None,
        deep: usize::MAX,
    };
    if writer.random.chance(8) {
        writer.out.push_str("---\n");
    }
    let column = if writer.random.chance(6) { writer.random.below(4) } else { 0 };
    writer.pause(column, None);
    writer.block(root, column, false);
    let mut text = writer.out;
    let (comments, about) = (writer.comments, writer.about);
    if random.chance(5) {
        text = text.trim_end_matches(['\n', ' ']).to_string();
    }
    if random.chance(4) {
        text = text.replace('\n', "\r\n");
    }
    if random.chance(6) {
        text.insert(0, '\u{feff}');
    }
    Written { text, comments, about }
}

struct Writer<'r> {
    random: &'r mut Random,
    out: String,
    comments: Vec<String>,
    about: Vec<(String, String)>,
    /// The key at whose line a comment would stand.
    key: Option<String>,
    /// From this column on a comment would be a part of the block text above it.
    deep: usize,
}

impl Writer<'_> {
    fn spaces(&mut self, n: usize) {
        self.out.extend(std::iter::repeat_n(' ', n));
    }

    fn comment(&mut self, key: Option<String>) {
        let odd =
            ["", " plain words", ": [not {closed", " \"quoted' |", " é # twice", "- dash", " key: value"];
        let text = format!("#{}c{}{}", self.random.of(&["", " "]), self.comments.len(), self.random.of(&odd));
        self.out.push_str(&text);
        self.about.extend(key.map(|key| (text.clone(), key)));
        self.comments.push(text);
    }

    /// The end of a line: a comment now and then, and spaces nobody sees.
    fn end(&mut self) {
        if self.random.chance(12) {
            let gap = self.random.between(2, 6) as usize;
            self.spaces(gap);
            self.comment(self.key.clone());
        }
        if self.random.chance(8) {
            self.spaces(2);
        }
        self.out.push('\n');
    }

    /// What may stand between two entries, the next one under `key`: blank lines, and comments on their own lines.
    fn pause(&mut self, column: usize, key: Option<&str>) {
        while self.random.chance(5) {
            let blank = if self.deep == usize::MAX { self.random.of(&["", "", "   "]) } else { "" };
            self.out.push_str(blank);
            self.out.push('\n');
        }
        while self.random.chance(9) {
            let at = if self.random.chance(3) { self.random.below(14) } else { column };
            let at = at.min(self.deep.saturating_sub(1));
            self.spaces(at);
            self.comment(key.filter(|_| at == column).map(str::to_string));
            self.out.push('\n');
            self.deep = usize::MAX;
            if self.random.chance(4) {
                self.out.push('\n');
            }
        }
        self.deep = usize::MAX;
    }

    /// A map or list of which each entry stands on its own line, in `column`; the first one may stand behind
    /// what the line has already.
    fn block(&mut self, node: &Node, column: usize, behind: bool) {
        let mut behind = behind;
        // What starts the file, or follows a dash, is not about the first entry.
        let written = |line: &str| !line.trim().is_empty() && !line.contains('#') && line != "---";
        let mut first = self.key.is_none() || !self.out.lines().any(written);
        let mut start = |writer: &mut Self, key: Option<&str>| {
            if !std::mem::take(&mut behind) {
                writer.pause(column, key.filter(|_| !std::mem::take(&mut first)));
                writer.spaces(column);
            }
        };
        match &node.kind {
            Kind::Map(entries) => {
                let mut order: Vec<usize> = (0..entries.len()).collect();
                let known = |key: &str| KEYS.split_whitespace().any(|known| known == key);
                let day = |key: &str| key.len() == 10 && key.starts_with("20");
                let dated = ["values", "lists"].iter().any(|key| self.key.as_deref() == Some(*key));
                // An answer of a client, of which fmt knows nothing.
                let answer = node.get("answer").is_some() && node.get("asks").is_none();
                if !answer && entries.iter().all(|e| known(&e.key))
                    || dated && entries.iter().all(|e| day(&e.key))
                {
                    self.random.shuffle(&mut order);
                }
                for index in order {
                    let entry = &entries[index];
                    start(self, Some(&entry.key));
                    self.key = Some(entry.key.clone());
                    let key = self.quoted(&entry.key, true, false);
                    self.out.push_str(&key);
                    if self.random.chance(10) {
                        self.spaces(1);
                    }
                    self.out.push(':');
                    self.value(&entry.value, column, true);
                }
            }
            Kind::List(items) => {
                for item in items {
                    start(self, None);
                    self.key = None;
                    self.out.push('-');
                    self.value(item, column, false);
                }
            }
            Kind::Scalar(_) => unreachable!("a scalar is no block"),
        }
    }

    /// What stands behind a key or a dash.
    fn value(&mut self, node: &Node, column: usize, in_map: bool) {
        match &node.kind {
            _ if node.is_empty() => self.end(),
            Kind::Scalar(scalar) => self.scalar(&scalar.text, scalar.style == Style::Plain, column),
            Kind::Map(entries) if entries.is_empty() || self.random.chance(5) => self.brackets(node, column),
            Kind::List(items) if items.is_empty() || self.random.chance(3) => self.brackets(node, column),
            _ if !in_map && self.random.chance(2) => {
                let spaces = self.random.between(1, 4) as usize;
                self.spaces(spaces);
                self.block(node, column + 1 + spaces, true);
            }
            Kind::List(_) if in_map && self.random.chance(3) => {
                self.end();
                self.block(node, column, false);
            }
            _ => {
                self.end();
                let deeper = self.random.between(1, 6) as usize;
                self.block(node, column + deeper, false);
            }
        }
    }

    fn scalar(&mut self, text: &str, plain: bool, column: usize) {
        let inside = column + self.random.between(1, 6) as usize;
        if self.random.chance(14) && !text.is_empty() && !text.contains('\n') {
            let sign = self.random.of(&["|", "|-", "|+", ">", ">-"]);
            self.out.push(' ');
            self.out.push_str(sign);
            self.end();
            let words: Vec<&str> = if sign.starts_with('>') { text.split(' ').collect() } else { vec![text] };
            let whole = words.iter().any(|word| word.is_empty());
            for word in if whole { vec![text] } else { words } {
                self.spaces(inside);
                self.out.push_str(word);
                self.out.push('\n');
            }
            self.deep = inside;
            return;
        }
        if self.random.chance(8) {
            self.end();
            self.pause(column, None);
            self.spaces(inside);
        } else {
            let spaces = if self.random.chance(4) { self.random.between(1, 5) as usize } else { 1 };
            self.spaces(spaces);
        }
        let text = self.quoted(text, plain, false);
        let folds = |word: &str| word.starts_with(|c: char| c.is_alphanumeric());
        let fold = self.random.chance(6) && !text.contains(['\\', '\n']) && !text.contains("  ");
        for (index, word) in text.split(' ').enumerate() {
            match index {
                0 => {}
                _ if fold && folds(word) && self.random.chance(3) => {
                    self.out.push('\n');
                    self.spaces(inside);
                }
                _ => self.out.push(' '),
            }
            self.out.push_str(word);
        }
        self.end();
    }

    /// A text in quotes, or without them where it may be.
    fn quoted(&mut self, text: &str, plain: bool, in_brackets: bool) -> String {
        let cut = in_brackets && text.contains([',', '[', ']', '{', '}']);
        match self.random.below(6) {
            0 => format!("'{}'", text.replace('\'', "''")),
            1 => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")),
            _ if plain && !cut => text.to_string(),
            _ => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")),
        }
    }

    fn brackets(&mut self, node: &Node, column: usize) {
        self.spaces(1);
        let key = self.key.take();
        self.in_brackets(node, column);
        self.key = key;
        self.end();
    }

    /// Between two signs in brackets: nothing, a space, or a new line.
    fn between(&mut self, column: usize) {
        match self.random.below(12) {
            0 => {
                self.end();
                while self.random.chance(4) {
                    self.spaces(column + 2);
                    self.comment(None);
                    self.out.push('\n');
                }
                let deeper = self.random.between(1, 5) as usize;
                self.spaces(column + deeper);
            }
            1 => self.spaces(2),
            _ => {}
        }
    }

    fn in_brackets(&mut self, node: &Node, column: usize) {
        match &node.kind {
            Kind::Scalar(scalar) => {
                let text = self.quoted(&scalar.text, scalar.style == Style::Plain, true);
                self.out.push_str(&text);
            }
            Kind::Map(entries) => {
                self.out.push('{');
                self.between(column);
                for (index, entry) in entries.iter().enumerate() {
                    self.comma(index, column);
                    let key = self.quoted(&entry.key, true, true);
                    self.out.push_str(&key);
                    self.out.push_str(": ");
                    self.in_brackets(&entry.value, column);
                }
                self.between(column);
                self.out.push('}');
            }
            Kind::List(items) => {
                self.out.push('[');
                self.between(column);
                for (index, item) in items.iter().enumerate() {
                    self.comma(index, column);
                    self.in_brackets(item, column);
                }
                self.between(column);
                self.out.push(']');
            }
        }
    }

    fn comma(&mut self, index: usize, column: usize) {
        if index > 0 {
            self.out.push(',');
            self.spaces(1);
            self.between(column);
        }
    }
}
