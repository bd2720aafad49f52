//! Pictures of other servers: fetched when somebody first looks, kept like our own, shown from here. Only addresses that
//! stand with a post or an actor come this far.

use super::finding::Finder;
use super::pictures::Shape;
use super::{Core, files};
use crate::db::{attachments, files as rows};
use crate::error::{Error, Result};
use crate::model::{Picture, Time};

/// A picture that could not be had is asked for again after this long.
const TRY_AGAIN: i64 = Time::HOUR;
/// How often it is written down that somebody looked.
const NOTE_USE: i64 = Time::DAY;

/// The picture at an address of another server. Those who ask at the same time wait for one fetch.
///
/// # Errors
/// [`Error::NotFound`] when it can't be had.
pub async fn get(core: &Core, finder: &dyn Finder, url: &str, shape: Shape) -> Result<Picture> {
    if let Some(kept) = kept(core, url).await? {
        return kept;
    }
    let turn = core.desk.turn(url);
    let _turn = turn.lock().await;
    if let Some(kept) = kept(core, url).await? {
        return kept;
    }
    let room = core.desk.fetching.acquire().await.map_err(|error| Error::Internal(error.to_string()))?;
    let fetched = finder.fetch_picture(url).await;
    drop(room);
    let outcome = match fetched {
        Ok(bytes) => files::store(core, None, bytes, shape).await?.map_err(|flaw| flaw.to_string()),
        Err(Error::Forbidden(_)) => return Err(Error::NotFound),
        Err(error @ (Error::Unavailable(_) | Error::Internal(_))) => return Err(error),
        Err(error) => Err(error.to_string()),
    };
    let now = core.now();
    let mut tx = core.db.begin().await?;
    let mut row = rows::RemoteFile { url: url.to_owned(), file_hash: None, error: None, fetched_at: now, used_at: now };
    let got = match outcome {
        Ok(picture) => {
            files::begin_use(&mut tx, &picture.hash).await?;
            attachments::measured(&mut tx, url, &picture.media_type, picture.width, picture.height).await?;
            row.file_hash = Some(picture.hash.clone());
            Ok(picture)
        }
        Err(why) => {
            // Without its query, which may be what opens it.
            let address = url.split('?').next().unwrap_or_default();
            tracing::info!(address, why, "another server's picture");
            row.error = Some(why);
            Err(Error::NotFound)
        }
    };
    rows::set_remote(&mut tx, &row).await?;
    tx.commit().await?;
    got
}

/// What we have, or that we tried it not long ago; none when it must be fetched.
async fn kept(core: &Core, url: &str) -> Result<Option<Result<Picture>>> {
    let now = core.now();
    let mut conn = core.db.conn();
    let Some(row) = rows::remote(&mut conn, url).await? else { return Ok(None) };
    let Some(hash) = row.file_hash else {
        return Ok((row.fetched_at.plus(TRY_AGAIN) > now).then_some(Err(Error::NotFound)));
    };
    let Some(picture) = rows::by_hash(&mut conn, &hash).await? else { return Ok(None) };
    if row.used_at.plus(NOTE_USE) < now {
        // Looking goes on when the database can't be written.
        if let Ok(mut tx) = core.db.begin().await
            && rows::see_remote(&mut tx, url, now).await.is_ok()
        {
            let _ = tx.commit().await;
        }
    }
    Ok(Some(Ok(picture)))
}

/// What was fetched from an address is not in the storage any more, such as after a restore: it is fetched again when somebody
/// looks.
///
/// # Errors
/// When the database can't be written.
pub async fn lost(core: &Core, url: &str) -> Result<()> {
    let mut tx = core.db.begin().await?;
    rows::forget_fetched(&mut tx, url).await?;
    tx.commit().await
}
