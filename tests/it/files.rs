//! Pictures: with posts, of members, groups and the region; from here and from elsewhere.

use std::path::PathBuf;

use image::{DynamicImage, ImageFormat};
use meent::db::{self, attachments, audit, files as rows};
use meent::model::{Actor, Attachment, Clock, FileHash, Post, Time};
use meent::ops::files;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::on_both;
use crate::support::browser::Browser;
use crate::support::gallery::{Gallery, Hung, SECRET_PLACE, encoded, red_and_blue, with_exif};
use crate::support::peer::{Peer, Stranger};
use crate::support::s3::Bucket;
use crate::support::visitor::{Page, Visitor};
use crate::support::{On, START, TestApp, settle};

/// What came of asking for a picture.
struct Fetched {
    status: StatusCode,
    headers: reqwest::header::HeaderMap,
    bytes: Vec<u8>,
}

impl Fetched {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    fn picture(&self) -> DynamicImage {
        assert_eq!(self.status, 200);
        image::load_from_memory(&self.bytes).expect("a picture")
    }
}

async fn fetch_with(app: &TestApp, path: &str, headers: &[(&str, &str)]) -> Fetched {
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let mut request = client.get(format!("http://{}{path}", app.address)).header("host", app.host());
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = request.send().await.expect("an answer");
    Fetched { status: answer.status(), headers: answer.headers().clone(), bytes: answer.bytes().await.expect("bytes").to_vec() }
}

async fn fetch(app: &TestApp, path: &str) -> Fetched {
    fetch_with(app, path, &[]).await
}

/// A region with a group and two members.
struct Region {
    app: TestApp,
    clock: Clock,
    sanne: Actor,
    omar: Actor,
    group: Actor,
}

impl Region {
    /// With the pictures in a folder on SQLite, and in a bucket on PostgreSQL, as several machines have it.
    async fn start(on: On) -> Self {
        let bucket = (on == On::Postgres).then(Bucket::new);
        Self::start_in(on, bucket.as_ref()).await
    }

    async fn start_in(on: On, bucket: Option<&Bucket>) -> Self {
        let clock = Clock::manual(START);
        let app = TestApp::start_with(on, "a", &clock, |config| {
            if let Some(bucket) = bucket {
                bucket.configure(config);
            }
        })
        .await;
        let (sanne, omar) = (app.member("sanne", "Sanne Bakker").await, app.member("omar", "Omar Hadi").await);
        let group = app.group("jeugd", "Jeugdhulp in de regio", &omar).await;
        Self { app, clock, sanne, omar, group }
    }

    async fn pictures(&self, post: &Post) -> Vec<Attachment> {
        attachments::of(&mut self.app.core.db.conn(), post.id).await.expect("a list")
    }

    /// Asks with one picture through the form; gives the question and its picture.
    async fn ask_with(&self, who: &Actor, once: &str, bytes: &[u8]) -> (Post, FileHash) {
        let mut visitor = Visitor::logged_in(&self.app, who).await;
        let csrf = visitor.get("/c/jeugd/ask").await.value("csrf");
        let fields = [
            ("csrf", csrf.as_str()),
            ("once", once),
            ("title", "Wie kent dit bord?"),
            ("body", "Het hangt in de hal."),
            ("action", "ask"),
            ("alt1", "Een bord"),
        ];
        let sent = visitor.upload("/c/jeugd/ask", &fields, &[("file1", "bord.png", bytes)]).await;
        let id = sent.leads_to().trim_start_matches("/post/").parse().expect("an id");
        let post = db::posts::by_id(&mut self.app.core.db.conn(), id).await.expect("the question");
        let hash = self.pictures(&post).await.remove(0).file_hash.expect("a file");
        (post, hash)
    }

    fn on_disk(&self, hash: &FileHash) -> [PathBuf; 2] {
        let folder = self.app.core.config.data_dir.join("files").join(hash.folder());
        [folder.join(hash.as_str()), folder.join(format!("{hash}-small"))]
    }

    async fn lies_there(&self, hash: &FileHash) -> bool {
        let size = async |small| self.app.core.storage.size(&files::name(hash, small)).await.expect("a look");
        let there = (size(false).await.is_some(), size(true).await.is_some());
        assert_eq!(there.0, there.1);
        there.0
    }

    async fn row(&self, hash: &FileHash) -> Option<meent::model::Picture> {
        rows::by_hash(&mut self.app.core.db.conn(), hash).await.expect("a read")
    }

    async fn tidy(&self) {
        files::tidy(&self.app.core).await.expect("tidying");
    }

    async fn finish(self) {
        self.app.run_jobs().await;
        self.app.finish().await;
    }
}

pub fn form<'a>(csrf: &'a str, once: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields =
        vec![("csrf", csrf), ("once", once), ("title", "Wie kent dit bord?"), ("body", "Het hangt in de hal."), ("action", "ask")];
    fields.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
    fields.extend_from_slice(more);
    fields
}

/// The form came back, with this sentence and with what was typed.
fn came_back(page: &Page, sentence: &str) {
    assert_eq!(page.status, 422, "{}", page.body);
    assert!(page.body.contains(sentence), "{}", page.body);
    assert!(page.body.contains("Het hangt in de hal."), "{}", page.body);
}

