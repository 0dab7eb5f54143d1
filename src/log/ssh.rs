//! SSH keys and the signatures that `ssh-keygen -Y sign` makes with them (the format is SSHSIG, version 1).
//!
//! Only ed25519 keys are read: on a disk, or on a security key that somebody has to touch (sk). Everything is
//! strict: what `ssh-keygen` would not write is refused.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest, Sha256, Sha512};

use crate::limits::SIGNATURE;

/// The namespace of sign-off: a signature made for anything else says nothing here.
pub const NAMESPACE: &str = "clearance";

const ED25519: &str = "ssh-ed25519";
const SK_ED25519: &str = "sk-ssh-ed25519@openssh.com";
const MAGIC: &[u8] = b"SSHSIG";
const BEGIN: &str = "-----BEGIN SSH SIGNATURE-----";
const END: &str = "-----END SSH SIGNATURE-----";
/// The bit that a security key sets when somebody touched it.
const TOUCHED: u8 = 1;

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    point: [u8; 32],
    /// Of a key on a security key: what it was made for, such as `ssh:`.
    application: Option<String>,
}

/// Why a text is no public key that may sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadKey {
    /// It is a private key.
    Private,
    /// It is of another kind.
    OtherKind,
    /// It is cut off, or something in it was changed.
    Damaged,
}

/// Why a signature does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BadSignature {
    /// It is not what `ssh-keygen` writes: cut off, or changed.
    Damaged,
    /// It was made for something else.
    Namespace(String),
    /// It was made with a key of another kind.
    OtherKind,
    /// Nobody touched the security key.
    NotTouched,
    /// It is of another text, or was changed.
    OtherText,
}

impl fmt::Display for BadSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BadSignature::Damaged => f.write_str("it is not as `ssh-keygen` writes signatures"),
            BadSignature::Namespace(found) => {
                write!(f, "it was made for `{found}`, not for `{NAMESPACE}`")
            }
            BadSignature::OtherKind => f.write_str("it was made with a key that is not ed25519"),
            BadSignature::NotTouched => f.write_str("nobody touched the security key it was made with"),
            BadSignature::OtherText => f.write_str("it is not of this text: one of the two was changed"),
        }
    }
}

impl PublicKey {
    /// Reads `ssh-ed25519 AAAA...` or `sk-ssh-ed25519@openssh.com AAAA...`; a comment may follow.
    pub fn parse(text: &str) -> Result<PublicKey, BadKey> {
        if text.contains("PRIVATE KEY") {
            return Err(BadKey::Private);
        }
        let mut words = text.split_whitespace();
        let (kind, body) = (words.next().ok_or(BadKey::Damaged)?, words.next());
        if kind != ED25519 && kind != SK_ED25519 {
            return Err(BadKey::OtherKind);
        }
        let blob = body.and_then(|body| STANDARD.decode(body).ok()).ok_or(BadKey::Damaged)?;
        match PublicKey::from_blob(&blob) {
            Some(key) if key.kind() == kind => Ok(key),
            _ => Err(BadKey::Damaged),
        }
    }

    fn from_blob(blob: &[u8]) -> Option<PublicKey> {
        let mut reader = Reader(blob);
        let kind = reader.text()?;
        let point: [u8; 32] = reader.string()?.try_into().ok()?;
        let application = match kind {
            ED25519 => None,
            SK_ED25519 => Some(reader.text()?.to_string()),
            _ => return None,
        };
        // Some points are no keys, or keys for which anything verifies.
        let sound = VerifyingKey::from_bytes(&point).is_ok_and(|key| !key.is_weak());
        (sound && reader.0.is_empty()).then_some(PublicKey { point, application })
    }

    fn kind(&self) -> &'static str {
        if self.application.is_some() { SK_ED25519 } else { ED25519 }
    }

    fn blob(&self) -> Vec<u8> {
        let mut blob = Vec::new();
        string(&mut blob, self.kind().as_bytes());
        string(&mut blob, &self.point);
        if let Some(application) = &self.application {
            string(&mut blob, application.as_bytes());
        }
        blob
    }

    /// `SHA256:...`, as `ssh-keygen -l` prints it.
    pub fn fingerprint(&self) -> String {
        format!("SHA256:{}", STANDARD_NO_PAD.encode(Sha256::digest(self.blob())))
    }

    /// The key as it stands in a `.pub` file, without the comment.
    pub fn line(&self) -> String {
        format!("{} {}", self.kind(), STANDARD.encode(self.blob()))
    }
}

