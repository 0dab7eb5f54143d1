//! Eight bytes of a text at once, as one number whose lowest byte comes first.

const ONES: u64 = u64::MAX / 255;
const LOW_BITS: u64 = 0x7f * ONES;
const HIGH_BITS: u64 = 0x80 * ONES;

/// The eight bytes from a place on, if there are as many.
pub fn word(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|bytes| u64::from_le_bytes(*bytes))
}

/// Up to eight bytes, and zeros behind them.
pub fn padded(bytes: &[u8]) -> u64 {
    match (bytes.first_chunk(), bytes.first_chunk()) {
        (Some(eight), _) => u64::from_le_bytes(*eight),
        (None, Some(four)) => u64::from(u32::from_le_bytes(*four)) | few(&bytes[4..]) << 32,
        (None, None) => few(bytes),
    }
}

fn few(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |all, byte| all << 8 | u64::from(*byte))
}

/// The first bytes, so many, with letters in place of the others.
pub fn start(word: u64, bytes: usize) -> u64 {
    match 8u32.checked_sub(bytes as u32) {
        Some(0) | None => word,
        Some(8) => u64::from(b'x') * ONES,
        Some(others) => {
            let own = u64::MAX >> (8 * others);
            (word & own) | ((u64::from(b'x') * ONES) & !own)
        }
    }
}

/// The bytes that are this one, each as its highest bit.
pub fn equal(word: u64, byte: u8) -> u64 {
    let differing = word ^ (u64::from(byte) * ONES);
    !(((differing & LOW_BITS) + LOW_BITS) | differing | LOW_BITS)
}

/// The same, where all bytes are ASCII.
pub fn equal_ascii(word: u64, byte: u8) -> u64 {
    !((word ^ (u64::from(byte) * ONES)) + LOW_BITS) & HIGH_BITS
}

/// Something, if a byte is not visible ASCII.
pub fn blank(word: u64) -> u64 {
    (word | word.wrapping_sub(0x21 * ONES) | word.wrapping_add(ONES)) & HIGH_BITS
}

/// The place of the first byte that was found.
pub fn first(found: u64) -> usize {
    found.trailing_zeros() as usize / 8
}

/// How many bytes from a place on stand before the first that ends a plain JSON string: a quote, a backslash or a
/// control character.
pub fn plain(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    while let Some(word) = word(bytes, at) {
        // Of the bytes below a bound only the lowest is sure, and no other is asked for.
        let control = word.wrapping_sub(0x20 * ONES) & !word & HIGH_BITS;
        let found = equal(word, b'"') | equal(word, b'\\') | control;
        if found != 0 {
            return Some(at + first(found) - from);
        }
        at += 8;
    }
    let ends = |byte: &u8| matches!(byte, b'"' | b'\\' | ..b' ');
    bytes.get(at..)?.iter().position(ends).map(|found| at + found - from)
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
            for from in [0, 3, 20] {
                assert_eq!(plain(&text, from), text[from..].iter().position(ends), "{text:?}");
            }
            for length in 0..=8 {
                let mut bytes = [0; 8];
                bytes[..length].copy_from_slice(&text[..length]);
                assert_eq!(padded(&text[..length]), u64::from_le_bytes(bytes), "{text:?}");
                bytes[length..].fill(b'x');
                assert_eq!(start(padded(&text[..8]), length), u64::from_le_bytes(bytes), "{text:?}");
            }
            let text_word = word(&text, 0).expect("eight bytes");
            assert_eq!((word(&text, 12).is_some(), word(&text, 13), word(&text, 21)), (true, None, None));
            for byte in [b'"', b',', 0, 0x80, 0xff] {
                let found = equal(text_word, byte);
                let places: Vec<usize> = (0..8).filter(|at| found >> (8 * at + 7) & 1 == 1).collect();
                let expected: Vec<usize> = (0..8).filter(|at| text[*at] == byte).collect();
                assert_eq!(places, expected, "{byte} in {text:?}");
                assert_eq!(found & LOW_BITS, 0);
                if text_word & HIGH_BITS == 0 && byte < 0x80 {
                    assert_eq!(equal_ascii(text_word, byte), found);
                }
            }
            let visible = text[..8].iter().all(|byte| (0x21..0x7f).contains(byte));
            assert_eq!(blank(text_word) == 0, visible, "{text:?}");
        }
    }
}