on_both! {
    async fn t_92_a_photograph_loses_where_it_was_taken_and_stands_upright(on: On) {
        let region = Region::start(on).await;
        // Taken with the telephone on its side: 200 by 100, to be turned a quarter.
        let photo = with_exif(&red_and_blue(800, 400, ImageFormat::Jpeg), 6);
        assert!(photo.windows(SECRET_PLACE.len()).any(|part| part == SECRET_PLACE.as_bytes()));
        let (question, hash) = region.ask_with(&region.sanne, "q1", &photo).await;

        let page = Visitor::of(&region.app).get(&question.path()).await;
        let shown = format!("<a href=\"/files/{hash}\"><img src=\"/files/{hash}/small\" alt=\"Een bord\" width=\"160\" height=\"320\" loading=\"lazy\"></a>");
        assert!(page.body.contains(&shown), "{}", page.body);
        // In lists there are no pictures.
        assert!(!Visitor::of(&region.app).get("/c/jeugd").await.body.contains("/files/"));
        for (path, width, height) in [(format!("/files/{hash}"), 400, 800), (format!("/files/{hash}/small"), 160, 320)] {
            let fetched = fetch(&region.app, &path).await;
            let picture = fetched.picture();
            assert_eq!((picture.width(), picture.height()), (width, height));
            // Turned to the right, what was left is up.
            let (up, down) = (picture.to_rgb8().get_pixel(5, 5).0, picture.to_rgb8().get_pixel(5, height - 5).0);
            assert!(up[0] > 200 && down[2] > 200, "{up:?} {down:?}");
            for secret in [SECRET_PLACE, "Exif"] {
                assert!(!fetched.bytes.windows(secret.len()).any(|part| part == secret.as_bytes()));
            }
            assert_eq!(fetched.header("content-type"), "image/jpeg");
            assert_eq!(fetched.header("x-content-type-options"), "nosniff");
            assert_eq!(fetched.header("content-security-policy"), "default-src 'none'; sandbox");
            assert_eq!(fetched.header("cache-control"), "public, no-cache");
            assert_eq!(fetched.header("cross-origin-resource-policy"), "cross-origin");
            assert!(fetched.header("content-disposition").starts_with("inline; filename=\""));
            assert!(fetched.headers.get("set-cookie").is_none());
            let again = fetch_with(&region.app, &path, &[("if-none-match", fetched.header("etag"))]).await;
            assert_eq!((again.status.as_u16(), again.bytes.len(), again.header("etag")), (304, 0, fetched.header("etag")));
            assert_eq!(fetch_with(&region.app, &path, &[("if-none-match", "\"other\"")]).await.status, 200);
        }
        for nothing in [format!("/files/{hash}/large"), format!("/files/{}", "0".repeat(64)), "/files/x".into(), "/files/..%2f..%2fmeent.db".into(), "/files/remote/1".into(), format!("/files/icon/{}", region.sanne.id)] {
            let fetched = fetch(&region.app, &nothing).await;
            assert_eq!(fetched.status, 404, "{nothing}");
            assert_eq!(fetched.header("content-security-policy"), "default-src 'none'; sandbox");
        }
        region.finish().await;
    }

    async fn t_92_what_is_no_picture_comes_back_with_everything_that_was_typed(on: On) {
        let region = Region::start(on).await;
        let mut sanne = Visitor::logged_in(&region.app, &region.sanne).await;
        let csrf = sanne.get("/c/jeugd/ask").await.value("csrf");
        let whole = red_and_blue(300, 300, ImageFormat::Png);
        let mut bomb = red_and_blue(1, 1, ImageFormat::Gif);
        bomb[6..10].copy_from_slice(&[0x60, 0xea, 0x60, 0xea]);
        let large = vec![0x20; 10 * 1024 * 1024 + 1];
        let flaws: [(&[u8], &str); 6] = [
            (b"<!doctype html><script>alert(1)</script>", "is geen JPEG, PNG, WebP of GIF"),
            (b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>", "is geen JPEG, PNG, WebP of GIF"),
            (b"GIF89a/*<script>*/=1;alert(1)", "Afbeelding 1: "),
            (&whole[..whole.len() / 2], "beschadigd of niet compleet"),
            (&bomb, "te veel beeldpunten"),
            (&large, "groter dan 10 MB"),
        ];
        for (bytes, sentence) in flaws {
            let page = sanne.upload("/c/jeugd/ask", &form(&csrf, "f1", &[("alt1", "Een bord")]), &[("file1", "bord.png", bytes)]).await;
            came_back(&page, sentence);
            assert!(page.body.contains(">\nEen bord</textarea>") && page.body.contains("<details class=\"slots\" open>"), "{}", page.body);
            assert!(page.body.contains("href=\"#p-file1\""), "{}", page.body);
        }
        // Several at once, one of them fine: that one is kept.
        let fields = form(&csrf, "f1", &[("alt1", "Een bord"), ("alt2", "Nog een bord")]);
        let page = sanne.upload("/c/jeugd/ask", &fields, &[("file1", "bord.png", &whole), ("file2", "ook.png", b"<html>")]).await;
        came_back(&page, "Afbeelding 2: ");
        let kept = page.value("picture1");
        assert!(page.body.contains("src=\"data:image/png;base64,"));
        let page = sanne.post("/c/jeugd/ask", &form(&csrf, "f1", &[("alt1", "Een bord"), ("alt2", ""), ("picture1", &kept)])).await;
        let id = page.leads_to().trim_start_matches("/post/").parse().expect("an id");
        let question = db::posts::by_id(&mut region.app.core.db.conn(), id).await.expect("the question");
        assert_eq!(region.pictures(&question).await.len(), 1);
        // Without a file chosen, browsers send an empty one.
        let page = sanne.upload("/c/jeugd/ask", &form(&csrf, "f2", &[]), &[("file1", "", b""), ("file2", "", b"")]).await;
        page.leads_to();
        // Where no files are taken, a form with them is too large; it is heard out, so that the answer arrives.
        let page = sanne.upload("/profile", &[("csrf", &csrf), ("display_name", "Sanne")], &[("file1", "bord.png", &large)]).await;
        assert_eq!(page.status, 413);
        region.finish().await;
    }

    async fn a_description_is_asked_for_and_a_mistake_elsewhere_keeps_the_picture(on: On) {
        let region = Region::start(on).await;
        let mut sanne = Visitor::logged_in(&region.app, &region.sanne).await;
        let csrf = sanne.get("/c/jeugd/ask").await.value("csrf");
        let bytes = red_and_blue(300, 300, ImageFormat::Png);
        let page = sanne.upload("/c/jeugd/ask", &form(&csrf, "d1", &[]), &[("file1", "bord.png", &bytes)]).await;
        came_back(&page, "Beschrijf afbeelding 1");
        assert!(page.body.contains("href=\"#p-alt1\""), "{}", page.body);
        let kept = page.value("picture1");
        // The next mistake is another one; the picture is still there.
        let page = sanne.post("/c/jeugd/ask", &form(&csrf, "d1", &[("title", ""), ("picture1", &kept), ("alt1", "Een bord met \"borden\"")])).await;
        came_back(&page, "Vul je vraag in.");
        assert_eq!(page.value("picture1"), kept);
        assert!(page.body.contains("Een bord met &#34;borden&#34;"), "{}", page.body);
        // A look before sending keeps it as well.
        let page = sanne.post("/c/jeugd/ask", &form(&csrf, "d1", &[("action", "preview"), ("picture1", &kept), ("alt1", "Een bord")])).await;
        assert_eq!((page.status, page.value("picture1")), (200, kept.clone()));
        let page = sanne.post("/c/jeugd/ask", &form(&csrf, "d1", &[("picture1", &kept), ("alt1", "x".repeat(1_501).as_str())])).await;
        came_back(&page, "te lang");
        let page = sanne.post("/c/jeugd/ask", &form(&csrf, "d1", &[("alt1", "Een bord")])).await;
        came_back(&page, "nog geen bestand gekozen");

        // Somebody else can't hang it on something of theirs, nor can anybody make such a field up.
        let mut omar = Visitor::logged_in(&region.app, &region.omar).await;
        let other = omar.get("/c/jeugd/ask").await.value("csrf");
        let bare = kept.split('.').next().expect("a hash").to_owned();
        for stolen in [&kept, &bare, &format!("{bare}.AAAA")] {
            let page = omar.post("/c/jeugd/ask", &form(&other, "d2", &[("picture1", stolen), ("alt1", "Een bord")])).await;
            came_back(&page, "niet meer bewaard");
        }
        // Nobody sees it before it is sent.
        assert_eq!(fetch(&region.app, &format!("/files/{bare}")).await.status, 404);
        let page = sanne.post("/c/jeugd/ask", &form(&csrf, "d1", &[("picture1", &kept), ("decorative1", "1")])).await;
        let question = page.leads_to().to_owned();
        let page = sanne.get(&question).await;
        assert!(page.body.contains("alt=\"\"") && page.body.contains("aria-label=\"Afbeelding zonder beschrijving: groter bekijken\""), "{}", page.body);
        assert_eq!(fetch(&region.app, &format!("/files/{bare}")).await.status, 200);

        // Answers take four, comments one.
        let (csrf, files) = (page.value("csrf"), [("file1", "a.png", bytes.as_slice()), ("file2", "b.png", &red_and_blue(20, 30, ImageFormat::Gif))]);
        let page = sanne.upload(&format!("{question}/answer"), &[("csrf", &csrf), ("once", "d3"), ("body", ""), ("alt1", "Een"), ("alt2", "Twee")], &files).await;
        assert_eq!(page.status, 422);
        let (one, two) = (page.value("picture1"), page.value("picture2"));
        let fields = [("csrf", csrf.as_str()), ("once", "d3"), ("body", "Zo ziet het eruit."), ("alt1", "Een"), ("alt2", "Twee"), ("picture1", &one), ("picture2", &two)];
        sanne.post(&format!("{question}/answer"), &fields).await.leads_to();
        let page = sanne.get(&question).await;
        assert!(page.body.contains("alt=\"Een\"") && page.body.contains("alt=\"Twee\" width=\"20\" height=\"30\""), "{}", page.body);
        let page = sanne.upload(&format!("{question}/comment"), &[("csrf", &csrf), ("once", "d4"), ("body", "En zo.")], &[("file1", "a.png", &bytes)]).await;
        assert!(page.status == 422 && page.body.contains("Beschrijf afbeelding 1"), "{}", page.body);
        let kept = page.value("picture1");
        sanne.post(&format!("{question}/comment"), &[("csrf", &csrf), ("once", "d4"), ("body", "En zo."), ("alt1", "Drie"), ("picture1", &kept)]).await.leads_to();
        assert!(sanne.get(&question).await.body.contains("alt=\"Drie\""));

        // The session ends while somebody writes: the words are kept, the file that was chosen can't be, and that is said.
        sanne.lose_session(&region.app).await;
        let page = sanne.upload("/c/jeugd/ask", &form(&csrf, "d5", &[("alt1", "Een bord")]), &[("file1", "bord.png", &bytes)]).await;
        assert_eq!(page.status, 401);
        assert!(page.body.contains("Het hangt in de hal.") && page.body.contains("konden we niet bewaren"), "{}", page.body);
        // A form of an older session: the same.
        let mut sanne = Visitor::logged_in(&region.app, &region.sanne).await;
        let page = sanne.upload("/c/jeugd/ask", &form(&csrf, "d6", &[("alt1", "Een bord")]), &[("file1", "bord.png", &bytes)]).await;
        assert_eq!(page.status, 403);
        assert!(page.body.contains("Het hangt in de hal.") && page.body.contains("konden we niet bewaren"), "{}", page.body);
        // And one that does not come from here is not even read.
        let elsewhere = [("sec-fetch-site", "cross-site"), ("content-type", "multipart/form-data; boundary=x")];
        assert_eq!(sanne.post_with("/c/jeugd/ask", &[("body", "x")], &elsewhere).await.status, 403);
        region.finish().await;
    }

    async fn a_picture_goes_with_the_last_who_used_it(on: On) {
        let region = Region::start(on).await;
        let bytes = red_and_blue(500, 300, ImageFormat::Png);
        let (first, hash) = region.ask_with(&region.sanne, "u1", &bytes).await;
        let (second, same) = region.ask_with(&region.omar, "u2", &bytes).await;
        assert_eq!(hash, same);
        let path = format!("/files/{hash}");
        region.app.remove(&region.sanne, &first).await;
        assert_eq!(fetch(&region.app, &path).await.status, 200);
        assert_eq!(region.row(&hash).await.expect("a row").unused_at, None);
        region.clock.advance(2 * Time::HOUR);
        region.tidy().await;
        assert!(region.lies_there(&hash).await);

        region.app.remove(&region.omar, &second).await;
        // At once for readers, from the disk an hour later.
        assert_eq!(fetch(&region.app, &path).await.status, 404);
        assert_eq!(region.row(&hash).await.expect("a row").unused_at, Some(region.clock.now()));
        region.clock.advance(30 * Time::MINUTE);
        region.tidy().await;
        assert!(region.lies_there(&hash).await);
        // Used again meanwhile: it stays.
        let (third, same) = region.ask_with(&region.omar, "u3", &bytes).await;
        assert_eq!(hash, same);
        region.clock.advance(2 * Time::DAY);
        region.tidy().await;
        assert_eq!(fetch(&region.app, &path).await.status, 200);
        region.app.remove(&region.omar, &third).await;
        region.clock.advance(61 * Time::MINUTE);
        region.tidy().await;
        assert!(region.row(&hash).await.is_none() && !region.lies_there(&hash).await);
        // The same picture once more, as if for the first time.
        let (fourth, same) = region.ask_with(&region.omar, "u4", &bytes).await;
        assert_eq!(hash, same);
        assert_eq!(fetch(&region.app, &path).await.status, 200);
        // What a moderator removes is hidden, and kept: it may be put back.
        let mut tx = region.app.core.db.begin().await.expect("a transaction");
        db::posts::empty(&mut tx, fourth.id, "moderator", region.clock.now()).await.expect("removing");
        region.app.core.commit(tx).await.expect("a commit");
        assert_eq!(fetch(&region.app, &path).await.status, 404);
        region.clock.advance(3 * Time::DAY);
        region.tidy().await;
        assert!(region.lies_there(&hash).await);
        // Until its author goes.
        let mut tx = region.app.core.db.begin().await.expect("a transaction");
        files::let_go_of_actor(&region.app.core, &mut tx, &region.omar).await.expect("letting go");
        region.app.core.commit(tx).await.expect("a commit");
        region.clock.advance(2 * Time::HOUR);
        region.tidy().await;
        assert!(!region.lies_there(&hash).await);
        region.finish().await;
    }

    async fn letting_go_and_taking_up_at_the_same_moment(on: On) {
        let region = Region::start(on).await;
        let bytes = red_and_blue(500, 300, ImageFormat::Png);
        for round in 0..6 {
            let (once, again, third) = (format!("c{round}"), format!("d{round}"), format!("e{round}"));
            let ((first, hash), (second, _)) = tokio::join!(region.ask_with(&region.sanne, &once, &bytes), region.ask_with(&region.omar, &again, &bytes));
            // Both let go: one of them is the last.
            tokio::join!(region.app.remove(&region.sanne, &first), region.app.remove(&region.omar, &second));
            assert_eq!(region.row(&hash).await.expect("a row").unused_at, Some(region.clock.now()));
            region.clock.advance(61 * Time::MINUTE);
            // Thrown away and uploaded: whatever comes first, the picture is there.
            let ((), (third, _)) = tokio::join!(region.tidy(), region.ask_with(&region.sanne, &third, &bytes));
            assert!(region.lies_there(&hash).await);
            assert_eq!(fetch(&region.app, &format!("/files/{hash}")).await.status, 200);
            region.app.remove(&region.sanne, &third).await;
        }
        region.finish().await;
    }

    async fn what_is_uploaded_and_never_sent_goes_after_a_day_and_what_belongs_to_nothing_too(on: On) {
        let region = Region::start_in(on, None).await;
        let mut sanne = Visitor::logged_in(&region.app, &region.sanne).await;
        let csrf = sanne.get("/c/jeugd/ask").await.value("csrf");
        let page = sanne.upload("/c/jeugd/ask", &form(&csrf, "n1", &[]), &[("file1", "bord.png", &red_and_blue(300, 300, ImageFormat::Png))]).await;
        let kept = page.value("picture1");
        let hash: FileHash = kept.split('.').next().expect("a hash").parse().expect("a hash");
        region.clock.advance(23 * Time::HOUR);
        region.tidy().await;
        assert!(region.lies_there(&hash).await);
        region.clock.advance(2 * Time::HOUR);
        region.tidy().await;
        assert!(region.row(&hash).await.is_none() && !region.lies_there(&hash).await);
        let mut sanne = Visitor::logged_in(&region.app, &region.sanne).await;
        let csrf = sanne.get("/c/jeugd/ask").await.value("csrf");
        let page = sanne.post("/c/jeugd/ask", &form(&csrf, "n1", &[("picture1", &kept), ("alt1", "Een bord")])).await;
        came_back(&page, "niet meer bewaard");

        // What a crash may leave: files without a row, half of an upload, a row whose files are gone.
        let (post, used) = region.ask_with(&region.sanne, "n2", &red_and_blue(200, 300, ImageFormat::Png)).await;
        let orphan = FileHash::of(&[0xcd; 32]);
        let fresh = FileHash::of(&[0xce; 32]);
        // Half of an upload as an earlier version left it, and as this one does.
        let half = region.app.core.config.data_dir.join("files/tmp/half");
        std::fs::create_dir_all(half.parent().expect("a folder")).expect("a folder");
        let staged = region.on_disk(&used)[0].with_file_name(format!("{used}#1"));
        let age = |path: &PathBuf, days: i64| {
            let at = std::time::UNIX_EPOCH + std::time::Duration::from_millis(u64::try_from(region.clock.now().0 - days * Time::DAY).unwrap());
            let file = std::fs::OpenOptions::new().write(true).create(true).truncate(false).open(path).expect("a file");
            file.set_modified(at).expect("a date");
        };
        for (hash, days) in [(&orphan, 2), (&fresh, 0), (&used, 2)] {
            std::fs::create_dir_all(region.on_disk(hash)[0].parent().expect("a folder")).expect("a folder");
            region.on_disk(hash).iter().for_each(|path| age(path, days));
        }
        age(&half, 2);
        age(&staged, 2);
        files::sweep(&region.app.core, 0..256).await.expect("sweeping");
        assert!(!region.lies_there(&orphan).await && region.lies_there(&fresh).await && region.lies_there(&used).await && !half.exists() && !staged.exists());
        region.on_disk(&used).iter().for_each(|path| std::fs::remove_file(path).expect("removing"));
        assert_eq!(fetch(&region.app, &format!("/files/{used}")).await.status, 404);
        region.app.remove(&region.sanne, &post).await;
        region.clock.advance(2 * Time::HOUR);
        region.tidy().await;
        assert!(region.row(&used).await.is_none());
        region.finish().await;
    }

    async fn pictures_are_changed_with_the_post(on: On) {
        let region = Region::start(on).await;
        let (question, hash) = region.ask_with(&region.sanne, "e1", &red_and_blue(500, 300, ImageFormat::Png)).await;
        let mut sanne = Visitor::logged_in(&region.app, &region.sanne).await;
        let edit = format!("/post/{}/edit", question.id);
        let page = sanne.get(&edit).await;
        let (csrf, kept) = (page.value("csrf"), page.value("picture1"));
        assert!(page.body.contains(">\nEen bord</textarea>"), "{}", page.body);
        let words = [("csrf", csrf.as_str()), ("title", &question.title), ("body", "Het hangt in de hal.")];
        let with = |more: &[(&'static str, String)]| words.iter().map(|(name, value)| (*name, (*value).to_owned())).chain(more.iter().cloned()).collect::<Vec<_>>();
        let now = async || region.app.post(&question.ap_id).await;
        // Nothing changed: no new version.
        let fields = with(&[("picture1", kept.clone()), ("alt1", "Een bord".into())]);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        sanne.post(&edit, &fields).await.leads_to();
        assert_eq!(now().await.updated_at, question.updated_at);
        // Another description, and one more picture: a new version, also with the same words.
        region.clock.advance(Time::MINUTE);
        let fields = with(&[("picture1", kept.clone()), ("alt1", "Een groot bord".into()), ("alt2", "Een klein bord".into())]);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        sanne.upload(&edit, &fields, &[("file2", "klein.png", &red_and_blue(50, 40, ImageFormat::Png))]).await.leads_to();
        let version = now().await;
        assert!(version.updated_at > question.updated_at && version.edited_at == Some(version.updated_at));
        let pictures = region.pictures(&question).await;
        assert_eq!(pictures.iter().map(|picture| picture.alt.as_str()).collect::<Vec<_>>(), ["Een groot bord", "Een klein bord"]);
        // The first goes, by the tick; what is left moves up.
        region.clock.advance(Time::MINUTE);
        let two = sanne.get(&edit).await.value("picture2");
        let fields = with(&[("picture1", kept), ("alt1", "Een groot bord".into()), ("drop1", "1".into()), ("picture2", two), ("alt2", "Een klein bord".into())]);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        sanne.post(&edit, &fields).await.leads_to();
        let pictures = region.pictures(&question).await;
        assert_eq!(pictures.iter().map(|picture| (picture.alt.as_str(), picture.position)).collect::<Vec<_>>(), [("Een klein bord", 0)]);
        assert_eq!(fetch(&region.app, &format!("/files/{hash}")).await.status, 404);
        // What goes out says so.
        region.app.run_jobs().await;
        let document: Value = serde_json::from_str(&crate::support::peer::get(&region.app, "GET", &question.path(), "application/activity+json").await.body).expect("JSON");
        let small = pictures[0].file_hash.as_ref().expect("a file");
        let expected = json!([{"type": "Image", "url": format!("http://{}/files/{small}", region.app.host()), "mediaType": pictures[0].media_type, "name": "Een klein bord", "width": 50, "height": 40}]);
        assert_eq!(document["attachment"], expected);
        region.finish().await;
    }

    async fn members_groups_and_the_region_have_a_picture(on: On) {
        let region = Region::start(on).await;
        let (question, _) = region.ask_with(&region.sanne, "p1", &red_and_blue(40, 40, ImageFormat::Png)).await;
        let mut sanne = Visitor::logged_in(&region.app, &region.sanne).await;
        let csrf = sanne.get("/profile/photo").await.value("csrf");
        let page = sanne.upload("/profile/photo", &[("csrf", &csrf), ("action", "set")], &[("file", "x.png", b"<svg/>")]).await;
        assert!(page.status == 422 && page.body.contains("geen JPEG"), "{}", page.body);
        assert!(sanne.post("/profile/photo", &[("csrf", &csrf), ("action", "set")]).await.body.contains("Kies eerst een bestand"));
        sanne.upload("/profile/photo", &[("csrf", &csrf), ("action", "set")], &[("file", "x.png", &red_and_blue(900, 500, ImageFormat::Png))]).await.leads_to();
        let photo = region.app.actor(&region.sanne.ap_id).await.icon_file.expect("a photo");
        for path in [question.path(), "/u/sanne".into(), "/profile".into()] {
            assert!(sanne.get(&path).await.body.contains(&format!("<img {}src=\"/files/{photo}/small\" alt=\"\"", if path == "/profile" { "class=\"round\" " } else { "" })), "{path}");
        }
        let picture = fetch(&region.app, &format!("/files/{photo}")).await.picture();
        assert_eq!((picture.width(), picture.height()), (256, 256));
        assert_eq!(fetch(&region.app, &format!("/files/{photo}/small")).await.picture().width(), 96);
        let wire = async |path: &str| -> Value { serde_json::from_str(&crate::support::peer::get(&region.app, "GET", path, "application/activity+json").await.body).expect("JSON") };
        let icon = json!({"type": "Image", "mediaType": "image/jpeg", "url": format!("http://{}/files/{photo}", region.app.host())});
        assert_eq!(wire("/u/sanne").await["icon"], icon);
        assert!(sanne.get("/profile/photo").await.body.contains("data:image/jpeg;base64,"));
        sanne.post("/profile/photo", &[("csrf", &csrf), ("action", "remove")]).await.leads_to();
        assert_eq!(fetch(&region.app, &format!("/files/{photo}")).await.status, 404);
        assert!(wire("/u/sanne").await.get("icon").is_none());

        // The group's: its moderator's to give.
        assert_eq!(sanne.get("/c/jeugd/picture").await.status, 403);
        assert_eq!(sanne.upload("/c/jeugd/picture", &[("csrf", &csrf), ("action", "set")], &[("file", "x.png", &red_and_blue(90, 90, ImageFormat::Png))]).await.status, 403);
        let mut omar = Visitor::logged_in(&region.app, &region.omar).await;
        let csrf = omar.get("/c/jeugd/picture").await.value("csrf");
        omar.upload("/c/jeugd/picture", &[("csrf", &csrf), ("action", "set")], &[("file", "x.png", &red_and_blue(90, 90, ImageFormat::Png))]).await.leads_to();
        let picture = region.app.actor(&region.group.ap_id).await.icon_file.expect("a picture");
        assert!(omar.get("/c/jeugd").await.body.contains(&format!("/files/{picture}/small")));
        assert_eq!(wire("/c/jeugd").await["icon"]["url"], format!("http://{}/files/{picture}", region.app.host()));

        // The region's: an administrator's, and written down.
        assert_eq!(omar.get("/admin/logo").await.status, 403);
        assert_eq!(omar.post("/admin/logo", &[("csrf", &csrf), ("action", "remove")]).await.status, 403);
        assert_eq!(Visitor::of(&region.app).get("/admin/logo").await.status, 401);
        let admin = administrator(&region.app).await;
        let mut admin = Visitor::logged_in(&region.app, &admin).await;
        let csrf = admin.get("/admin/logo").await.value("csrf");
        let clear = DynamicImage::from(image::RgbaImage::from_fn(800, 200, |x, _| image::Rgba([0, 90, 60, u8::from(x > 90) * 255])));
        admin.upload("/admin/logo", &[("csrf", &csrf), ("action", "set")], &[("file", "logo.webp", &encoded(&clear, ImageFormat::WebP))]).await.leads_to();
        let mut visitor = Visitor::of(&region.app);
        let page = visitor.get("/").await;
        let logo = page.body.split("<img class=\"logo\" src=\"/files/").nth(1).and_then(|rest| rest.split('"').next()).expect("a logo").to_owned();
        assert!(page.body.contains("alt=\"\" width=\"512\" height=\"128\""), "{}", page.body);
        assert_eq!(fetch(&region.app, &format!("/files/{logo}")).await.header("content-type"), "image/png");
        region.clock.advance(3 * Time::DAY);
        region.tidy().await;
        assert_eq!(fetch(&region.app, &format!("/files/{logo}")).await.status, 200);
        let mut admin = Visitor::logged_in(&region.app, &region.app.actor(&format!("{}/u/beheer", region.app.core.urls.base())).await).await;
        let csrf = admin.get("/admin/logo").await.value("csrf");
        admin.post("/admin/logo", &[("csrf", &csrf), ("action", "remove")]).await.leads_to();
        assert!(visitor.get("/").await.body.contains("class=\"mark\""));
        assert_eq!(fetch(&region.app, &format!("/files/{logo}")).await.status, 404);
        let mut tx = region.app.core.db.begin().await.expect("a transaction");
        let last = audit::last(&mut tx).await.expect("a read").expect("an entry");
        assert_eq!((last.who.as_str(), last.act.as_str(), last.detail.as_str()), ("@beheer", "region.logo", "removed"));
        drop(tx);
        region.finish().await;
    }

    async fn another_region_shows_pictures_through_its_own_cache(on: On) {
        let clock = Clock::manual(START);
        let (a, b) = (TestApp::start(on, "a", &clock).await, TestApp::start(on, "b", &clock).await);
        let (anna, bram) = (a.member("anna", "Anna").await, b.member("bram", "Bram").await);
        let here = a.group("jeugd", "Jeugd", &anna).await;
        let there = b.find(&format!("jeugd@{}", a.host())).await.expect("the group");
        b.join(&bram, &there).await;
        settle(&[&a, &b]).await;
        let mut visitor = Visitor::logged_in(&a, &anna).await;
        let csrf = visitor.get("/c/jeugd/ask").await.value("csrf");
        visitor.upload("/profile/photo", &[("csrf", &csrf), ("action", "set")], &[("file", "x.png", &red_and_blue(300, 300, ImageFormat::Png))]).await.leads_to();
        let fields = form(&csrf, "w1", &[("alt1", "Een bord")]);
        let sent = visitor.upload("/c/jeugd/ask", &fields, &[("file1", "bord.png", &with_exif(&red_and_blue(900, 600, ImageFormat::Jpeg), 1))]).await;
        let question = a.post(&format!("{}{}", a.core.urls.base(), sent.leads_to())).await;
        settle(&[&a, &b]).await;

        let copy = b.post(&question.ap_id).await;
        let picture = attachments::of(&mut b.core.db.conn(), copy.id).await.expect("a list").remove(0);
        assert_eq!(picture.alt, "Een bord");
        let page = Visitor::of(&b).get(&copy.path()).await;
        assert!(page.body.contains(&format!("src=\"/files/remote/{}/small\" alt=\"Een bord\" width=\"320\" height=\"213\"", picture.id)), "{}", page.body);
        let face = b.actor(&anna.ap_id).await.face().expect("a face");
        assert!(page.body.contains(&format!("src=\"{face}\"")) && face.starts_with("/files/icon/"), "{}", page.body);
        assert!(!page.body.contains(&format!("src=\"http://{}", a.host())), "{}", page.body);
        assert_eq!(fetch(&b, &face).await.picture().width(), 96);
        let seen = fetch(&b, &format!("/files/remote/{}", picture.id)).await;
        assert_eq!((seen.picture().width(), seen.header("cache-control")), (900, "public, max-age=86400"));
        assert_eq!(fetch(&b, &format!("/files/remote/{}/small", picture.id)).await.picture().width(), 320);
        // Under its own name it is nothing of b's.
        let hash = rows::remote(&mut b.core.db.conn(), picture.remote_url.as_deref().unwrap()).await.unwrap().unwrap().file_hash.unwrap();
        assert_eq!(fetch(&b, &format!("/files/{hash}")).await.status, 404);

        // The photo goes, and the question: gone there too, and from its disk.
        visitor.post("/profile/photo", &[("csrf", &csrf), ("action", "remove")]).await.leads_to();
        a.remove(&anna, &question).await;
        settle(&[&a, &b]).await;
        assert_eq!(b.actor(&anna.ap_id).await.face(), None);
        assert_eq!(fetch(&b, &format!("/files/remote/{}", picture.id)).await.status, 404);
        files::tidy(&b.core).await.expect("tidying");
        clock.advance(2 * Time::HOUR);
        files::tidy(&b.core).await.expect("tidying");
        assert!(rows::by_hash(&mut b.core.db.conn(), &hash).await.expect("a read").is_none());
        assert!(!b.core.config.data_dir.join("files").join(hash.folder()).join(hash.as_str()).exists());
        let _ = here;
        a.finish().await;
        b.finish().await;
    }

    async fn t_93_what_others_keep_is_fetched_once_and_only_from_where_it_may_be(on: On) {
        let clock = Clock::manual(START);
        let app = TestApp::start_with(on, "a", &clock, |config| config.federation.block = vec![]).await;
        let omar = app.member("omar", "Omar Hadi").await;
        let group = app.group("jeugd", "Jeugd", &omar).await;
        let (peer, gallery) = (Peer::start("elders").await, Gallery::start("media").await);
        let stranger = peer.actor("Person", "/u/vreemd");
        let photo = red_and_blue(700, 500, ImageFormat::Jpeg);
        gallery.hang("/goed.jpg", Hung::Bytes("image/jpeg", photo.clone()));
        gallery.hang("/dicht.jpg", Hung::Closed(photo.clone()));
        gallery.hang("/pagina.jpg", Hung::Bytes("text/html", b"<html>".to_vec()));
        gallery.hang("/nep.jpg", Hung::Bytes("image/jpeg", b"<html><script>alert(1)</script>".to_vec()));
        gallery.hang("/eindeloos.png", Hung::Endless);
        gallery.hang("/verder.jpg", Hung::Redirect(gallery.at("/goed.jpg")));
        gallery.hang("/binnen.jpg", Hung::Redirect("http://10.0.0.1/geheim.jpg".into()));
        gallery.hang("/terug.jpg", Hung::Redirect(format!("http://{}/files/icon/1", app.host())));
        gallery.hang("/rond.jpg", Hung::Redirect(gallery.at("/rond.jpg")));
        let names = ["/goed.jpg", "/dicht.jpg", "/verder.jpg", "/pagina.jpg", "/nep.jpg", "/eindeloos.png", "/binnen.jpg", "/terug.jpg", "/rond.jpg", "/weg.jpg"];
        let mut pictures = Vec::new();
        for (number, names) in (0..).zip(names.chunks(8)) {
            let attachments: Vec<Value> = names.iter().map(|name| json!({"type": "Document", "mediaType": "image/jpeg", "url": gallery.at(name), "name": format!("Foto van {name}")})).collect();
            let note = note(&peer, &stranger, &group, number, &attachments);
            assert_eq!(stranger.sends(&app, &stranger.says("Create", number, &note)).await, 202);
            app.run_jobs().await;
            let post = app.post(note["id"].as_str().unwrap()).await;
            pictures.extend(attachments::of(&mut app.core.db.conn(), post.id).await.expect("a list"));
        }
        assert_eq!(pictures.len(), names.len());
        let path = |name: &str| {
            let url = gallery.at(name);
            let picture = pictures.iter().find(|picture| picture.remote_url.as_ref() == Some(&url)).expect("a picture");
            format!("/files/remote/{}", picture.id)
        };
        // A page of ours names none of the places where they lie.
        let page = Visitor::of(&app).get(&app.post(&peer.at("/note/0")).await.path()).await;
        assert!(page.body.contains("alt=\"Foto van /goed.jpg\"") && !page.body.contains(&gallery.host), "{}", page.body);
        assert_eq!(gallery.gets("/goed.jpg"), 0);

        assert_eq!(fetch(&app, &path("/goed.jpg")).await.picture().width(), 700);
        assert_eq!(fetch(&app, &path("/goed.jpg")).await.picture().width(), 700);
        assert_eq!(fetch(&app, &format!("{}/small", path("/goed.jpg"))).await.picture().width(), 320);
        assert_eq!(gallery.gets("/goed.jpg"), 1);
        assert_eq!(fetch(&app, &path("/verder.jpg")).await.picture().width(), 700);
        for bad in &names[3..] {
            assert_eq!(fetch(&app, &path(bad)).await.status, 404, "{bad}");
            let gets = gallery.gets(bad);
            assert!(gets >= 1, "{bad}");
            // For an hour, it is not asked for again.
            assert_eq!(fetch(&app, &path(bad)).await.status, 404, "{bad}");
            assert_eq!(gallery.gets(bad), gets, "{bad}");
        }
        gallery.hang("/weg.jpg", Hung::Bytes("application/octet-stream", photo.clone()));
        clock.advance(61 * Time::MINUTE);
        assert_eq!(fetch(&app, &path("/weg.jpg")).await.picture().width(), 700);

        // Many who look at the same moment, while everything else goes on.
        let closed = path("/dicht.jpg");
        let (one, two, three, other) = tokio::join!(fetch(&app, &closed), fetch(&app, &closed), fetch(&app, &closed), async {
            let other = fetch(&app, &path("/goed.jpg")).await;
            gallery.open();
            other
        });
        assert_eq!([one, two, three, other].map(|fetched| fetched.picture().width()), [700; 4]);
        assert_eq!(gallery.gets("/dicht.jpg"), 1);

        // What nobody looks at for a month goes; who looks then has it fetched again.
        clock.advance(20 * Time::DAY);
        assert_eq!(fetch(&app, &path("/goed.jpg")).await.status, 200);
        clock.advance(20 * Time::DAY);
        files::tidy(&app.core).await.expect("tidying");
        let kept = async |name: &str| rows::remote(&mut app.core.db.conn(), &gallery.at(name)).await.expect("a read").is_some();
        assert!(kept("/goed.jpg").await && !kept("/verder.jpg").await);
        assert_eq!(fetch(&app, &path("/dicht.jpg").replace("remote", "icon")).await.status, 404);

        // An actor of theirs, and no one else's picture by guessing.
        let mut document = stranger.document("Person");
        document["icon"] = json!([{"type": "Image", "url": gallery.at("/goed.jpg")}]);
        peer.serve(&document);
        assert_eq!(stranger.sends(&app, &stranger.says("Update", 9, &document)).await, 202);
        app.run_jobs().await;
        let face = app.actor(&stranger.id).await.face().expect("a face");
        assert_eq!(fetch(&app, &face).await.status, 200);
        for nothing in ["/files/remote/1".to_owned(), "/files/icon/1".into(), format!("/files/icon/{}", omar.id), "/files/remote/x".into()] {
            assert_eq!(fetch(&app, &nothing).await.status, 404);
        }
        // The actor goes: so does all of it.
        peer.gone("/u/vreemd");
        assert_eq!(stranger.sends(&app, &stranger.says("Delete", 10, &json!(stranger.id))).await, 202);
        app.run_jobs().await;
        assert_eq!(fetch(&app, &face).await.status, 404);
        assert_eq!(fetch(&app, &path("/goed.jpg")).await.status, 404);
        files::tidy(&app.core).await.expect("tidying");
        clock.advance(2 * Time::HOUR);
        files::tidy(&app.core).await.expect("tidying");
        assert!(!kept("/goed.jpg").await);
        assert_eq!(files_below(&app), 0);
        app.forget_deliveries().await;
        app.finish().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t_15_a_blocked_server_s_pictures_are_not_asked_for() {
    let clock = Clock::manual(START);
    let (peer, gallery) = (Peer::start("elders").await, Gallery::start("media").await);
    let blocked = gallery.host.clone();
    let app = TestApp::start_with(On::Sqlite, "a", &clock, |config| config.federation.block = vec![blocked]).await;
    let omar = app.member("omar", "Omar Hadi").await;
    let group = app.group("jeugd", "Jeugd", &omar).await;
    gallery.hang("/goed.jpg", Hung::Bytes("image/jpeg", red_and_blue(70, 50, ImageFormat::Jpeg)));
    let stranger = peer.actor("Person", "/u/vreemd");
    let note = note(&peer, &stranger, &group, 0, &[json!({"type": "Image", "url": gallery.at("/goed.jpg")})]);
    assert_eq!(stranger.sends(&app, &stranger.says("Create", 0, &note)).await, 202);
    app.run_jobs().await;
    let post = app.post(&peer.at("/note/0")).await;
    let picture = attachments::of(&mut app.core.db.conn(), post.id).await.expect("a list").remove(0);
    assert_eq!(fetch(&app, &format!("/files/remote/{}", picture.id)).await.status, 404);
    assert_eq!(gallery.gets("/goed.jpg"), 0);
    app.forget_deliveries().await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t_74_a_server_that_never_answers_is_given_up() {
    let clock = Clock::manual(START);
    let (peer, gallery) = (Peer::start("elders").await, Gallery::start("media").await);
    let app = TestApp::start(On::Sqlite, "a", &clock).await;
    let omar = app.member("omar", "Omar Hadi").await;
    let group = app.group("jeugd", "Jeugd", &omar).await;
    gallery.hang("/dicht.jpg", Hung::Closed(Vec::new()));
    let stranger = peer.actor("Person", "/u/vreemd");
    let note = note(&peer, &stranger, &group, 0, &[json!({"type": "Image", "url": gallery.at("/dicht.jpg")})]);
    assert_eq!(stranger.sends(&app, &stranger.says("Create", 0, &note)).await, 202);
    app.run_jobs().await;
    let post = app.post(&peer.at("/note/0")).await;
    let picture = attachments::of(&mut app.core.db.conn(), post.id).await.expect("a list").remove(0);
    let path = format!("/files/remote/{}", picture.id);
    let (one, two) = tokio::join!(fetch(&app, &path), fetch(&app, &path));
    assert_eq!([one.status, two.status], [404; 2]);
    assert_eq!(gallery.gets("/dicht.jpg"), 1);
    app.forget_deliveries().await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_fills_the_disk_with_what_is_never_sent() {
    let region = Region::start(On::Sqlite).await;
    let mut sanne = Visitor::logged_in(&region.app, &region.sanne).await;
    let csrf = sanne.get("/c/jeugd/ask").await.value("csrf");
    for number in 0..40 {
        let bytes = red_and_blue(10 + number, 10, ImageFormat::Png);
        let page = sanne.upload("/c/jeugd/ask", &form(&csrf, "m1", &[]), &[("file1", "x.png", &bytes)]).await;
        assert_eq!(page.status, 422);
    }
    let page = sanne.upload("/c/jeugd/ask", &form(&csrf, "m1", &[]), &[("file1", "x.png", &red_and_blue(99, 10, ImageFormat::Png))]).await;
    assert_eq!(page.status, 429);
    region.clock.advance(25 * Time::HOUR);
    region.tidy().await;
    let mut sanne = Visitor::logged_in(&region.app, &region.sanne).await;
    let csrf = sanne.get("/c/jeugd/ask").await.value("csrf");
    let page = sanne.upload("/c/jeugd/ask", &form(&csrf, "m1", &[]), &[("file1", "x.png", &red_and_blue(99, 10, ImageFormat::Png))]).await;
    assert_eq!(page.status, 422);
    region.finish().await;
}

/// A thread of theirs in a group of ours.
fn note(peer: &Peer, stranger: &Stranger, group: &Actor, number: u32, attachments: &[Value]) -> Value {
    json!({
        "id": peer.at(&format!("/note/{number}")), "type": "Page", "attributedTo": stranger.id, "name": "Kijk eens",
        "to": [group.ap_id, "https://www.w3.org/ns/activitystreams#Public"], "audience": group.ap_id,
        "content": "<p>Zo doen wij dit.<img src=\"https://elders.example/spion.png\"></p>", "published": START.rfc3339(), "attachment": attachments,
    })
}

/// How many files of pictures lie in the data folder.
fn files_below(app: &TestApp) -> usize {
    let folders = std::fs::read_dir(app.core.config.data_dir.join("files")).expect("a folder");
    folders.map(|folder| std::fs::read_dir(folder.expect("an entry").path()).expect("a folder").count()).sum()
}

async fn administrator(app: &TestApp) -> Actor {
    use meent::model::names::{Email, Line, Name};
    use meent::ops::members::{NewMember, register};
    let mut tx = app.core.db.begin().await.expect("a transaction");
    let new = NewMember {
        name: &Name::parse("beheer").expect("a name"),
        email: &Email::parse("beheer@voorbeeld.example").expect("an address"),
        password_hash: String::new(),
        display_name: &Line::parse("Beheer").expect("a line"),
        admin: true,
        language: "nl",
        keys: app.core.keys.make().await.expect("keys"),
    };
    let admin = register(&app.core, &mut tx, new).await.expect("a member");
    app.core.commit(tx).await.expect("a commit");
    admin
}

/// A landscape of sorts, so that a picture of the page shows something.
pub fn landscape(width: u32, height: u32) -> Vec<u8> {
    let picture = image::RgbImage::from_fn(width, height, |x, y| {
        let hill = f64::from(height) * (0.6 + 0.15 * (f64::from(x) / f64::from(width) * 7.0).sin());
        let shade = u8::try_from(y * 120 / height).unwrap_or(120);
        if f64::from(y) < hill { image::Rgb([120 + shade, 180 + shade / 2, 230]) } else { image::Rgb([60, 160 - shade, 70]) }
    });
    encoded(&DynamicImage::from(picture), ImageFormat::Jpeg)
}

/// Nobody is kept out by the page (WCAG 2.2 AA), wide or narrow; and a picture of it at each width.
async fn look(browser: &Browser, name: &str) {
    for (width, height) in [(1280, 900), (390, 844), (320, 800)] {
        browser.resize(width, height).await;
        let wrong = browser.axe().await;
        assert!(wrong.is_empty(), "{name}, {width}: {}", wrong.join("\n"));
        let script = "return [document.documentElement.scrollWidth, innerWidth]";
        let (needed, there): (i64, i64) =
            browser.driver.execute(script, Vec::new()).await.and_then(|sizes| sizes.convert()).expect("sizes");
        assert!(needed <= there, "{name}: {needed} wide, of which {there} can be seen");
        browser.screenshot(&format!("files-{name}-{width}")).await;
    }
    browser.resize(1280, 900).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pictures_in_a_real_browser() {
    let region = Region::start(On::Sqlite).await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("speeltuin.jpg");
    std::fs::write(&file, landscape(1_200, 800)).expect("a file");
    let admin = administrator(&region.app).await;
    let visitor = Visitor::logged_in(&region.app, &admin).await;
    let browser = Browser::start(1280, 900).await;
    let at = |path: &str| format!("{}{path}", region.app.core.urls.base());
    browser.goto(&at("/")).await;
    browser.driver.add_cookie(thirtyfour::Cookie::new("meent", visitor.cookies["meent"].clone())).await.expect("a cookie");
    let choose = async |css: &str| browser.fill_file(css, &file).await;

    browser.goto(&at("/c/jeugd/ask")).await;
    browser.fill("[name=title]", "Hoe maken jullie de speeltuin veilig?").await;
    browser.fill("[name=body]", "Op de foto zie je hoe het er nu bij ligt.").await;
    browser.click(".slots summary").await;
    look(&browser, "ask").await;
    choose("[name=file1]").await;
    browser.click("details.slot summary").await;
    choose("[name=file2]").await;
    browser.fill("[name=alt1]", "Een heuvel met gras, zonder hek.").await;
    browser.click("main form button").await;
    assert_eq!(
        browser.appears(".problems li").await,
        "Beschrijf afbeelding 2, zodat ook wie de afbeelding niet ziet kan meedoen. Is het alleen versiering? Vink dat dan aan."
    );
    look(&browser, "ask-again").await;
    browser.fill("[name=alt2]", "Hetzelfde nog eens.").await;
    browser.click("[name=drop2]").await;
    browser.click("main form button").await;
    browser.appears(".pictures").await;

    for (page, shape) in [("/profile/photo", "photo"), ("/c/jeugd/picture", "group"), ("/admin/logo", "logo")] {
        browser.goto(&at(page)).await;
        choose("[name=file]").await;
        browser.click("main form button").await;
        browser.appears(".flash").await;
        browser.goto(&at(page)).await;
        browser.appears("img.current").await;
        look(&browser, shape).await;
    }
    let page = lists_first(&region).await;
    for (path, name) in [(page.as_str(), "thread"), ("/c/jeugd", "group-page"), ("/u/beheer", "member"), ("/profile", "profile")] {
        browser.goto(&at(path)).await;
        browser.appears("h1").await;
        look(&browser, name).await;
    }
    browser.goto(&at(&page)).await;
    // What a page shows, it really got: nothing is a broken picture.
    let script = "return [...document.images].every(image => { image.loading = 'eager'; return true }) && Promise.all([...document.images].map(image => image.decode().then(() => image.naturalWidth)))";
    let widths: Vec<i64> = browser.driver.execute(script, Vec::new()).await.and_then(|widths| widths.convert()).expect("widths");
    assert_eq!(widths.iter().filter(|width| **width == 320).count(), 1, "{widths:?}");
    assert!(widths.len() >= 3 && widths.iter().all(|width| *width > 0), "{widths:?}");
    browser.quit().await;
    region.finish().await;
}

async fn lists_first(region: &Region) -> String {
    use meent::db::lists::{Threads, threads};
    threads(&mut region.app.core.db.conn(), Threads::All, None, 1).await.expect("a list").items.remove(0).post.path()
}
