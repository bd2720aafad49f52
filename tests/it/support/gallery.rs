//! Pictures for tests: made here, and served by a server that counts who asks.

use std::collections::HashMap;
use std::io::Cursor;
use std::sync::{Arc, Mutex};

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use tokio::net::TcpListener;
use tokio::sync::Notify;

/// A picture whose left half is red and whose right half is blue.
pub fn red_and_blue(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let picture = RgbImage::from_fn(width, height, |x, _| if x < width / 2 { Rgb([250, 0, 0]) } else { Rgb([0, 0, 250]) });
    encoded(&DynamicImage::from(picture), format)
}

pub fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).expect("a picture");
    bytes.into_inner()
}

/// What [`with_exif`] hides in a picture.
pub const SECRET_PLACE: &str = "52.0907N 5.1214E thuis";

/// A JPEG with notes: turned a quarter, and where it was taken.
pub fn with_exif(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let entry = |tag: u16, kind: u16, count: u32, value: [u8; 4]| {
        let mut entry = tag.to_le_bytes().to_vec();
        entry.extend(kind.to_le_bytes());
        entry.extend(count.to_le_bytes());
        entry.extend(value);
        entry
    };
    let place = format!("{SECRET_PLACE}\0");
    let length = u32::try_from(place.len()).expect("short");
    // The header is 8 bytes, a list of three entries 42.
    let (text_at, gps_at) = (50_u32, 50 + length);
    let mut tiff = b"II*\0\x08\0\0\0".to_vec();
    tiff.extend(3_u16.to_le_bytes());
    tiff.extend(entry(0x010e, 2, length, text_at.to_le_bytes()));
    tiff.extend(entry(0x0112, 3, 1, [orientation, 0, 0, 0]));
    tiff.extend(entry(0x8825, 4, 1, gps_at.to_le_bytes()));
    tiff.extend(0_u32.to_le_bytes());
    tiff.extend(place.as_bytes());
    tiff.extend(1_u16.to_le_bytes());
    tiff.extend(entry(0x0001, 2, 2, *b"N\0\0\0"));
    tiff.extend(0_u32.to_le_bytes());
    let mut segment = b"Exif\0\0".to_vec();
    segment.extend(tiff);
    let mut bytes = vec![0xff, 0xd8, 0xff, 0xe1];
    bytes.extend(u16::try_from(segment.len() + 2).expect("short").to_be_bytes());
    bytes.extend(segment);
    bytes.extend(&jpeg[2..]);
    bytes
}

/// What hangs at an address.
#[derive(Clone, Debug)]
pub enum Hung {
    Bytes(&'static str, Vec<u8>),
    Redirect(String),
    /// Bytes without end that call themselves a picture.
    Endless,
    /// A picture that comes only when [`Gallery::open`] says so.
    Closed(Vec<u8>),
}

#[derive(Default)]
struct Walls {
    hung: Mutex<HashMap<String, Hung>>,
    gets: Mutex<HashMap<String, usize>>,
    door: Notify,
}

/// A server with pictures.
pub struct Gallery {
    pub host: String,
    walls: Arc<Walls>,
    server: tokio::task::JoinHandle<()>,
}

impl Drop for Gallery {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Gallery {
    pub async fn start(name: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let host = format!("{name}.localhost:{}", listener.local_addr().expect("an address").port());
        let walls = Arc::new(Walls::default());
        let router = axum::Router::new().fallback(serve).with_state(walls.clone());
        let server = tokio::spawn(async move { axum::serve(listener, router).await.expect("serving") });
        Self { host, walls, server }
    }

    pub fn at(&self, path: &str) -> String {
        format!("http://{}{path}", self.host)
    }

    pub fn hang(&self, path: &str, what: Hung) {
        self.walls.hung.lock().expect("a lock").insert(path.to_owned(), what);
    }

    /// How often a path was asked for.
    pub fn gets(&self, path: &str) -> usize {
        self.walls.gets.lock().expect("a lock").get(path).copied().unwrap_or_default()
    }

    /// Lets the one go on who stands before what is closed, or the next who comes.
    pub fn open(&self) {
        self.walls.door.notify_one();
    }
}

async fn serve(State(walls): State<Arc<Walls>>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    *walls.gets.lock().expect("a lock").entry(path.clone()).or_default() += 1;
    let hung = walls.hung.lock().expect("a lock").get(&path).cloned();
    match hung {
        None => StatusCode::NOT_FOUND.into_response(),
        Some(Hung::Bytes(kind, bytes)) => ([(header::CONTENT_TYPE, kind)], bytes).into_response(),
        Some(Hung::Redirect(place)) => (StatusCode::FOUND, [(header::LOCATION, place)]).into_response(),
        Some(Hung::Endless) => {
            let same = futures_util::stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from(vec![0; 64 * 1024])));
            ([(header::CONTENT_TYPE, "image/png")], Body::from_stream(same)).into_response()
        }
        Some(Hung::Closed(bytes)) => {
            walls.door.notified().await;
            ([(header::CONTENT_TYPE, "image/jpeg")], bytes).into_response()
        }
    }
}
