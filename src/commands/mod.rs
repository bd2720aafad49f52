//! What commands do that have much to say; `main.rs` has the arguments and the small ones.

pub mod keeping;
