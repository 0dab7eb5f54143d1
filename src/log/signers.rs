//! Who may sign, from `clinic.yaml`.

use super::ssh::{BadKey, PublicKey};
use crate::book::{Clinic, Signer};
use crate::diagnostic::{Code, Diagnostic};

/// Someone who may sign, with the key read.
#[derive(Debug, Clone)]
pub struct Known {
    /// The person.
    pub signer: Signer,
    /// The public key.
    pub key: PublicKey,
}

/// Everybody whose entry can be used. What is wrong with the others is found once, here.
pub fn known(clinic: &Clinic, out: &mut Vec<Diagnostic>) -> Vec<Known> {
    let mut known: Vec<Known> = Vec::new();
    for signer in &clinic.signers {
        if signer.name.is_empty() || signer.key.is_empty() {
            // The key or name is missing, which was already said.
            continue;
        }
        let key = match PublicKey::parse(&signer.key) {
            Ok(key) => key,
            Err(why) => {
                out.push(unreadable(signer, why));
                continue;
            }
        };
        let same = known.iter().find_map(|other| {
            let (name, key) = (other.signer.name == signer.name, other.key == key);
            (name || key).then_some((other, name))
        });
        match same {
            Some((other, name)) => out.push(twice(signer, &other.signer, name)),
            None => known.push(Known { signer: signer.clone(), key }),
        }
    }
    known
}

fn unreadable(signer: &Signer, why: BadKey) -> Diagnostic {
    let name = &signer.name;
    let message = match why {
        BadKey::Private => format!("the key of `{name}` is a private key"),
        BadKey::OtherKind => format!("the key of `{name}` is not an ed25519 key"),
        BadKey::Damaged => format!("the key of `{name}` cannot be read"),
    };
    let help = match why {
        BadKey::Private => "remove it, make a new pair, and write the line of the `.pub` file",
        BadKey::OtherKind => "`ssh-keygen -t ed25519` makes one; write the line of its `.pub` file",
        BadKey::Damaged => "copy the whole line of the `.pub` file, such as `ssh-ed25519 AAAA...`",
    };
    let note = match why {
        BadKey::Private => "whoever reads it can sign in that name",
        _ => "a signature is checked against it",
    };
    Diagnostic::error(Code::BadSigner, message).at(signer.key_span, "").note(note).help(help)
}

fn twice(signer: &Signer, other: &Signer, by_name: bool) -> Diagnostic {
    let (message, at, first) = match by_name {
        true => (format!("the signer `{}` stands twice", signer.name), signer.span, other.span),
        false => {
            let message = format!("`{}` and `{}` have the same key", other.name, signer.name);
            (message, signer.key_span, other.key_span)
        }
    };
    Diagnostic::error(Code::BadSigner, message)
        .at(at, "again here")
        .at(first, "first here")
        .note("an author and an approver are two people, each with a key of their own")
        .help("give each person one entry and one key")
}
