//! Walking over tables whoever they are: for copies and counts of the whole database. Their names, columns and keys come from
//! the database itself, so that a new table comes along by itself. Nothing else may use this: who knows a table asks by name.

use futures_util::TryStreamExt;
use serde_json::Value;
use sha2::{Digest, Sha256};
use sqlx::AssertSqlSafe;

use super::{Conn, on};
use crate::error::{Error, Result};
use crate::model::FileHash;

/// A table of ours; not those that sqlx and [`super::copying`] keep for themselves, whose names begin with `_`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    pub name: String,
    pub columns: Vec<Column>,
    /// The columns of its primary key, in the order of the key.
    pub key: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    pub text: bool,
    /// On PostgreSQL; SQLite has numbers instead.
    pub boolean: bool,
}

impl Table {
    /// Whether the other has the same columns and key, in whatever order and kind.
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        let names = |table: &Self| {
            let mut names: Vec<String> = table.columns.iter().map(|column| column.name.clone()).collect();
            names.sort_unstable();
            names
        };
        self.name == other.name && self.key == other.key && names(self) == names(other)
    }

    /// Its key as a list. Text sorts by its bytes, as SQLite does, where `collation` says so.
    fn ordered(&self, collation: &str) -> String {
        let is_text = |name: &String| self.columns.iter().any(|column| column.text && column.name == *name);
        let one = |name: &String| format!("{}{}", quoted(name), if is_text(name) { collation } else { "" });
        self.key.iter().map(one).collect::<Vec<_>>().join(", ")
    }
}

/// A name as SQL writes it.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// All tables, by name.
pub async fn tables(conn: &mut Conn) -> Result<Vec<Table>> {
    let rows: Vec<(String, String, i64, bool, bool)> = on!(conn,
        sqlite c => sqlx::query_as(
            "SELECT m.name, c.name, c.pk, c.type = 'TEXT', FALSE FROM sqlite_master m JOIN pragma_table_info(m.name) c
             WHERE m.type = 'table' AND substr(m.name, 1, 1) <> '_' AND substr(m.name, 1, 7) <> 'sqlite_' ORDER BY m.name, c.cid").fetch_all(c).await,
        postgres c => sqlx::query_as(
            "SELECT r.relname::text, a.attname::text, COALESCE(array_position(i.indkey::int2[], a.attnum) + 1, 0)::bigint,
                a.atttypid = 'text'::regtype, a.atttypid = 'bool'::regtype
             FROM pg_class r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
             LEFT JOIN pg_index i ON i.indrelid = r.oid AND i.indisprimary
             WHERE r.relkind = 'r' AND r.relnamespace = current_schema()::regnamespace AND left(r.relname, 1) <> '_'
             ORDER BY r.relname, a.attnum").fetch_all(c).await)?;
    let mut tables: Vec<Table> = Vec::new();
    let mut places: Vec<Vec<(i64, String)>> = Vec::new();
    for (table, column, place, text, boolean) in rows {
        if tables.last().is_none_or(|last| last.name != table) {
            tables.push(Table { name: table, columns: Vec::new(), key: Vec::new() });
            places.push(Vec::new());
        }
        if let (Some(table), Some(key)) = (tables.last_mut(), places.last_mut()) {
            table.columns.push(Column { name: column.clone(), text, boolean });
            if place > 0 {
                key.push((place, column));
            }
        }
    }
    for (table, mut key) in tables.iter_mut().zip(places) {
        key.sort_unstable();
        table.key = key.into_iter().map(|(_, column)| column).collect();
    }
    Ok(tables)
}

/// The rows of a table.
pub async fn count(conn: &mut Conn, table: &Table) -> Result<i64> {
    let sql = format!("SELECT COUNT(*) FROM {}", quoted(&table.name));
    let (count,): (i64,) = on!(conn, c => sqlx::query_as(AssertSqlSafe(sql)).fetch_one(c).await)?;
    Ok(count)
}

/// Rows of an SQLite table after the one whose key is `after` (a JSON array), in the order of the key: the key, and the row as
/// a JSON object.
pub async fn page(conn: &mut Conn, table: &Table, after: Option<&str>, limit: i64) -> Result<Vec<(String, String)>> {
    let key = table.ordered("");
    let fields: Vec<String> = table.columns.iter().map(|c| format!("'{}', {}", c.name, quoted(&c.name))).collect();
    let last: Vec<String> = (0..table.key.len()).map(|place| format!("json_extract($1, '$[{place}]')")).collect();
    let beyond = if after.is_some() { format!("WHERE ({key}) > ({})", last.join(", ")) } else { "WHERE $1 IS NULL".to_owned() };
    let sql = format!(
        "SELECT json_array({key}), json_object({}) FROM {} {beyond} ORDER BY {key} LIMIT $2",
        fields.join(", "),
        quoted(&table.name)
    );
    Ok(on!(conn,
        sqlite c => sqlx::query_as(AssertSqlSafe(sql)).bind(after).bind(limit).fetch_all(c).await,
        postgres _c => Err(sqlx::Error::Configuration("only SQLite is copied from".into())))?)
}

/// How many rows a table has, and a hash over all of them in the order of the key: the same for the same rows on either
/// database. `columns` are those of PostgreSQL, in the order in which
/// they are hashed.
pub async fn digest(conn: &mut Conn, table: &Table, columns: &[Column]) -> Result<(i64, String)> {
    let select = |boolean: bool| {
        let list: Vec<String> = columns
            .iter()
            .map(|column| if boolean && column.boolean { format!("{}::integer", quoted(&column.name)) } else { quoted(&column.name) })
            .collect();
        list.join(", ")
    };
    let (mut rows, mut hash) = (0_i64, Sha256::new());
    on!(conn,
    sqlite c => {
        let sql = format!("SELECT json_array({}) FROM {} ORDER BY {}", select(false), quoted(&table.name), table.ordered(""));
        let mut stream = sqlx::query_as::<_, (String,)>(AssertSqlSafe(sql)).fetch(c);
        while let Some((row,)) = stream.try_next().await? {
            rows += 1;
            add(&mut hash, &row)?;
        }
    },
    postgres c => {
        let sql = format!("SELECT json_build_array({})::text FROM {} ORDER BY {}", select(true), quoted(&table.name), table.ordered(" COLLATE \"C\""));
        let mut stream = sqlx::query_as::<_, (String,)>(AssertSqlSafe(sql)).fetch(c);
        while let Some((row,)) = stream.try_next().await? {
            rows += 1;
            add(&mut hash, &row)?;
        }
    });
    Ok((rows, FileHash::of(&hash.finalize()).to_string()))
}

/// The two databases write the same JSON with other spaces and escapes.
fn add(hash: &mut Sha256, row: &str) -> Result<()> {
    let row: Value = serde_json::from_str(row).map_err(|error| Error::Internal(format!("a row that can't be read: {error}")))?;
    hash.update(row.to_string().as_bytes());
    hash.update(b"\n");
    Ok(())
}
