//! What a thread's page says besides the posts: topics, whether the reader follows it, what was tried of a practice.

use crate::db::Conn;
use crate::db::practices::{self, Verdicts};
use crate::db::threads::Opening;
use crate::error::Result;
use crate::model::{PostKind, Topic, Tried};

/// What one organisation in one region says of a practice.
pub struct TriedAt {
    /// The organisation; of members who name none, empty.
    pub organisation: String,
    /// The server, when that is another one.
    pub host: Option<String>,
    /// How many say each.
    pub said: Vec<(Tried, i64)>,
}

/// What is read besides the posts.
#[derive(Default)]
pub struct Extra {
    pub topics: Vec<Topic>,
    pub watched: bool,
    pub tried: Vec<TriedAt>,
    /// How many members say each, over all regions.
    pub totals: Vec<(Tried, i64)>,
}

impl Extra {
    /// Reads it.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn read(conn: &mut Conn, opening: &Opening) -> Result<Self> {
        let root = &opening.post;
        if root.is_deleted() {
            return Ok(Self::default());
        }
        let verdicts = if root.kind == PostKind::Practice { practices::verdicts(conn, root.id).await? } else { Vec::new() };
        let (tried, totals) = summary(&verdicts);
        Ok(Self { topics: opening.topics.clone(), watched: opening.watched, tried, totals })
    }
}

fn summary(verdicts: &[Verdicts]) -> (Vec<TriedAt>, Vec<(Tried, i64)>) {
    let mut places: Vec<TriedAt> = Vec::new();
    let mut totals = [(Tried::Works, 0), (Tried::Partly, 0), (Tried::Not, 0)].to_vec();
    for verdict in verdicts {
        for total in totals.iter_mut().filter(|(tried, _)| *tried == verdict.tried) {
            total.1 += verdict.members;
        }
        let host = (!verdict.local).then(|| verdict.host.clone());
        match places.last_mut() {
            Some(last) if last.host == host && last.organisation == verdict.organisation => {
                last.said.push((verdict.tried, verdict.members));
            }
            _ => places.push(TriedAt { organisation: verdict.organisation.clone(), host, said: vec![(verdict.tried, verdict.members)] }),
        }
    }
    (places, totals)
}
