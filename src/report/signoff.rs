//! Who signed which meaning of the rules, for people and for programs.

use super::json;
use super::lines::Lines;
use crate::log::standing::{Signed, Standing};
use crate::prose::{list, visible};

/// For programs.
pub fn json(standings: &[Standing]) -> serde_json::Result<String> {
    json::pretty(&standings)
}

/// For people, on 80 columns.
pub fn human(standings: &[Standing]) -> String {
    let mut sheet = Lines::default();
    for standing in standings {
        one(standing, &mut sheet);
    }
    sheet.0
}

fn one(standing: &Standing, sheet: &mut Lines) {
    let Standing { treatment, revision, digest, .. } = standing;
    let mut line = |indent: usize, text: String| sheet.wrap(indent, &visible(&text));
    let state = if standing.signed { "SIGNED" } else { "NOT SIGNED" };
    line(0, format!("{treatment} revision {revision}: {state}"));
    line(2, digest.clone());
    if let Some(verdict) = standing.verdict.as_deref().filter(|_| standing.file.is_some()) {
        let against = match standing.before {
            Some(before) => format!("Against revision {before}: {verdict}"),
            None => "The first signed revision".to_string(),
        };
        let lifts = if standing.lifts_a_withdrawal { ", and lifts a withdrawal" } else { "" };
        line(2, format!("{against}{lifts}."));
    }
    for signed in &standing.signatures {
        let registration =
            signed.registration.as_ref().map(|number| format!(", {number}")).unwrap_or_default();
        let Signed { by, signs_as, role, on, .. } = signed;
        let holds = match &signed.key {
            Some(key) if signed.valid => format!(", with the key {key}"),
            _ => ": does not count".to_string(),
        };
        line(2, format!("- {signs_as}: {by} ({role}{registration}) on {on}{holds}"));
    }
    if let Some(parts) = &standing.differs {
        line(2, "The rules no longer mean what was signed:".to_string());
        for (word, parts) in parts.each() {
            for part in parts {
                line(2, format!("- {word}: {part}"));
            }
        }
    }
    if !standing.missing.is_empty() {
        line(2, format!("It lacks {}.", list(&standing.missing, "and")));
    }
}

/// What was signed just now, and what is still to be done.
pub fn done(standing: &Standing, by: &str, file: &str) -> String {
    let mut sheet = Lines::default();
    let Standing { treatment, revision, .. } = standing;
    sheet.wrap(0, &visible(&format!("{by} has signed {treatment} revision {revision}.")));
    sheet.0 += &format!("Written to {}\n", visible(file));
    match standing.missing.is_empty() {
        true => sheet.wrap(0, "Nothing is missing: this meaning of the rules is signed."),
        false => sheet.wrap(0, &visible(&format!("It still lacks {}.", list(&standing.missing, "and")))),
    }
    sheet.0
}

/// How to sign without `--key`: the text goes to a file, `ssh-keygen` signs it, and the signature comes back.
pub fn by_hand(treatment: &str, revision: u32, signs_as: &str, by: &str, on: &str) -> String {
    let name = visible(&format!("{treatment}-{revision}-{signs_as}.txt"));
    let by = visible(by);
    format!(
        "The text to sign follows. Put it into a file as it is, and sign that:\n\n  \
         ssh-keygen -Y sign -n clearance -f YOUR_KEY {name}\n\n\
         Then run this command again with --signature {name}.sig, as \"{by}\" and on {on}.\n\n"
    )
}

/// How `ssh-keygen` checks what was written to `dir`: files with who signed them.
pub fn checks(dir: &str, signed: &[(String, String)]) -> String {
    let mut text = format!("\nWritten to {}. To check by hand:\n", visible(dir));
    for (name, who) in signed {
        text += &format!(
            "  ssh-keygen -Y verify -n clearance -f allowed_signers -I {} -s {name}.sig < {name}.txt\n",
            visible(who)
        );
    }
    text += "The `digest` in each text is the SHA-256 of the file of parts, `diff` that of the file of the diff.\n";
    text
}
