//! The database as a whole: a copy of SQLite at one moment, a moment of PostgreSQL that `pg_dump` can share, whether a place
//! is empty, and databases that are made and dropped again. What is copied, and where to, is decided in `ops/keeping/`.

use std::path::Path;

use sqlx::{AssertSqlSafe, Connection, SqliteConnection};

use super::walking::quoted;
use super::{Conn, Db, Tx, on};
use crate::error::{Error, Result};
use crate::model::{ActorId, FileHash};

/// SQLite asks after so many steps of its machine whether it should go on: some hundred times a second.
const STEPS: i32 = 100_000;

/// Writes the whole of SQLite, as it is at this moment, into a file that is empty or not there, while `goes_on` says yes. Others
/// go on writing.
///
/// # Errors
/// When it can't be read or written, or was ended; on PostgreSQL.
pub async fn vacuum_into(db: &Db, file: &Path, goes_on: impl FnMut() -> bool + Send + 'static) -> Result<()> {
    let Db::Sqlite { write, .. } = db else { return Err(Error::Internal("only SQLite is copied this way".into())) };
    // A connection of its own: the one that writes stays free for others.
    let mut connection = SqliteConnection::connect_with(&write.connect_options()).await?;
    let text = file.to_str().ok_or_else(|| Error::Bad(format!("{} is not a name that SQLite can write to", file.display())))?;
    connection.lock_handle().await?.set_progress_handler(STEPS, goes_on);
    sqlx::query("VACUUM INTO $1").bind(text).execute(&mut connection).await?;
    connection.close().await?;
    Ok(())
}

/// Everything that is read in this transaction is of one moment, which others share by its name.
pub async fn share_moment(tx: &mut Tx) -> Result<String> {
    on!(tx, c => sqlx::query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY").execute(c).await.map(drop))?;
    // However long it takes.
    on!(tx, c => sqlx::query("SET LOCAL idle_in_transaction_session_timeout = 0").execute(c).await.map(drop))?;
    let (name,): (String,) = on!(tx, c => sqlx::query_as("SELECT pg_export_snapshot()").fetch_one(c).await)?;
    Ok(name)
}

/// The major version of PostgreSQL.
pub async fn postgres_version(conn: &mut Conn) -> Result<i64> {
    let (version,): (i64,) =
        on!(conn, c => sqlx::query_as("SELECT CAST(current_setting('server_version_num') AS BIGINT) / 10000").fetch_one(c).await)?;
    Ok(version)
}

/// How many tables there are, whosever they are.
pub async fn count_tables(conn: &mut Conn) -> Result<i64> {
    let (count,): (i64,) = on!(conn,
        sqlite c => sqlx::query_as("SELECT COUNT(*) FROM sqlite_master WHERE type = 'table'").fetch_one(c).await,
        postgres c => sqlx::query_as("SELECT COUNT(*) FROM pg_class WHERE relkind IN ('r', 'S') AND relnamespace = current_schema()::regnamespace")
            .fetch_one(c).await)?;
    Ok(count)
}

/// What SQLite finds wrong with its file; `ok` when nothing.
pub async fn integrity(conn: &mut Conn) -> Result<String> {
    let (found,): (String,) = on!(conn,
        sqlite c => sqlx::query_as("PRAGMA integrity_check(1)").fetch_one(c).await,
        postgres c => sqlx::query_as("SELECT 'ok'").fetch_one(c).await)?;
    Ok(found)
}

/// Removes every table and sequence, with the functions of their triggers, from a PostgreSQL that was empty when we began.
pub async fn drop_tables(conn: &mut Conn) -> Result<()> {
    on!(conn, c => sqlx::query(
        "DO $$ DECLARE r record; BEGIN
            FOR r IN SELECT oid::regclass AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace LOOP
                EXECUTE format('DROP TABLE IF EXISTS %s CASCADE', r.name);
            END LOOP;
            FOR r IN SELECT oid::regclass AS name FROM pg_class WHERE relkind = 'S' AND relnamespace = current_schema()::regnamespace LOOP
                EXECUTE format('DROP SEQUENCE IF EXISTS %s CASCADE', r.name);
            END LOOP;
            FOR r IN SELECT oid::regprocedure AS name FROM pg_proc WHERE pronamespace = current_schema()::regnamespace LOOP
                EXECUTE format('DROP FUNCTION IF EXISTS %s CASCADE', r.name);
            END LOOP;
         END $$").execute(c).await.map(drop))?;
    Ok(())
}

/// Makes an empty database on the same PostgreSQL. Fails where the user may not.
pub async fn create_database(conn: &mut Conn, name: &str) -> Result<()> {
    let sql = format!("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", quoted(name));
    on!(conn, c => sqlx::query(AssertSqlSafe(sql)).execute(c).await.map(drop))?;
    Ok(())
}

/// Drops it, where it is there.
pub async fn drop_database(conn: &mut Conn, name: &str) -> Result<()> {
    let sql = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", quoted(name));
    on!(conn, c => sqlx::query(AssertSqlSafe(sql)).execute(c).await.map(drop))?;
    Ok(())
}

/// Ends every session: one that was ended after the copy was made would be there again.
pub async fn end_sessions(tx: &mut Tx) -> Result<()> {
    on!(tx, c => sqlx::query("DELETE FROM session").execute(c).await.map(drop))?;
    Ok(())
}

/// Forgets links for a new password: one that was used after the copy was made would work again.
pub async fn forget_password_links(tx: &mut Tx) -> Result<()> {
    on!(tx, c => sqlx::query("DELETE FROM token WHERE purpose = 'password'").execute(c).await.map(drop))?;
    Ok(())
}

/// Mails that waited may have gone out after the copy was made; says how many.
pub async fn doubt_mails(tx: &mut Tx) -> Result<u64> {
    Ok(on!(tx, c => sqlx::query("UPDATE mail SET state = 'unsure', claimed_by = NULL WHERE state IN ('new', 'sending')")
        .execute(c).await.map(|done| done.rows_affected()))?)
}

/// The groups of other servers that somebody here is in.
pub async fn followed_groups(conn: &mut Conn) -> Result<Vec<(ActorId,)>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT g.id FROM actor g WHERE g.local = FALSE AND g.kind = 'group' AND g.deleted_at IS NULL AND EXISTS (
            SELECT 1 FROM follow f JOIN actor a ON a.id = f.follower_id WHERE f.target_id = g.id AND a.local = TRUE AND f.state = 'accepted')
         ORDER BY g.id").fetch_all(c).await)?)
}

/// People of other servers who are in a group of ours, with an outbox to read.
pub async fn guests_of_ours(conn: &mut Conn) -> Result<Vec<(ActorId,)>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT a.id FROM actor a WHERE a.local = FALSE AND a.kind = 'person' AND a.deleted_at IS NULL AND a.outbox IS NOT NULL AND EXISTS (
            SELECT 1 FROM follow f JOIN actor g ON g.id = f.target_id WHERE f.follower_id = a.id AND g.local = TRUE AND g.kind = 'group')
         ORDER BY a.id").fetch_all(c).await)?)
}

/// Pictures after one, by name, with the bytes of both sizes together.
pub async fn pictures_after(conn: &mut Conn, after: &str, limit: i64) -> Result<Vec<(FileHash, i64)>> {
    Ok(
        on!(conn, c => sqlx::query_as("SELECT hash, bytes FROM file WHERE hash > $1 ORDER BY hash LIMIT $2").bind(after).bind(limit).fetch_all(c).await)?,
    )
}
