//! From the bytes that somebody sent to a picture that is safe to show: its type decided by what is in it, its size bounded,
//! turned upright, written anew (so that nothing else that came with it is left), in two sizes. No disk and no database.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType as PngFilter, PngEncoder};
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ExtendedColorType, ImageDecoder, ImageEncoder, ImageError, ImageFormat, ImageReader, Limits, Rgb, RgbImage};
use sha2::{Digest, Sha256};

use crate::model::FileHash;
use crate::model::picture::SMALL;

/// Largest file we take, in bytes.
pub const MAX_BYTES: usize = 10 * 1024 * 1024;
/// Most pixels: more than the camera of a telephone makes.
pub const MAX_PIXELS: u64 = 40_000_000;
/// Longest side we read.
const MAX_SIDE: u32 = 20_000;
/// Most memory that reading one may take.
const MAX_MEMORY: u64 = 256 * 1024 * 1024;
/// Most passes over the pixels of a JPEG. Each costs time for the whole picture, however little it says.
const MAX_SCANS: usize = 100;
/// The longest side of what we keep.
const LARGE: u32 = 1_600;
/// A face is a square of this size, and small one of that.
const FACE: u32 = 256;
const SMALL_FACE: u32 = 96;
/// A logo stands in the frame of every page.
const LOGO: u32 = 512;
const QUALITY: u8 = 85;

/// What a picture is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// With a post: as it is, up to 1600 pixels.
    Post,
    /// Beside a name: a square from its middle, never transparent.
    Face,
    /// The region's logo: as it is, up to 512 pixels.
    Logo,
}

/// Why bytes are no picture that we take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    #[error("the file is too large")]
    TooLarge,
    #[error("not a picture of a kind that we take")]
    Unknown,
    #[error("the picture has too many pixels")]
    TooManyPixels,
    #[error("the picture is damaged")]
    Broken,
}

impl Flaw {
    /// The key of the sentence that says so.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::TooLarge => "picture-too-large",
            Self::Unknown => "picture-unknown",
            Self::TooManyPixels => "picture-pixels",
            Self::Broken => "picture-broken",
        }
    }
}

/// A picture in two sizes, ready to be kept.
#[derive(Clone, Debug)]
pub struct Prepared {
    pub hash: FileHash,
    pub media_type: &'static str,
    pub width: u32,
    pub height: u32,
    pub large: Vec<u8>,
    pub small: Vec<u8>,
}

/// Reads a picture and writes it anew. Takes a while and much memory: not on the async threads, and not many at once.
///
/// # Errors
/// Why it is refused.
pub fn prepare(bytes: &[u8], shape: Shape) -> Result<Prepared, Flaw> {
    if bytes.len() > MAX_BYTES {
        return Err(Flaw::TooLarge);
    }
    let format = kind(bytes)?;
    let (picture, orientation) = read(bytes, format)?;
    let large = turned(sized(&picture, orientation, shape), orientation);
    drop(picture);
    let (width, height) = (large.width(), large.height());
    // What is made of the large one follows from it alone, whoever uploaded it for whatever: one hash, one pair of files.
    let longest = if width == height && width <= FACE { SMALL_FACE } else { u32::try_from(SMALL).unwrap_or(320) };
    let small = if width.max(height) > longest { shrunk(&large, longest) } else { large.clone() };
    let (large, small) = if seen_through(&large) {
        (Encoded::png(&DynamicImage::from(large.to_rgba8()))?, Encoded::png(&DynamicImage::from(small.to_rgba8()))?)
    } else {
        let (large, small) = (DynamicImage::from(large.to_rgb8()), DynamicImage::from(small.to_rgb8()));
        let jpeg = Encoded::jpeg(&large)?;
        // Text on a screen is sharper and smaller as PNG, a photograph as JPEG.
        let exact = !matches!(format, ImageFormat::Jpeg) && shape != Shape::Face;
        match if exact { Some(Encoded::png(&large)?) } else { None }.filter(|png| png.bytes.len() <= jpeg.bytes.len()) {
            Some(png) => (png, Encoded::png(&small)?),
            None => (jpeg, Encoded::jpeg(&small)?),
        }
    };
    let hash = FileHash::of(&Sha256::digest(&large.bytes));
    Ok(Prepared { hash, media_type: large.media_type, width, height, large: large.bytes, small: small.bytes })
}