/// The key with which `armored` was made, if it is a valid signature of `message` for [`NAMESPACE`].
pub fn signer(armored: &str, message: &[u8]) -> Result<PublicKey, BadSignature> {
    let damaged = BadSignature::Damaged;
    let blob = unarmored(armored).ok_or(damaged.clone())?;
    let Parsed { key, namespace, hash, kind, signature, rest } = parsed(&blob).ok_or(damaged.clone())?;
    if namespace != NAMESPACE {
        return Err(BadSignature::Namespace(namespace.to_string()));
    }
    let digest = match hash {
        "sha512" => Sha512::digest(message).to_vec(),
        "sha256" => Sha256::digest(message).to_vec(),
        _ => return Err(damaged),
    };
    let key_kind = Reader(key).text().ok_or(damaged.clone())?;
    if key_kind != ED25519 && key_kind != SK_ED25519 {
        return Err(BadSignature::OtherKind);
    }
    let key = PublicKey::from_blob(key).ok_or(damaged.clone())?;
    let bytes: [u8; 64] = signature.try_into().map_err(|_| damaged.clone())?;
    if kind != key.kind() {
        return Err(damaged);
    }
    let mut signed = MAGIC.to_vec();
    for part in [namespace.as_bytes(), b"", hash.as_bytes(), &digest] {
        string(&mut signed, part);
    }
    if let Some(application) = &key.application {
        // The security key signs digests, and says whether it was touched and how often it was used.
        let [flags, counter @ ..] = rest else { return Err(damaged) };
        if counter.len() != 4 {
            return Err(damaged);
        }
        if flags & TOUCHED == 0 {
            return Err(BadSignature::NotTouched);
        }
        let text = Sha256::digest(&signed);
        signed = Sha256::digest(application.as_bytes()).to_vec();
        signed.extend(rest);
        signed.extend(text);
    } else if !rest.is_empty() {
        return Err(damaged);
    }
    let point = VerifyingKey::from_bytes(&key.point).map_err(|_| damaged)?;
    let holds = point.verify_strict(&signed, &Signature::from_bytes(&bytes));
    holds.map(|()| key).map_err(|_| BadSignature::OtherText)
}

/// The pieces of a signature.
struct Parsed<'b> {
    key: &'b [u8],
    namespace: &'b str,
    hash: &'b str,
    kind: &'b str,
    signature: &'b [u8],
    /// What follows the signature proper: of a security key a byte of flags and a counter.
    rest: &'b [u8],
}

fn parsed(blob: &[u8]) -> Option<Parsed<'_>> {
    let mut reader = Reader(blob.strip_prefix(MAGIC)?);
    let version = reader.number()?;
    let (key, namespace, reserved) = (reader.string()?, reader.text()?, reader.string()?);
    let hash = reader.text()?;
    let mut inner = Reader(reader.string()?);
    let (kind, signature) = (inner.text()?, inner.string()?);
    let whole = version == 1 && reserved.is_empty() && reader.0.is_empty();
    whole.then_some(Parsed { key, namespace, hash, kind, signature, rest: inner.0 })
}

/// The bytes between the two lines that frame a signature.
fn unarmored(armored: &str) -> Option<Vec<u8>> {
    let text = armored.trim();
    if text.len() > SIGNATURE {
        return None;
    }
    let body = text.strip_prefix(BEGIN)?.strip_suffix(END)?;
    let lines: Vec<&str> = body.lines().map(|line| line.strip_suffix('\r').unwrap_or(line)).collect();
    // The frame stands on lines of its own.
    let framed = lines.first().is_some_and(|line| line.is_empty()) && body.ends_with('\n');
    framed.then(|| STANDARD.decode(lines.concat()).ok())?
}

/// What is not read yet.
struct Reader<'b>(&'b [u8]);

impl<'b> Reader<'b> {
    fn number(&mut self) -> Option<u32> {
        let (number, rest) = self.0.split_first_chunk::<4>()?;
        self.0 = rest;
        Some(u32::from_be_bytes(*number))
    }

    fn string(&mut self) -> Option<&'b [u8]> {
        let length = usize::try_from(self.number()?).ok()?;
        let (string, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(string)
    }

    fn text(&mut self) -> Option<&'b str> {
        std::str::from_utf8(self.string()?).ok()
    }
}

/// Appends a string with its length before it.
fn string(blob: &mut Vec<u8>, bytes: &[u8]) {
    blob.extend((bytes.len() as u32).to_be_bytes());
    blob.extend(bytes);
}
