//! Keys, signatures and signature files: what was not signed is never taken for signed.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clearance::inside::log::file;
use clearance::inside::log::ssh::{self, BadSignature, PublicKey};
use clearance::inside::report::signoff;
use clearance::inside::rulebook::Part;
use clearance::inside::source::Folder;
use clearance::inside::written::signatures;

use crate::checks;
use crate::run::Input;
use crate::seeds;

const BEGIN: &str = "-----BEGIN SSH SIGNATURE-----";
const END: &str = "-----END SSH SIGNATURE-----";
const FILE: &str = "peel/signatures/1.yaml";

/// What was signed, for each kind of key, and by whom.
struct Signed {
    text: Vec<u8>,
    by: PublicKey,
}

pub fn executor() -> impl FnMut(&Input<'_>) -> u64 {
    let read = |name: &str| std::fs::read(format!("tests/sign/vectors/{name}")).expect("a vector");
    let signed = ["keygen", "security-key"].map(|name| {
        let key = String::from_utf8(read(&format!("{name}.pub"))).expect("a key");
        Signed { text: read(&format!("{name}.txt")), by: PublicKey::parse(&key).expect("a key") }
    });
    let bundle = std::fs::read("tests/fuzz/base/signed.rules").expect("signed rules");
    let folder = seeds::files(&bundle);
    let whole = meaning(&folder.iter().find(|(path, _)| path == FILE).expect("a signature file").1);
    move |input| match input.kind {
        "pub" => key(input),
        "sig" => signature(input, &signed),
        "yaml" => signature_file(input, &folder, &whole),
        other => panic!("nothing is called `{other}`"),
    }
}

fn key(input: &Input<'_>) -> u64 {
    match PublicKey::parse(&String::from_utf8_lossy(input.bytes)) {
        Ok(key) => {
            assert_eq!(PublicKey::parse(&key.line()).as_ref(), Ok(&key));
            checks::harmless(&key.line());
            key.fingerprint().len() as u64
        }
        Err(why) => why as u64,
    }
}

fn signature(input: &Input<'_>, signed: &[Signed]) -> u64 {
    let mut armored = String::from_utf8_lossy(input.bytes).into_owned();
    // Half of them with a change behind the frame and the letters of base64.
    if input.random.is_multiple_of(2) {
        let inside = armored.replace(BEGIN, "").replace(END, "");
        let letters: String =
            inside.chars().filter(|c| c.is_ascii_alphanumeric() || "+/=".contains(*c)).collect();
        if let Ok(mut blob) = STANDARD.decode(letters) {
            let at = (input.random >> 8) as usize % (blob.len() + 1);
            match (input.random >> 40) % 4 {
                0 if at < blob.len() => blob[at] ^= 1 << ((input.random >> 48) % 8),
                1 => blob.truncate(at),
                2 => blob.insert(at, (input.random >> 48) as u8),
                _ => {}
            }
            armored = format!("{BEGIN}\n{}\n{END}\n", STANDARD.encode(blob));
        }
    }
    let mut seen = 0;
    for one in signed {
        match ssh::signer(&armored, &one.text) {
            Ok(key) => {
                assert!(signed.iter().any(|known| known.by == key), "signed by a stranger");
                let other = [&one.text[..], b"."].concat();
                assert!(ssh::signer(&armored, &other).is_err(), "any text is signed");
                seen = checks::mix(seen, 1);
            }
            Err(why) => {
                checks::harmless(&clearance::inside::prose::visible(&why.to_string()));
                let number = match why {
                    BadSignature::Damaged => 2,
                    BadSignature::Namespace(_) => 3,
                    BadSignature::OtherKind => 4,
                    BadSignature::NotTouched => 5,
                    BadSignature::OtherText => 6,
                };
                seen = checks::mix(seen, number);
            }
        }
    }
    seen
}

/// All that a signature file says, as it would be written anew, if it can be read.
fn meaning(bytes: &[u8]) -> Option<String> {
    let (mut folder, mut found) = (Folder::new(), Vec::new());
    folder.add(FILE, bytes.to_vec(), &mut found);
    let read = signatures::read(&folder, "peel", 1, &mut found)?;
    let (content, entries) = file::content(&read)?;
    Some(file::text(&content, &entries))
}

fn signature_file(input: &Input<'_>, folder: &[(String, Vec<u8>)], whole: &Option<String>) -> u64 {
    let files = folder.iter().map(|(path, bytes)| {
        let bytes = if path == FILE { input.bytes.to_vec() } else { bytes.clone() };
        (path.as_str(), bytes)
    });
    let loaded = checks::loaded(files, Part::RulesAndCases);
    let signing = &loaded.signing;
    checks::findings(&loaded.texts, &signing.findings);
    checks::printed(&loaded.texts, &signing.findings, input.random);
    let standings: Vec<_> = signing.standings.iter().map(|(standing, _)| standing.clone()).collect();
    checks::harmless(&signoff::human(&standings));
    serde_json::from_str::<serde_json::Value>(&signoff::json(&standings).expect("JSON")).expect("JSON");
    let signed = standings.iter().any(|standing| standing.signed);
    if signed {
        let now = meaning(input.bytes);
        assert!(now.is_some(), "it is signed and cannot be read");
        if now != *whole {
            // Another file may count only with the same digest and two of the known signatures.
            let standing = &standings[0];
            assert!(standing.signatures.iter().filter(|one| one.valid).count() >= 2, "{now:?}");
        }
    }
    checks::mix(u64::from(signed), checks::kinds(&signing.findings))
}