/// The type, by what is in it.
fn kind(bytes: &[u8]) -> Result<ImageFormat, Flaw> {
    match image::guess_format(bytes) {
        Ok(format @ (ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP | ImageFormat::Gif)) => Ok(format),
        _ => Err(Flaw::Unknown),
    }
}

fn flaw(error: &ImageError) -> Flaw {
    if matches!(error, ImageError::Limits(_)) { Flaw::TooManyPixels } else { Flaw::Broken }
}

/// The pixels (of one that moves, the first picture) and how they must be turned.
fn read(bytes: &[u8], format: ImageFormat) -> Result<(DynamicImage, Orientation), Flaw> {
    // The decoder makes up what is missing at the end.
    if format == ImageFormat::Jpeg && !is_whole_jpeg(bytes) {
        return Err(Flaw::Broken);
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_MEMORY);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits.clone());
    let mut decoder = reader.into_decoder().map_err(|error| flaw(&error))?;
    let (width, height) = decoder.dimensions();
    if width == 0 || height == 0 {
        return Err(Flaw::Broken);
    }
    if u64::from(width) * u64::from(height) > MAX_PIXELS || decoder.total_bytes() > MAX_MEMORY {
        return Err(Flaw::TooManyPixels);
    }
    limits.reserve(decoder.total_bytes()).map_err(|error| flaw(&error))?;
    decoder.set_limits(limits).map_err(|error| flaw(&error))?;
    // Damaged notes about a picture don't spoil the picture.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let picture = DynamicImage::from_decoder(decoder).map_err(|error| flaw(&error))?;
    Ok((picture, orientation))
}

/// Whether the mark of the end follows the beginning of the pixels (an end within the notes, of a preview, does not count), and
/// they don't come in more passes than anybody makes.
fn is_whole_jpeg(bytes: &[u8]) -> bool {
    let mut at = 2;
    while let Some([0xff, marker]) = bytes.get(at..at + 2) {
        match marker {
            0xff => at += 1,
            // Markers without a length.
            0x01 | 0xd0..=0xd8 => at += 2,
            0xd9 => return false,
            0xda => {
                let marks = |mark: u8| bytes[at..].windows(2).filter(move |pair| *pair == [0xff, mark]);
                return marks(0xd9).next().is_some() && marks(0xda).count() <= MAX_SCANS;
            }
            _ => {
                let Some([high, low]) = bytes.get(at + 2..at + 4) else { return false };
                at += 2 + usize::from(u16::from_be_bytes([*high, *low]));
            }
        }
    }
    false
}

/// As large as it may be for what it is for; not turned yet, which is cheaper afterwards.
fn sized(picture: &DynamicImage, orientation: Orientation, shape: Shape) -> DynamicImage {
    match shape {
        Shape::Post => shrunk(picture, LARGE),
        Shape::Logo => shrunk(picture, LOGO),
        Shape::Face => {
            let (width, height) = (picture.width(), picture.height());
            let side = width.min(height);
            // Of a picture that stands, the face is rather in the upper half; which end is up is known for most.
            let spare = height - side;
            let upright = matches!(orientation, Orientation::NoTransforms | Orientation::FlipHorizontal);
            let top = if upright { spare / 3 } else { spare / 2 };
            opaque(&shrunk(&picture.crop_imm((width - side) / 2, top, side, side), FACE))
        }
    }
}

/// At most so long on its longest side.
fn shrunk(picture: &DynamicImage, longest: u32) -> DynamicImage {
    if picture.width().max(picture.height()) <= longest {
        return picture.clone();
    }
    // First quickly to about twice the size, then well.
    let near = picture.width().max(picture.height()) > 3 * longest;
    let rough = near.then(|| picture.thumbnail(2 * longest, 2 * longest));
    rough.as_ref().unwrap_or(picture).resize(longest, longest, FilterType::CatmullRom)
}

fn turned(mut picture: DynamicImage, orientation: Orientation) -> DynamicImage {
    picture.apply_orientation(orientation);
    picture
}

