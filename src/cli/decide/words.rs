//! Eight bytes of a text at once, as one number whose lowest byte comes first.

const ONES: u64 = u64::MAX / 255;
const LOW_BITS: u64 = 0x7f * ONES;
const HIGH_BITS: u64 = 0x80 * ONES;

/// The first eight bytes; there must be as many.
pub fn word(bytes: &[u8]) -> u64 {
    bytes.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

/// The bytes that are this one, each as its highest bit.
pub fn equal(word: u64, byte: u8) -> u64 {
    let differing = word ^ (u64::from(byte) * ONES);
    !(((differing & LOW_BITS) + LOW_BITS) | differing | LOW_BITS)
}

/// Something, if a byte is not visible ASCII.
pub fn blank(word: u64) -> u64 {
    (word | word.wrapping_sub(0x21 * ONES) | word.wrapping_add(ONES)) & HIGH_BITS
}

/// The place of the first byte that was found.
pub fn first(found: u64) -> usize {
    found.trailing_zeros() as usize / 8
}

/// How many bytes stand before the first that ends a plain JSON string: a quote, a backslash or a control
/// character.
pub fn plain(bytes: &[u8]) -> Option<usize> {
    let words = bytes.chunks_exact(8);
    let rest = words.remainder();
    for (at, chunk) in (0..).step_by(8).zip(words) {
        let word = word(chunk);
        // Of the bytes below a bound only the lowest is sure, and no other is asked for.
        let control = word.wrapping_sub(0x20 * ONES) & !word & HIGH_BITS;
        let found = equal(word, b'"') | equal(word, b'\\') | control;
        if found != 0 {
            return Some(at + first(found));
        }
    }
    let ends = |byte: &u8| matches!(byte, b'"' | b'\\' | ..b' ');
    rest.iter().position(ends).map(|at| bytes.len() - rest.len() + at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_find_what_bytes_find() {
        let texts: Vec<Vec<u8>> = (0..=255u8)
            .flat_map(|byte| {
                (0..20).flat_map(move |at| {
                    [b'"', b'\\', 0x1f, b'x'].map(|other| {
                        let mut text = vec![b'!'; 20];
                        text[at] = byte;
                        text[(at * 7 + 3) % 20] = other;
                        text
                    })
                })
            })
            .collect();
        for text in texts {
            let ends = |byte: &u8| *byte == b'"' || *byte == b'\\' || *byte < 0x20;
            assert_eq!(plain(&text), text.iter().position(ends), "{text:?}");
            for byte in [b'"', b',', 0, 0x80, 0xff] {
                let found = equal(word(&text), byte);
                let places: Vec<usize> = (0..8).filter(|at| found >> (8 * at + 7) & 1 == 1).collect();
                let expected: Vec<usize> = (0..8).filter(|at| text[*at] == byte).collect();
                assert_eq!(places, expected, "{byte} in {text:?}");
                assert_eq!(found & LOW_BITS, 0);
            }
            let visible = text[..8].iter().all(|byte| (0x21..0x7f).contains(byte));
            assert_eq!(blank(word(&text)) == 0, visible, "{text:?}");
        }
    }
}
