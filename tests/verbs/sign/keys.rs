//! Keys and signatures as `ssh-keygen` makes them, made here from fixed seeds, with every piece open to damage.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clearance::inside::log::ssh::PublicKey;
use ed25519_dalek::{Signer as _, SigningKey};
use sha2::{Digest, Sha256, Sha512};

const APPLICATION: &[u8] = b"ssh:";

/// A key pair.
#[derive(Debug, Clone)]
pub struct Signer {
    pair: SigningKey,
    on_security_key: bool,
}

impl Signer {
    pub fn new(seed: u8) -> Signer {
        Signer { pair: SigningKey::from_bytes(&[seed; 32]), on_security_key: false }
    }

    pub fn security_key(seed: u8) -> Signer {
        Signer { on_security_key: true, ..Signer::new(seed) }
    }

    fn kind(&self) -> &'static str {
        if self.on_security_key { "sk-ssh-ed25519@openssh.com" } else { "ssh-ed25519" }
    }

    fn blob(&self) -> Vec<u8> {
        let point = self.pair.verifying_key().to_bytes();
        let mut parts: Vec<&[u8]> = vec![self.kind().as_bytes(), &point];
        if self.on_security_key {
            parts.push(APPLICATION);
        }
        strings(&parts)
    }

    /// The line of the `.pub` file.
    pub fn line(&self) -> String {
        format!("{} {}", self.kind(), STANDARD.encode(self.blob()))
    }

    pub fn public(&self) -> PublicKey {
        PublicKey::parse(&self.line()).expect("a key")
    }
}

/// A signature, piece by piece.
#[derive(Debug, Clone)]
pub struct Made {
    pub signer: Signer,
    pub text: Vec<u8>,
    pub signature: Vec<u8>,
    pub version: u32,
    pub key: Option<Vec<u8>>,
    pub namespace: &'static str,
    pub reserved: &'static str,
    pub hash: &'static str,
    pub kind: &'static str,
    pub flags: u8,
    pub counter: u32,
    pub trailing: &'static [u8],
}

impl Made {
    pub fn of(signer: &Signer, text: &[u8]) -> Made {
        let made = Made {
            signer: signer.clone(),
            text: text.to_vec(),
            signature: Vec::new(),
            version: 1,
            key: None,
            namespace: "clearance",
            reserved: "",
            hash: "sha512",
            kind: signer.kind(),
            flags: 1,
            counter: 7,
            trailing: b"",
        };
        made.again()
    }

    /// Signed again, as the pieces are now.
    pub fn again(mut self) -> Made {
        let digest = match self.hash {
            "sha256" => Sha256::digest(&self.text).to_vec(),
            _ => Sha512::digest(&self.text).to_vec(),
        };
        let mut signed = b"SSHSIG".to_vec();
        let parts = [self.namespace.as_bytes(), self.reserved.as_bytes(), self.hash.as_bytes(), &digest];
        signed.extend(strings(&parts));
        if self.signer.on_security_key {
            let text = Sha256::digest(&signed);
            signed = Sha256::digest(APPLICATION).to_vec();
            signed.push(self.flags);
            signed.extend(self.counter.to_be_bytes());
            signed.extend(text);
        }
        self.signature = self.signer.pair.sign(&signed).to_bytes().to_vec();
        self
    }

    pub fn blob(&self) -> Vec<u8> {
        let mut inner = strings(&[self.kind.as_bytes(), &self.signature]);
        if self.signer.on_security_key {
            inner.push(self.flags);
            inner.extend(self.counter.to_be_bytes());
        }
        let key = self.key.clone().unwrap_or_else(|| self.signer.blob());
        let mut blob = b"SSHSIG".to_vec();
        blob.extend(self.version.to_be_bytes());
        let (namespace, reserved) = (self.namespace.as_bytes(), self.reserved.as_bytes());
        blob.extend(strings(&[&key, namespace, reserved, self.hash.as_bytes(), &inner]));
        blob.extend(self.trailing);
        blob
    }

    pub fn armored(&self) -> String {
        armor(&self.blob())
    }
}

/// Strings, each with its length before it.
pub fn strings(parts: &[&[u8]]) -> Vec<u8> {
    parts.iter().flat_map(|part| [&(part.len() as u32).to_be_bytes()[..], part].concat()).collect()
}

pub fn armor(blob: &[u8]) -> String {
    let text = STANDARD.encode(blob);
    let lines: Vec<&str> =
        text.as_bytes().chunks(70).map(|line| std::str::from_utf8(line).expect("ASCII")).collect();
    format!("-----BEGIN SSH SIGNATURE-----\n{}\n-----END SSH SIGNATURE-----\n", lines.join("\n"))
}
