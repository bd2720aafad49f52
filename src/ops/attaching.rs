//! The pictures with posts: hanging them on, changing them, taking in those of other servers.

use super::publishing::{next_version, say_again};
use super::{Core, files};
use crate::db::{Tx, attachments, posts};
use crate::error::Result;
use crate::model::picture::MOST_PICTURES;
use crate::model::{Attachment, AttachmentId, FileHash, Post, PostId};

/// Most pictures that we take with a post of another server.
pub const MOST_ARRIVED: usize = 8;

/// A picture of ours for a post, and what it shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen {
    pub hash: FileHash,
    /// Empty for mere decoration.
    pub alt: String,
}

/// A picture that came with a post of another server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArrivedPicture {
    pub url: String,
    pub media_type: String,
    pub alt: String,
    pub width: Option<i64>,
    pub height: Option<i64>,
}

/// Hangs these pictures on a post of ours, in the transaction that writes it; what hung there before goes. Says whether
/// anything changed.
///
/// # Errors
/// [`crate::error::Error::NotFound`] when a picture has been thrown away meanwhile.
pub async fn hang(core: &Core, tx: &mut Tx, post: PostId, chosen: &[Chosen]) -> Result<bool> {
    let mut wanted: Vec<&Chosen> = Vec::new();
    for one in chosen {
        if wanted.len() < MOST_PICTURES && wanted.iter().all(|other| other.hash != one.hash) {
            wanted.push(one);
        }
    }
    let before = attachments::of(tx, post).await?;
    let is_same = |(old, new): (&Attachment, &&Chosen)| old.file_hash.as_ref() == Some(&new.hash) && old.alt == new.alt;
    if before.len() == wanted.len() && before.iter().zip(&wanted).all(is_same) {
        return Ok(false);
    }
    let mut in_order: Vec<&FileHash> = wanted.iter().map(|one| &one.hash).collect();
    in_order.sort();
    let mut pictures = Vec::new();
    for hash in in_order {
        pictures.push(files::begin_use(tx, hash).await?);
    }
    let gone = attachments::clear(tx, post).await?;
    for (position, one) in wanted.iter().enumerate() {
        let Some(picture) = pictures.iter().find(|picture| picture.hash == one.hash) else { continue };
        let attachment = Attachment {
            id: AttachmentId(core.ids.next()),
            post_id: post,
            position: i64::try_from(position).unwrap_or(i64::MAX),
            file_hash: Some(one.hash.clone()),
            remote_url: None,
            media_type: picture.media_type.clone(),
            alt: one.alt.clone(),
            width: Some(picture.width),
            height: Some(picture.height),
        };
        attachments::insert(tx, &attachment).await?;
    }
    files::end_use(core, tx, gone.into_iter().filter_map(|(hash,)| hash)).await?;
    Ok(true)
}

/// Changes the pictures of a post whose words [`super::publishing::edit`] has just brought from `before` to `after`: a new
/// version also when the words stayed as they were.
///
/// # Errors
/// As [`hang`].
pub async fn change(core: &Core, tx: &mut Tx, before: &Post, after: &Post, chosen: &[Chosen]) -> Result<()> {
    if !hang(core, tx, after.id, chosen).await? || after.updated_at > before.updated_at {
        return Ok(());
    }
    let mut post = posts::lock(tx, after.id).await?;
    post.updated_at = next_version(core, post.updated_at);
    post.edited_at = Some(post.updated_at);
    posts::revise(tx, &post).await?;
    say_again(core, tx, &post).await
}

/// A post is removed by its author: its pictures go.
///
/// # Errors
/// When the database can't be written.
pub async fn let_go(core: &Core, tx: &mut Tx, post: PostId) -> Result<()> {
    let gone = attachments::clear(tx, post).await?;
    files::end_use(core, tx, gone.into_iter().filter_map(|(hash,)| hash)).await
}

/// The pictures of this version of another server's post.
///
/// # Errors
/// When the database can't be written.
pub async fn take_in(core: &Core, tx: &mut Tx, post: PostId, arrived: &[ArrivedPicture]) -> Result<()> {
    let before = attachments::of(tx, post).await?;
    let arrived = &arrived[..arrived.len().min(MOST_ARRIVED)];
    let is_same = |(old, new): (&Attachment, &ArrivedPicture)| old.remote_url.as_deref() == Some(&new.url) && old.alt == new.alt;
    if before.len() == arrived.len() && before.iter().zip(arrived).all(is_same) {
        return Ok(());
    }
    attachments::clear(tx, post).await?;
    for (position, one) in arrived.iter().enumerate() {
        // What we know better than the other server says.
        let known = before.iter().find(|old| old.remote_url.as_deref() == Some(&one.url));
        let attachment = Attachment {
            id: AttachmentId(core.ids.next()),
            post_id: post,
            position: i64::try_from(position).unwrap_or(i64::MAX),
            file_hash: None,
            remote_url: Some(one.url.clone()),
            media_type: known.map_or_else(|| one.media_type.clone(), |known| known.media_type.clone()),
            alt: one.alt.clone(),
            width: known.map_or(one.width, |known| known.width),
            height: known.map_or(one.height, |known| known.height),
        };
        attachments::insert(tx, &attachment).await?;
    }
    Ok(())
}
