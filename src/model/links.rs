//! Links that say one place and lead to another (T-97): the reader is told where they lead.

use url::Url;

/// Endings of files, not of names of servers.
const FILES: [&str; 17] =
    ["pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "odt", "ods", "odp", "txt", "csv", "jpg", "jpeg", "png", "html", "htm"];

/// Adds to the links in clean HTML where they lead, when their text names another server, another address for mail, or
/// somebody without saying of which server. Doing it again changes nothing.
#[must_use]
pub fn honest(html: &str) -> String {
    let mut told = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, link)) = rest.find("<a href=\"").map(|at| rest.split_at(at)) {
        told.push_str(before);
        let (link, after) = link.split_at(link.find("</a>").unwrap_or(link.len()));
        told.push_str(link);
        told.extend(hint(link));
        rest = after;
    }
    told.push_str(rest);
    told
}

/// What has to be added to a link, which is given without its end.
fn hint(link: &str) -> Option<String> {
    let (address, rest) = link.strip_prefix("<a href=\"")?.split_once('"')?;
    let text = text(rest.split_once('>')?.1);
    let url = Url::parse(&address.replace("&amp;", "&")).ok()?;
    if url.scheme() == "mailto" {
        let real = escape(url.path());
        let names_another = text.contains('@') && !text.to_lowercase().contains(&url.path().to_lowercase());
        return names_another.then(|| format!(" ({real})"));
    }
    let host = url.host_str()?;
    let words: Vec<&str> =
        text.split_whitespace().map(|word| word.trim_matches(['(', ')', '[', ']', '<', '>', ',', ';', '"', '\''])).collect();
    // "@burgemeester" alone: of which town?
    if let [one] = words.as_slice()
        && let Some(name) = one.strip_prefix('@')
        && !name.is_empty()
        && !name.contains('@')
    {
        return Some(escape(&format!("@{}", super::urls::authority(&url))));
    }
    // It may stand there already, as its writer or we put it.
    let (lower, authority) = (text.to_lowercase(), super::urls::authority(&url));
    let said = lower.trim_end().ends_with(&format!("({host})"))
        || lower.split_whitespace().any(|word| word == host || word.rsplit_once('@').is_some_and(|(_, place)| place == authority));
    let alone = words.len() == 1;
    let astray = words.iter().filter_map(|word| named(word, alone)).any(|named| !leads_to(host, &named));
    (astray && !said).then(|| format!(" ({})", escape(host)))
}

/// Whether a link to `host` is one to the server that was `named`: to itself, or to a part of it.
fn leads_to(host: &str, named: &str) -> bool {
    host == named || host.strip_suffix(named).is_some_and(|part| part.ends_with('.')) || named.strip_prefix("www.") == Some(host)
}

/// The server that a word names, as addresses write it.
fn named(word: &str, alone: bool) -> Option<String> {
    let word = word.trim_end_matches(['.', ':', '!', '?', '…']);
    let lower = word.to_lowercase();
    let is_address = lower.starts_with("https://") || lower.starts_with("http://");
    let place = if is_address {
        lower
    } else if let Some((_, host)) = lower.rsplit_once('@') {
        format!("https://{host}")
    } else if lower.starts_with("www.") || (alone && looks_like_a_server(&lower)) {
        format!("https://{lower}")
    } else {
        return None;
    };
    let url = Url::parse(&place).ok()?;
    url.host_str().filter(|host| host.contains('.')).map(str::to_owned)
}

/// `stad.example` and `stad.example/agenda`, not `verslag.pdf`.
fn looks_like_a_server(word: &str) -> bool {
    let host = word.split(['/', '?', '#', ':']).next().unwrap_or_default();
    let Some((rest, ending)) = host.rsplit_once('.') else { return false };
    let fine = |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-');
    rest.split('.').all(fine) && ending.chars().count() >= 2 && ending.chars().all(char::is_alphabetic) && !FILES.contains(&ending)
}

/// The text within a link: what is in it has no attributes, and `<` in text is written as an entity.
fn text(inner: &str) -> String {
    let mut text = String::with_capacity(inner.len());
    let mut in_tag = false;
    for c in inner.chars() {
        match c {
            '<' => in_tag = true,
            '>' if in_tag => in_tag = false,
            _ if in_tag => {}
            _ => text.push(c),
        }
    }
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&nbsp;", " ").replace("&amp;", "&")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t_97_a_link_that_says_another_place_says_where_it_leads() {
        let link = |address: &str, text: &str| format!("<a href=\"{address}\" rel=\"nofollow noopener ugc\">{text}</a>");
        for (address, text, shown) in [
            ("https://evil.example/@x", "@burgemeester", "@burgemeester@evil.example"),
            ("https://evil.example/@x", "@<span>burgemeester</span>", "@<span>burgemeester</span>@evil.example"),
            ("https://evil.example/@x", "@burgemeester@stad.example", "@burgemeester@stad.example (evil.example)"),
            ("https://evil.example/", "https://stad.example/inloggen", "https://stad.example/inloggen (evil.example)"),
            ("https://evil.example/", "<b>www.</b>stad.example", "<b>www.</b>stad.example (evil.example)"),
            ("https://evil.example/", "stad.example", "stad.example (evil.example)"),
            ("https://evil.example/", "STAD.example/a?b", "STAD.example/a?b (evil.example)"),
            ("https://evilstad.example/", "stad.example", "stad.example (evilstad.example)"),
            ("https://stad.example.evil.example/", "stad.example", "stad.example (stad.example.evil.example)"),
            ("https://stad.example@evil.example/", "https://stad.example", "https://stad.example (evil.example)"),
            ("https://evil.example/", "zie https://stad.example, blz. 3", "zie https://stad.example, blz. 3 (evil.example)"),
            ("mailto:x@evil.example", "burgemeester@stad.example", "burgemeester@stad.example (x@evil.example)"),
        ] {
            let once = honest(&link(address, text));
            assert_eq!(once, link(address, shown));
            assert_eq!(honest(&once), once);
        }
        for (address, text) in [
            ("https://stad.example/@x", "@x@stad.example"),
            ("https://www.stad.example/agenda", "stad.example/agenda"),
            ("https://stad.example/", "www.stad.example"),
            ("https://stad.example/?a=1&amp;b=2", "https://stad.example/?a=1&amp;b=2"),
            ("https://stad.example/tags/jeugd", "#jeugd"),
            ("https://stad.example/verslag.pdf", "verslag.pdf"),
            ("https://b.example(/", "https://b.example( (b.example()"),
            ("https://b.example(/", "@x@b.example("),
            ("https://stad.example/x", "het verslag van 3.5 uur, o.a. voor Node.js"),
            ("https://xn--mn-xka.example/", "mün.example"),
            ("mailto:bram@stad.example", "Bram@stad.example"),
            ("https://stad.example/", ""),
            ("https://stad.example/", "@"),
        ] {
            assert_eq!(honest(&link(address, text)), link(address, text));
        }
        assert_eq!(honest("<a rel=\"x\">stad.example</a>"), "<a rel=\"x\">stad.example</a>");
    }
}
