//! Tables as files to keep, for whatever spreadsheet somebody opens them with.

use crate::error::{Error, Result};

/// Writes rows, the header among them, as CSV. What a spreadsheet would run as a formula gets an apostrophe in front; the
/// mark at the beginning makes spreadsheets read it as UTF-8.
///
/// # Errors
/// When it can't be written.
pub fn csv(rows: impl IntoIterator<Item = Vec<String>>) -> Result<Vec<u8>> {
    let failed = |error: &dyn std::fmt::Display| Error::Internal(format!("can't write a table: {error}"));
    let mut writer = csv::Writer::from_writer("\u{FEFF}".as_bytes().to_vec());
    for row in rows {
        writer.write_record(row.into_iter().map(harmless)).map_err(|error| failed(&error))?;
    }
    writer.into_inner().map_err(|error| failed(&error))
}

fn harmless(cell: String) -> String {
    if cell.trim_start_matches([' ', '\u{A0}']).starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) {
        format!("'{cell}")
    } else {
        cell
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spreadsheet_runs_nothing() {
        let cells = ["=HYPERLINK(\"http://elders.example\")", " +1", "gewoon"].map(|cell| vec![cell.to_owned()]);
        let text = String::from_utf8(csv(cells).unwrap()).unwrap();
        assert!(text.contains("\"'=HYPERLINK(\"\"http"), "{text}");
        assert!(text.contains("' +1") && text.contains("\ngewoon"), "{text}");
    }
}
