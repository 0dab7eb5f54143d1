//! How a seed becomes something that nobody would write.

use crate::random::Random;

/// Numbers where something may tip over.
const EDGES: [&str; 28] = [
    "0",
    "-0",
    "-1",
    "1",
    "00",
    "1.",
    ".5",
    "1e9",
    "0x10",
    "1_000",
    "31",
    "32",
    "127",
    "128",
    "255",
    "256",
    "65535",
    "65536",
    "2147483648",
    "4294967296",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551615",
    "999999999999999999",
    "79228162514264337593543950335",
    "0.0000000000000000000000000001",
    "9999-12-31",
    "0001-01-01",
];

/// Pieces that break texts of any kind.
const ODD: [&[u8]; 24] = [
    b"\0",
    b"\xef\xbb\xbf",
    b"\r\n",
    b"\r",
    b"\t",
    b"\x1b[31m",
    b"\x7f",
    b"\xc2\x85",
    b"\xc2\xa0",
    b"\xe2\x80\xa8",
    b"\xe2\x80\xae",
    b"\xff",
    b"\xc3",
    b"\xed\xa0\x80",
    b"\xf0\x9f\x98\x80",
    b"e\xcc\x81",
    b"=",
    b"+",
    b"-",
    b"@",
    b"\"",
    b"'",
    b"../",
    b"\\",
];

/// What is mutated, and what it may be mixed with.
pub struct Mutator<'m> {
    /// Tokens of this target.
    pub words: &'m [Vec<u8>],
    /// No input grows beyond this, but for a few.
    pub longest: usize,
}

impl Mutator<'_> {
    /// Mutates `input` a few times; `other` is spliced in now and then.
    pub fn mutate(&self, input: &mut Vec<u8>, other: &[u8], random: &Random) {
        let times = 1 + random.below(if random.one_in(4) { 12 } else { 3 });
        for _ in 0..times {
            self.once(input, other, random);
        }
        input.truncate(if random.one_in(200) { 64 * self.longest } else { self.longest });
    }

    fn once(&self, input: &mut Vec<u8>, other: &[u8], random: &Random) {
        let length = input.len();
        match random.below(20) {
            0 if length > 0 => input[random.below(length)] ^= 1 << random.below(8),
            1 if length > 0 => input[random.below(length)] = random.below(256) as u8,
            2 | 3 => {
                input.drain(random.range(length));
            }
            4 => {
                let piece = input[random.range(length)].to_vec();
                insert(input, random.below(length + 1), &piece);
            }
            5 => {
                let (a, b) = (random.range(length), random.range(length));
                if a.end <= b.start {
                    let (first, second) = (input[a.clone()].to_vec(), input[b.clone()].to_vec());
                    input.splice(b, first);
                    input.splice(a, second);
                }
            }
            6 => {
                input.drain(line(input, random));
            }
            7 => {
                let piece = input[line(input, random)].to_vec();
                insert(input, line(input, random).start, &piece);
            }
            8 => {
                let piece: Vec<u8> = input.drain(line(input, random)).collect();
                insert(input, line(input, random).start, &piece);
            }
            9 => {
                let piece = other[random.range(other.len())].to_vec();
                insert(input, random.below(length + 1), &piece);
            }
            10 => {
                let piece = other[line(other, random)].to_vec();
                insert(input, line(input, random).start, &piece);
            }
            11 => {
                input.truncate(random.below(length + 1));
                input.extend_from_slice(&other[random.below(other.len() + 1)..]);
            }
            12 => insert(input, random.below(length + 1), ODD[random.below(ODD.len())]),
            13 => {
                let place = number(input, random).unwrap_or_else(|| random.range(length));
                input.splice(place, EDGES[random.below(EDGES.len())].bytes());
            }
            14 if random.one_in(12) => nest(input, random),
            15 if random.one_in(12) => {
                let piece = input[random.range(length)].to_vec();
                let times = 1 + random.below(if random.one_in(10) { 4_000 } else { 60 });
                insert(input, random.below(length + 1), &piece.repeat(times));
            }
            16 if random.one_in(8) => {
                let text = input.split(|byte| *byte == b'\n').collect::<Vec<_>>().join(&b"\r\n"[..]);
                *input = text;
            }
            _ => {
                let Some(word) = self.words.get(random.below(self.words.len())) else { return };
                match random.below(3) {
                    // In the place of a word, between words, or anywhere.
                    0 => {
                        let place = token(input, random);
                        input.splice(place, word.iter().copied());
                    }
                    1 => insert(input, token(input, random).start, word),
                    _ => insert(input, random.below(length + 1), word),
                }
            }
        }
    }
}

fn insert(input: &mut Vec<u8>, at: usize, piece: &[u8]) {
    let at = at.min(input.len());
    input.splice(at..at, piece.iter().copied());
}

/// A line with its end.
fn line(input: &[u8], random: &Random) -> std::ops::Range<usize> {
    let at = random.below(input.len() + 1);
    let start = input[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |before| before + 1);
    let end = input[at..].iter().position(|byte| *byte == b'\n').map_or(input.len(), |after| at + after + 1);
    start..end
}

/// The letters and digits around a place.
fn token(input: &[u8], random: &Random) -> std::ops::Range<usize> {
    let at = random.below(input.len() + 1);
    let inside = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let start = at - input[..at].iter().rev().take_while(|byte| inside(byte)).count();
    let end = at + input[at..].iter().take_while(|byte| inside(byte)).count();
    start..end
}

/// The first number after a place.
fn number(input: &[u8], random: &Random) -> Option<std::ops::Range<usize>> {
    let at = random.below(input.len() + 1);
    let start = at + input[at..].iter().position(u8::is_ascii_digit)?;
    let end = start + input[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    Some(start..end)
}

/// Puts brackets around a piece, often more than anybody would.
fn nest(input: &mut Vec<u8>, random: &Random) {
    const PAIRS: [(&str, &str); 9] = [
        ("[", "]"),
        ("{", "}"),
        ("(", ")"),
        ("{a: ", "}"),
        ("{\"a\":", "}"),
        ("- ", ""),
        ("!", ""),
        ("not(", ")"),
        ("\"", "\""),
    ];
    let (open, close) = PAIRS[random.below(PAIRS.len())];
    let times = 1 + random.below(if random.one_in(6) { 3_000 } else { 40 });
    let place = random.range(input.len());
    insert(input, place.end, close.repeat(times).as_bytes());
    insert(input, place.start, open.repeat(times).as_bytes());
}