fn seen_through(picture: &DynamicImage) -> bool {
    picture.color().has_alpha() && picture.to_rgba8().pixels().any(|pixel| pixel.0[3] < 255)
}

/// On white.
fn opaque(picture: &DynamicImage) -> DynamicImage {
    if !seen_through(picture) {
        return picture.clone();
    }
    let pixels = picture.to_rgba8();
    let over = |part: u8, alpha: u8| {
        let (part, alpha) = (u32::from(part), u32::from(alpha));
        u8::try_from((part * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)
    };
    DynamicImage::from(RgbImage::from_fn(pixels.width(), pixels.height(), |x, y| {
        let [r, g, b, alpha] = pixels.get_pixel(x, y).0;
        Rgb([over(r, alpha), over(g, alpha), over(b, alpha)])
    }))
}

struct Encoded {
    media_type: &'static str,
    bytes: Vec<u8>,
}

impl Encoded {
    fn jpeg(picture: &DynamicImage) -> Result<Self, Flaw> {
        let mut bytes = Vec::new();
        JpegEncoder::new_with_quality(&mut bytes, QUALITY).encode_image(picture).map_err(|_| Flaw::Broken)?;
        Ok(Self { media_type: "image/jpeg", bytes })
    }

    fn png(picture: &DynamicImage) -> Result<Self, Flaw> {
        let mut bytes = Vec::new();
        let colours = if picture.color().has_alpha() { ExtendedColorType::Rgba8 } else { ExtendedColorType::Rgb8 };
        PngEncoder::new_with_quality(&mut bytes, CompressionType::Default, PngFilter::Adaptive)
            .write_image(picture.as_bytes(), picture.width(), picture.height(), colours)
            .map_err(|_| Flaw::Broken)?;
        Ok(Self { media_type: "image/png", bytes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(width: u32, height: u32, format: ImageFormat, pixel: impl Fn(u32, u32) -> [u8; 4]) -> Vec<u8> {
        let picture = DynamicImage::from(image::RgbaImage::from_fn(width, height, |x, y| image::Rgba(pixel(x, y))));
        let picture = if format == ImageFormat::Jpeg { DynamicImage::from(picture.to_rgb8()) } else { picture };
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    fn noise(x: u32, y: u32) -> [u8; 4] {
        let mixed = (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503)).wrapping_mul(2_246_822_519) >> 8;
        let [red, green, blue, _] = mixed.to_le_bytes();
        [red, green, blue, 255]
    }

    fn decoded(bytes: &[u8]) -> DynamicImage {
        image::load_from_memory(bytes).unwrap()
    }

    #[test]
    fn what_is_kept_is_no_larger_than_needed_and_of_the_type_that_suits_it() {
        let photo = prepare(&encoded(2_400, 1_200, ImageFormat::Jpeg, noise), Shape::Post).unwrap();
        assert_eq!((photo.media_type, photo.width, photo.height), ("image/jpeg", 1_600, 800));
        assert_eq!((decoded(&photo.large).width(), decoded(&photo.small).width(), decoded(&photo.small).height()), (1_600, 320, 160));
        // The same pixels that came as PNG: still a photograph.
        assert_eq!(prepare(&encoded(400, 200, ImageFormat::Png, noise), Shape::Post).unwrap().media_type, "image/jpeg");
        let screen = prepare(&encoded(400, 200, ImageFormat::Png, |x, _| if x % 40 < 20 { [0, 0, 0, 255] } else { [255; 4] }), Shape::Post);
        assert_eq!(screen.unwrap().media_type, "image/png");
        let hole = prepare(&encoded(400, 400, ImageFormat::WebP, |x, _| [200, 0, 0, u8::from(x > 100) * 255]), Shape::Post).unwrap();
        assert_eq!(hole.media_type, "image/png");
        assert_eq!(decoded(&hole.large).to_rgba8().get_pixel(0, 0).0[3], 0);
        let gif = prepare(&encoded(40, 20, ImageFormat::Gif, |_, _| [0, 200, 0, 255]), Shape::Post).unwrap();
        assert_eq!((gif.width, gif.height), (40, 20));
        let face = prepare(&encoded(600, 900, ImageFormat::Png, |x, _| [0, 0, 0, u8::from(x > 300) * 255]), Shape::Face).unwrap();
        assert_eq!((face.media_type, face.width, face.height, decoded(&face.small).width()), ("image/jpeg", 256, 256, 96));
        assert!(decoded(&face.large).to_rgb8().get_pixel(2, 2).0[0] > 240);
    }

    #[test]
    fn the_same_picture_is_the_same_file() {
        let bytes = encoded(300, 300, ImageFormat::Jpeg, noise);
        assert_eq!(prepare(&bytes, Shape::Post).unwrap().hash, prepare(&bytes, Shape::Post).unwrap().hash);
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        let refused = |bytes: &[u8]| prepare(bytes, Shape::Post).unwrap_err();
        for text in
            ["", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "<!doctype html><script>alert(1)</script>", "%PDF-1.7", "PK\u{3}\u{4}"]
        {
            assert_eq!(refused(text.as_bytes()), Flaw::Unknown, "{text}");
        }
        // Begins like a picture, and is something else.
        for disguised in
            [&b"\x89PNG\r\n\x1a\n<html><script>alert(1)</script></html>"[..], b"GIF89a/*<script>*/=1;alert(1)", b"\xff\xd8\xff\xe0<script>"]
        {
            assert!(matches!(refused(disguised), Flaw::Broken | Flaw::TooManyPixels));
        }
        assert_eq!(refused(&vec![0; MAX_BYTES + 1]), Flaw::TooLarge);
        for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP, ImageFormat::Gif] {
            let whole = encoded(200, 200, format, noise);
            assert!(prepare(&whole, Shape::Post).is_ok(), "{format:?}");
            assert_eq!(refused(&whole[..whole.len() / 2]), Flaw::Broken, "{format:?}");
        }
    }

    #[test]
    fn a_small_file_does_not_become_a_huge_picture() {
        // A GIF that says 60 000 by 60 000 and shows one pixel.
        let mut gif = encoded(1, 1, ImageFormat::Gif, |_, _| [0, 0, 0, 255]);
        gif[6..10].copy_from_slice(&[0x60, 0xea, 0x60, 0xea]);
        assert_eq!(prepare(&gif, Shape::Post).unwrap_err(), Flaw::TooManyPixels);
        // A PNG with 7000 by 7000 pixels, all the same.
        let grey = DynamicImage::from(image::GrayImage::new(7_000, 7_000));
        let mut png = Cursor::new(Vec::new());
        grey.write_to(&mut png, ImageFormat::Png).unwrap();
        assert!(png.get_ref().len() < MAX_BYTES / 10);
        assert_eq!(prepare(png.get_ref(), Shape::Post).unwrap_err(), Flaw::TooManyPixels);
    }

    #[test]
    fn a_picture_in_thousands_of_passes_is_refused() {
        let whole = encoded(64, 64, ImageFormat::Jpeg, noise);
        let start = whole.windows(2).position(|pair| pair == [0xff, 0xda]).unwrap();
        let end = whole.len() - 2;
        let passes = whole[start..end].repeat(MAX_SCANS + 1);
        let many = [&whole[..start], &passes, &whole[end..]].concat();
        assert_eq!(prepare(&many, Shape::Post).unwrap_err(), Flaw::Broken);
    }

    #[test]
    fn of_what_moves_the_first_picture_stays() {
        let frame = |red: u8| image::Frame::new(image::RgbaImage::from_pixel(30, 20, image::Rgba([red, 0, 0, 255])));
        let mut moving = Vec::new();
        image::codecs::gif::GifEncoder::new(&mut moving).encode_frames((0..50).map(|n| frame(250 - 5 * n))).unwrap();
        let kept = prepare(&moving, Shape::Post).unwrap();
        assert!((kept.width, kept.height) == (30, 20) && decoded(&kept.large).to_rgb8().get_pixel(9, 9).0[0] > 245);
    }

    #[test]
    fn what_comes_after_the_picture_does_not_come_through() {
        let mut bytes = encoded(50, 50, ImageFormat::Jpeg, noise);
        bytes.extend_from_slice(b"PK\x03\x04<script>alert(1)</script>");
        let kept = prepare(&bytes, Shape::Post).unwrap();
        assert!(!kept.large.windows(7).any(|part| part == b"<script"));
    }
}
