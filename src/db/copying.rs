//! What a copy from SQLite keeps in the PostgreSQL it goes to, until it is whole: how far it is, and the foreign keys that
//! are put back at the end. All of it lies in `_meent_copy`, which no migration knows: it goes with the end of the copy.

use sqlx::AssertSqlSafe;

use super::walking::{Table, quoted};
use super::{Conn, Db, Tx, on};
use crate::error::Result;

/// Whether a copy into this database was begun and is not whole yet.
///
/// # Errors
/// When it can't be read.
pub async fn is_under_way(db: &Db) -> Result<bool> {
    let mut conn = db.conn();
    let (there,): (bool,) = on!(conn,
        sqlite c => sqlx::query_as("SELECT FALSE").fetch_one(c).await,
        postgres c => sqlx::query_as("SELECT to_regclass('_meent_copy') IS NOT NULL").fetch_one(c).await)?;
    Ok(there)
}

/// Makes room for the notes.
pub async fn begin(tx: &mut Tx) -> Result<()> {
    on!(tx, c => sqlx::query("CREATE TABLE _meent_copy (kind TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (kind, name))")
        .execute(c).await.map(drop))?;
    Ok(())
}

/// The copy is whole.
pub async fn end(tx: &mut Tx) -> Result<()> {
    on!(tx, c => sqlx::query("DROP TABLE _meent_copy").execute(c).await.map(drop))?;
    Ok(())
}

/// Notes something: `source`, where it comes from; `table`, the key of the last row that was copied, or `done`; `foreign`, the
/// statement that puts a foreign key back.
pub async fn note(tx: &mut Tx, kind: &str, name: &str, value: &str) -> Result<()> {
    on!(tx, c => sqlx::query("INSERT INTO _meent_copy (kind, name, value) VALUES ($1, $2, $3) ON CONFLICT (kind, name) DO UPDATE SET value = excluded.value")
        .bind(kind).bind(name).bind(value).execute(c).await.map(drop))?;
    Ok(())
}

pub async fn noted(conn: &mut Conn, kind: &str, name: &str) -> Result<Option<String>> {
    let row: Option<(String,)> = on!(conn, c => sqlx::query_as("SELECT value FROM _meent_copy WHERE kind = $1 AND name = $2")
        .bind(kind).bind(name).fetch_optional(c).await)?;
    Ok(row.map(|(value,)| value))
}

/// Everything of a kind, by name.
pub async fn all_noted(conn: &mut Conn, kind: &str) -> Result<Vec<(String, String)>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT name, value FROM _meent_copy WHERE kind = $1 ORDER BY name").bind(kind).fetch_all(c).await)?)
}

/// Foreign keys: the table, the name, and the statement that makes it.
pub async fn foreign_keys(conn: &mut Conn) -> Result<Vec<(String, String, String)>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT conrelid::regclass::text, conname::text,
            'ALTER TABLE ' || conrelid::regclass::text || ' ADD CONSTRAINT ' || quote_ident(conname) || ' ' || pg_get_constraintdef(oid)
         FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace ORDER BY 1, 2").fetch_all(c).await)?)
}

/// Until the copy is whole: rows come in the order of their keys, not of what they name. `table` as [`foreign_keys`] gives it.
pub async fn drop_foreign_key(tx: &mut Tx, table: &str, name: &str) -> Result<()> {
    let sql = format!("ALTER TABLE {table} DROP CONSTRAINT {}", quoted(name));
    on!(tx, c => sqlx::query(AssertSqlSafe(sql)).execute(c).await.map(drop))?;
    Ok(())
}

/// Puts it back, with a check of every row.
pub async fn restore_foreign_key(tx: &mut Tx, statement: String) -> Result<()> {
    on!(tx, c => sqlx::query(AssertSqlSafe(statement)).execute(c).await.map(drop))?;
    Ok(())
}

/// Adds rows: a JSON array of objects by the names of the columns. What triggers would write because of them is copied by itself.
pub async fn insert(tx: &mut Tx, table: &Table, rows: &str) -> Result<()> {
    let name = quoted(&table.name);
    let columns: Vec<String> = table.columns.iter().map(|column| quoted(&column.name)).collect();
    let columns = columns.join(", ");
    let sql = format!("INSERT INTO {name} ({columns}) SELECT {columns} FROM json_populate_recordset(NULL::{name}, $1::json)");
    set_triggers(tx, table, false).await?;
    on!(tx, c => sqlx::query(AssertSqlSafe(sql)).bind(rows).execute(c).await.map(drop))?;
    set_triggers(tx, table, true).await
}

/// Whether the triggers of a table that we made ourselves are at work: the audit log refuses to be emptied.
async fn set_triggers(tx: &mut Tx, table: &Table, on: bool) -> Result<()> {
    let sql = format!("ALTER TABLE {} {} TRIGGER USER", quoted(&table.name), if on { "ENABLE" } else { "DISABLE" });
    on!(tx, c => sqlx::query(AssertSqlSafe(sql)).execute(c).await.map(drop))?;
    Ok(())
}

/// Empties a table that is copied anew.
pub async fn clear(tx: &mut Tx, table: &Table) -> Result<()> {
    set_triggers(tx, table, false).await?;
    let sql = format!("TRUNCATE {}", quoted(&table.name));
    on!(tx, c => sqlx::query(AssertSqlSafe(sql)).execute(c).await.map(drop))?;
    set_triggers(tx, table, true).await
}

/// New figures for who plans the queries.
pub async fn analyze(conn: &mut Conn) -> Result<()> {
    on!(conn, c => sqlx::query("ANALYZE").execute(c).await.map(drop))?;
    Ok(())
}
