//! Somebody who follows every link: all pages of an instance as one reader sees them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::visitor::{Page, Visitor};

/// Pages of one shape (`/post/#/edit`) that are looked at.
const OF_ONE_SHAPE: usize = 4;
/// Far more than there are shapes; a crawl that gets here goes round in circles.
const MOST: usize = 600;

/// A page that was found, and the page that led to it.
pub struct Found {
    pub path: String,
    pub from: String,
    pub page: Page,
}

impl Found {
    pub fn is_html(&self) -> bool {
        self.page.header("content-type").starts_with("text/html")
    }
}

/// Follows every link from the front page and from `starts`, a few of each shape.
pub async fn crawl(visitor: &mut Visitor, starts: &[&str]) -> Vec<Found> {
    crawl_at_most(visitor, starts, OF_ONE_SHAPE, MOST).await
}

/// The same with `of_one_shape` pages of each shape, and `most` in all.
pub async fn crawl_at_most(visitor: &mut Visitor, starts: &[&str], of_one_shape: usize, most: usize) -> Vec<Found> {
    let mut queue: VecDeque<(String, String)> =
        ["/"].iter().chain(starts).map(|path| ((*path).to_owned(), "the start".to_owned())).collect();
    let (mut seen, mut shapes, mut found) = (BTreeSet::new(), BTreeMap::<String, usize>::new(), Vec::new());
    while let Some((path, from)) = queue.pop_front() {
        let count = shapes.entry(shape(&path)).or_default();
        if *count >= of_one_shape || !seen.insert(path.clone()) {
            continue;
        }
        *count += 1;
        assert!(found.len() < most, "there is no end to it: {path} from {from}");
        let page = visitor.get(&path).await;
        let next = if page.status == 303 { vec![page.header("location").to_owned()] } else { links(&page) };
        queue.extend(next.into_iter().filter_map(|link| ours(&link, &path)).map(|link| (link, path.clone())));
        found.push(Found { path, from, page });
    }
    found
}

/// The path with everything that names one thing taken out.
fn shape(path: &str) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let plain = |text: &str| if text.chars().any(|c| c.is_ascii_digit()) || text.len() > 30 { "#".to_owned() } else { text.to_owned() };
    let keys: Vec<&str> = query.split('&').map(|pair| pair.split('=').next().unwrap_or_default()).collect();
    let mut after_name = false;
    let parts: Vec<String> = path
        .split('/')
        .map(|piece| {
            let named = std::mem::replace(&mut after_name, matches!(piece, "c" | "u" | "topic"));
            if named { "@".to_owned() } else { plain(piece) }
        })
        .collect();
    format!("{}?{}", parts.join("/"), keys.join("&"))
}

/// What a page links to: links, pictures, stylesheets.
fn links(page: &Page) -> Vec<String> {
    let found = ["href=\"", "src=\""].iter().flat_map(|start| page.body.split(start).skip(1));
    found.filter_map(|rest| rest.split('"').next()).map(|link| link.replace("&amp;", "&").replace("&#38;", "&")).collect()
}

/// A link to this instance as a path, without its fragment.
fn ours(link: &str, on: &str) -> Option<String> {
    let link = link.split('#').next().unwrap_or_default();
    match link {
        "" => None,
        query if query.starts_with('?') => Some(format!("{}{query}", on.split('?').next().unwrap_or_default())),
        path if path.starts_with('/') && !path.starts_with("//") => Some(path.to_owned()),
        _ => None,
    }
}
