//! The words of an interview: those that lead through it, those for what nobody knows, and the names of options.

use crate::book::fact::Fact;

/// What a line asks for that is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lead {
    /// The question before.
    Back,
    /// The end.
    Quit,
}

impl Lead {
    /// The words for it; an option may be called like one, and keeps its name.
    const fn words(self) -> [&'static str; 3] {
        match self {
            Lead::Back => ["back", "go back", "<"],
            Lead::Quit => ["quit", "exit", "<quit>"],
        }
    }

    /// The word to write for it where this is asked.
    pub fn word(self, fact: &Fact) -> &'static str {
        let [first, second, last] = self.words();
        let free = |word: &&str| options_called(fact, word).is_empty();
        [first, second].into_iter().find(free).unwrap_or(last)
    }

    pub(super) fn read(text: &str, fact: &Fact) -> Option<Lead> {
        let own = |lead: &Lead| lead.words().contains(&text) && options_called(fact, text).is_empty();
        [Lead::Back, Lead::Quit].into_iter().find(own)
    }
}

const UNKNOWN: [&str; 14] = [
    "?",
    "unknown",
    "not sure",
    "unsure",
    "i'm not sure",
    "not known",
    "don't know",
    "dont know",
    "do not know",
    "i don't know",
    "no idea",
    "no more is known",
    "nothing more is known",
    "no more known",
];

/// Whether nothing, or nothing more, is known.
pub(super) fn is_unknown(text: &str) -> bool {
    UNKNOWN.contains(&text)
}

/// Whether no option applies, or none of those that are still open.
pub(super) fn is_none(text: &str) -> bool {
    const WORDS: [&str; 14] = [
        "none",
        "no",
        "never",
        "none of them",
        "none of these",
        "no other",
        "no others",
        "nothing",
        "nothing else",
        "others never",
        "others no",
        "rest never",
        "rest no",
        "rest none",
    ];
    WORDS.contains(&text)
}

/// A line without what nobody sees: blanks around and between words, and a byte order mark.
pub(super) fn plain(line: &str) -> String {
    let line = line.trim_start_matches('\u{feff}');
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text as it is compared: in small letters, with straight apostrophes.
pub(super) fn folded(text: &str) -> String {
    plain(text).to_lowercase().replace(['\u{2018}', '\u{2019}', '\u{2bc}'], "'")
}

/// The length of `name` at the start of `text`, both folded; `_`, `-` and blanks are the same.
fn starts(text: &str, name: &str) -> Option<usize> {
    let blank = |c: char| if matches!(c, '_' | '-') { ' ' } else { c };
    let mut rest = text.char_indices();
    for wanted in name.chars() {
        let (_, next) = rest.next()?;
        if blank(next) != blank(wanted) {
            return None;
        }
    }
    let end = rest.next().map_or(text.len(), |(at, _)| at);
    let goes_on = name.ends_with(char::is_alphanumeric)
        && text[end..].starts_with(|c: char| c.is_alphanumeric() || c == '_');
    (!goes_on && !name.is_empty()).then_some(end)
}

/// The options whose name or words stand at the start of a folded text, the longest of them, and how long that is.
pub(super) fn options_at(fact: &Fact, text: &str) -> Option<(usize, Vec<usize>)> {
    let lengths =
        fact.options.iter().map(|option| (starts(text, &option.id), starts(text, &folded(&option.text))));
    let lengths: Vec<Lengths> = lengths.collect();
    let longest = lengths.iter().flat_map(|(id, words)| [*id, *words]).flatten().max()?;
    let own = |is_own: &dyn Fn(&Lengths) -> bool| -> Vec<usize> {
        lengths.iter().enumerate().filter(|(_, one)| is_own(one)).map(|(at, _)| at).collect()
    };
    // A name is one option's alone; words may be those of several.
    let named = own(&|(id, _)| *id == Some(longest));
    let all = || own(&|(id, words)| [*id, *words].contains(&Some(longest)));
    Some((longest, if named.len() == 1 { named } else { all() }))
}

/// How long the name and the words of an option are at the start of a text, if they stand there.
type Lengths = (Option<usize>, Option<usize>);

/// The options that a folded text is the name of, all of it.
pub(super) fn options_called(fact: &Fact, text: &str) -> Vec<usize> {
    match options_at(fact, text) {
        Some((end, options)) if end == text.len() => options,
        _ => Vec::new(),
    }
}

/// What is said of one option, or of something that is none.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// An option, by its place, and what stands behind its name.
    Option(usize, String),
    /// Several have these words.
    Several(String, Vec<usize>),
    /// None of the others.
    NoOther,
    /// No option is called so.
    Stranger(String),
}

/// The parts of an answer about several options. Their names may hold commas and `and` themselves.
pub(super) fn parts(fact: &Fact, text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches([',', ';', '|', '&', '+', ' ']);
        if let Some(after) = rest.strip_prefix("and ").filter(|_| options_at(fact, rest).is_none()) {
            rest = after;
            continue;
        }
        if rest.is_empty() {
            return parts;
        }
        let found = options_at(fact, rest);
        let behind = found.as_ref().map_or(0, |(end, _)| *end);
        let end = behind + end_of_part(fact, &rest[behind..]);
        let own = rest[behind..end].trim_matches([' ', ':', '=']).to_string();
        parts.push(match found {
            Some((end, options)) => match options[..] {
                [one] => Part::Option(one, own),
                _ => Part::Several(rest[..end].to_string(), options),
            },
            None if is_none(&own) => Part::NoOther,
            None => Part::Stranger(own),
        });
        rest = &rest[end..];
    }
}

/// Where a part ends: at a sign between parts, or at an `and` before the next name.
fn end_of_part(fact: &Fact, text: &str) -> usize {
    let begins = |text: &str| {
        let text = text.trim_start();
        let word = text.split([',', ';']).next().unwrap_or(text).trim();
        options_at(fact, text).is_some() || is_none(word)
    };
    // The comma of `April 3, 2026`.
    let is_year = |text: &str| {
        let digits = text.trim_start().bytes().take_while(u8::is_ascii_digit).count();
        text.starts_with(' ') && digits == 4
    };
    let ends = |at: &usize| {
        let here = &text[*at..];
        match here.as_bytes()[0] {
            b',' => begins(&here[1..]) || !is_year(&here[1..]),
            b';' | b'|' | b'&' | b'+' => true,
            _ => here.strip_prefix(" and ").is_some_and(begins),
        }
    };
    (0..text.len()).filter(|at| text.is_char_boundary(*at)).find(ends).unwrap_or(text.len())
}
