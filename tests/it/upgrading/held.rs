//! What a database of any version holds: a row in every table, whatever its columns are, and all of it read back as text. And a
//! way to hold a migration up in its middle.

use std::collections::BTreeMap;

use meent::db::Db;
use sqlx::{Connection, SqliteConnection};

use super::execute;

/// A column: its table, its name, what it takes, and what it refers to (`actor.id`).
type Column = (String, String, String, Option<String>);

async fn rows<T>(db: &Db, statement: &str) -> Vec<T>
where
    T: Send + Unpin + for<'r> sqlx::FromRow<'r, sqlx::sqlite::SqliteRow> + for<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow>,
{
    let statement = sqlx::AssertSqlSafe(statement.to_owned());
    match db {
        Db::Sqlite { write, .. } => sqlx::query_as(statement).fetch_all(write).await,
        Db::Postgres(pool, _) => sqlx::query_as(statement).fetch_all(pool).await,
    }
    .expect("rows")
}

async fn columns(db: &Db) -> Vec<Column> {
    let statement = match db {
        Db::Sqlite { .. } => {
            "SELECT m.name, c.name, LOWER(c.type),
                (SELECT f.\"table\" || '.' || f.\"to\" FROM pragma_foreign_key_list(m.name) f WHERE f.\"from\" = c.name)
             FROM sqlite_master m JOIN pragma_table_info(m.name) c
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND m.name NOT LIKE '\\_sqlx%' ESCAPE '\\' ORDER BY m.name, c.cid"
        }
        Db::Postgres(..) => {
            "SELECT c.table_name::text, c.column_name::text, c.data_type::text,
                (SELECT u.table_name || '.' || u.column_name FROM information_schema.table_constraints t
                 JOIN information_schema.key_column_usage k USING (constraint_schema, constraint_name)
                 JOIN information_schema.constraint_column_usage u USING (constraint_schema, constraint_name)
                 WHERE t.constraint_type = 'FOREIGN KEY' AND k.table_name = c.table_name AND k.column_name = c.column_name)
             FROM information_schema.columns c JOIN information_schema.tables b USING (table_schema, table_name)
             WHERE c.table_schema = 'public' AND b.table_type = 'BASE TABLE' AND c.table_name NOT LIKE '\\_sqlx%' ORDER BY c.table_name, c.ordinal_position"
        }
    };
    rows(db, statement).await
}

/// Puts a row into every table that has none, with something in every column.
pub async fn fill(db: &Db) {
    let columns = columns(db).await;
    let mut tables: Vec<&str> = columns.iter().map(|(table, ..)| table.as_str()).collect();
    tables.dedup();
    let mut filled = Vec::new();
    // What refers to another table comes after it.
    while let Some(table) = tables.iter().find(|table| {
        let refers = |(its, .., to): &&Column| {
            its == *table && to.as_deref().and_then(|to| to.split('.').next()).is_some_and(|to| to != **table && !filled.contains(&to))
        };
        !filled.contains(*table) && !columns.iter().any(|column| refers(&column))
    }) {
        filled.push(table);
        let (there,): (i64,) = rows(db, &format!("SELECT COUNT(*) FROM \"{table}\"")).await.remove(0);
        if there > 0 {
            continue;
        }
        let (mut names, mut values) = (Vec::new(), Vec::new());
        for (_, name, kind, to) in columns.iter().filter(|(its, ..)| its == table) {
            names.push(format!("\"{name}\""));
            values.push(match (to.as_deref().and_then(|to| to.split_once('.')), kind.as_str()) {
                (Some((table, column)), _) => format!("(SELECT MAX(\"{column}\") FROM \"{table}\")"),
                (None, "text") => format!("'{name} é'"),
                (None, "boolean") => "TRUE".into(),
                (None, _) => "1".into(),
            });
        }
        execute(db, &format!("INSERT INTO \"{table}\" ({}) VALUES ({})", names.join(", "), values.join(", "))).await;
    }
    assert_eq!(filled.len(), tables.len(), "tables refer to each other: {filled:?} of {tables:?}");
}

/// Rows as text, by the name and the columns of their table.
pub type Contents = BTreeMap<(String, Vec<String>), Vec<String>>;

/// What every table holds, its rows in order. Of `then`, only those tables and columns.
pub async fn everything(db: &Db, then: Option<&Contents>) -> Contents {
    let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
    match then {
        Some(then) => tables.extend(then.keys().cloned()),
        None => {
            for (table, column, ..) in columns(db).await {
                tables.entry(table).or_default().push(column);
            }
        }
    }
    let mut found = BTreeMap::new();
    for (table, columns) in tables {
        let text = columns.iter().map(|name| format!("COALESCE(CAST(\"{name}\" AS TEXT), 'NULL')")).collect::<Vec<_>>().join(" || '|' || ");
        let lines: Vec<(String,)> = rows(db, &format!("SELECT {text} FROM \"{table}\" ORDER BY 1")).await;
        found.insert((table, columns), lines.into_iter().map(|(line,)| line).collect());
    }
    found
}

/// What holds a migration up.
pub enum Hold {
    /// A trigger that never ends, in SQLite.
    Trigger,
    /// A lock on a table that the last migration changes at its end, in PostgreSQL.
    Lock(sqlx::Transaction<'static, sqlx::Postgres>),
}

/// Sees to it that the next migration does all its work and never comes to its end.
pub async fn hold_up(db: &Db) -> Hold {
    match db {
        Db::Sqlite { .. } => {
            // The last thing in the transaction of a migration is that it is written down.
            execute(
                db,
                "CREATE VIEW forever AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n WHERE i < 0",
            )
            .await;
            execute(db, "CREATE TRIGGER hold AFTER INSERT ON _sqlx_migrations BEGIN SELECT COUNT(*) FROM forever; END").await;
            Hold::Trigger
        }
        Db::Postgres(pool, _) => {
            let mut tx = pool.begin().await.expect("a transaction");
            // Writing down waits, not reading.
            sqlx::query("LOCK TABLE _sqlx_migrations IN SHARE MODE").execute(&mut *tx).await.expect("a lock");
            Hold::Lock(tx)
        }
    }
}

/// Waits until a migration is held up.
pub async fn in_the_middle(db: &Db) {
    let mut tick = tokio::time::interval(std::time::Duration::from_millis(10));
    let mut seen = 0;
    for _ in 0..6_000 {
        tick.tick().await;
        seen = if is_held(db).await { seen + 1 } else { 0 };
        // Once could be the opening of the database.
        if seen == 20 {
            return;
        }
    }
    panic!("the migration was never held up");
}

async fn is_held(db: &Db) -> bool {
    match db {
        Db::Sqlite { write, .. } => {
            let options = (*write.connect_options()).clone().busy_timeout(std::time::Duration::ZERO);
            let Ok(mut connection) = SqliteConnection::connect_with(&options).await else { return true };
            let busy = sqlx::query("BEGIN IMMEDIATE").execute(&mut connection).await.is_err();
            connection.close().await.expect("closing");
            busy
        }
        Db::Postgres(..) => {
            let waits = "SELECT COUNT(*) FROM pg_locks l JOIN pg_stat_activity s ON s.pid = l.pid WHERE NOT l.granted AND s.datname = current_database()";
            let (count,): (i64,) = rows(db, waits).await.remove(0);
            count > 0
        }
    }
}

/// Lets later ones come to their end.
pub async fn let_go(db: &Db, hold: Hold) {
    match hold {
        Hold::Trigger => {
            execute(db, "DROP TRIGGER hold").await;
            execute(db, "DROP VIEW forever").await;
        }
        Hold::Lock(tx) => tx.rollback().await.expect("letting go"),
    }
}
