//! Ed25519 keys of actors as the wire writes them (FEP-521a): multibase of a two-byte name and the key.

use super::ids::ActorId;

/// What says that an Ed25519 public key follows, and that a private one does.
const PUBLIC: [u8; 2] = [0xed, 0x01];
const PRIVATE: [u8; 2] = [0x80, 0x26];

/// A row of `multikey`.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Multikey {
    pub key_id: String,
    pub actor_id: ActorId,
    /// `z6Mk...`
    pub public_key: String,
    /// Of our own actors only.
    pub private_key: Option<String>,
}

impl Multikey {
    /// The id of the Ed25519 key of an actor of ours.
    #[must_use]
    pub fn id_of(actor: &str) -> String {
        format!("{actor}#ed25519-key")
    }
}

/// Writes a public key.
#[must_use]
pub fn write_public(key: &[u8]) -> String {
    write(PUBLIC, key)
}

/// Writes the seed of a private key.
#[must_use]
pub fn write_private(seed: &[u8]) -> String {
    write(PRIVATE, seed)
}

/// Reads a public key; nothing when it is no Ed25519 key.
#[must_use]
pub fn read_public(text: &str) -> Option<[u8; 32]> {
    read(PUBLIC, text)
}

/// Reads the seed of a private key.
#[must_use]
pub fn read_private(text: &str) -> Option<[u8; 32]> {
    read(PRIVATE, text)
}

/// Base58 with the letter that says so: how multibase writes a signature too.
#[must_use]
pub fn base58(bytes: &[u8]) -> String {
    format!("z{}", bs58::encode(bytes).into_string())
}

/// The bytes of multibase in base58; nothing for other bases, and for more than any key or signature of ours is long.
#[must_use]
pub fn from_base58(text: &str) -> Option<Vec<u8>> {
    bs58::decode(text.strip_prefix('z').filter(|rest| rest.len() <= 100)?).into_vec().ok()
}

fn write(name: [u8; 2], key: &[u8]) -> String {
    base58(&[name.as_slice(), key].concat())
}

fn read(name: [u8; 2], text: &str) -> Option<[u8; 32]> {
    from_base58(text)?.strip_prefix(&name)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_as_they_are_published() {
        // The key of the examples of vc-di-eddsa and of FEP-8b32.
        let (public, private) = ("z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2", "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq");
        assert_eq!(write_public(&read_public(public).unwrap()), public);
        assert_eq!(write_private(&read_private(private).unwrap()), private);
        for wrong in ["", "z", "z6Mk", "6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2", "uabc", private] {
            assert!(read_public(wrong).is_none(), "{wrong}");
        }
        assert!(from_base58(&format!("z{}", "1".repeat(200))).is_none());
    }
}
