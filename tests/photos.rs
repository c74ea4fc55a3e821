//! Photographs and bad picture files through the whole way from bytes to texts.

#![cfg(feature = "device")]

use ecosphere::{
    engine::picture::{PictureError, luma, read_codes},
    passport::{
        Outcome,
        qr::{Effort, read_luma},
        qr_out,
    },
};
use image::{GrayImage, ImageFormat, Luma, imageops};
use std::{collections::BTreeMap, fs, io::Cursor, path::Path};

const LINK: &str = "https://id.example/01/09506000134352/10/L1";

fn photos() -> BTreeMap<String, (Vec<u8>, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/codes");
    let files = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).filter(|p| p.extension().is_some_and(|e| e == "png"));
    files
        .map(|path| {
            let text = fs::read_to_string(path.with_extension("txt")).unwrap();
            (path.file_stem().unwrap().to_string_lossy().into_owned(), (fs::read(&path).unwrap(), text.trim_end_matches(['\r', '\n']).to_owned()))
        })
        .collect()
}

fn png(picture: &GrayImage) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

fn code(text: &str, scale: u32) -> GrayImage {
    image::load_from_memory(&qr_out::png(text, scale).unwrap()).unwrap().into_luma8()
}

fn texts(bytes: &[u8]) -> Result<Vec<String>, PictureError> {
    read_codes(bytes).map(|codes| codes.into_iter().map(|code| code.text).collect())
}

#[test]
fn photographs_are_read_to_the_letter() {
    let photos = photos();
    assert_eq!(photos.len(), 30);
    let wrong: Vec<String> = photos
        .iter()
        .filter_map(|(name, (bytes, expected))| {
            let found: Vec<String> = texts(bytes).unwrap().iter().map(|text| text.trim_end_matches(['\r', '\n']).to_owned()).collect();
            (found != [expected.clone()]).then(|| format!("{name}: {found:?} is not {expected:?}"))
        })
        .collect();
    // One is too blurred for this and for every other decoder that was tried.
    assert!(wrong.len() <= 1 && wrong.iter().all(|w| w.starts_with("ean13-4-17: [] ")), "{wrong:#?}");
}

#[test]
fn most_photographs_need_the_quick_pass_only() {
    let photos = photos();
    let quick = photos.values().filter(|(bytes, expected)| {
        let picture = luma(bytes).unwrap();
        read_luma(picture.as_raw(), picture.width(), picture.height(), Effort::Quick).iter().any(|code| code.text.trim_end() == expected.trim_end())
    });
    assert!(quick.count() >= 28);
}

#[test]
fn two_codes_in_one_picture_are_both_found() {
    let mut sheet = GrayImage::from_pixel(900, 500, Luma([255]));
    imageops::replace(&mut sheet, &code("https://id.example/01/00000096385074", 6), 480, 40);
    imageops::replace(&mut sheet, &code(LINK, 6), 30, 60);
    assert_eq!(texts(&png(&sheet)).unwrap(), [LINK, "https://id.example/01/00000096385074"]);
}

#[test]
fn a_small_code_in_a_large_picture_is_found_at_full_size() {
    let mut sheet = GrayImage::from_pixel(4000, 3000, Luma([230]));
    imageops::replace(&mut sheet, &code(LINK, 2), 3000, 2000);
    assert_eq!(texts(&png(&sheet)).unwrap(), [LINK]);
}

#[test]
fn a_code_on_a_transparent_ground_is_read_as_on_white() {
    let drawn = code(LINK, 5);
    let picture = image::RgbaImage::from_fn(drawn.width(), drawn.height(), |x, y| image::Rgba([0, 0, 0, 255 - drawn.get_pixel(x, y).0[0]]));
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
    assert_eq!(texts(bytes.get_ref()).unwrap(), [LINK]);
}

#[test]
fn a_picture_without_a_code_is_no_error() {
    assert_eq!(texts(&png(&GrayImage::from_pixel(640, 480, Luma([128])))), Ok(Vec::new()));
}

#[test]
fn a_code_with_no_link_is_read_and_is_no_passport() {
    let found = texts(&png(&code("WIFI:S:cafe;T:WPA;P:secret;;", 5))).unwrap();
    assert_eq!(found, ["WIFI:S:cafe;T:WPA;P:secret;;"]);
    let check = ecosphere::passport::check(&found[0], &Nothing, None);
    assert_eq!(check.outcome, Outcome::NotAPassport);
    assert!(!check.message.is_empty() && !check.next_step.is_empty());
}

#[test]
fn each_kind_of_unusable_file_has_its_own_error() {
    assert_eq!(texts(&[]), Err(PictureError::Empty));
    assert_eq!(texts(b"this is a letter, not a picture"), Err(PictureError::NotAPicture));
    assert_eq!(texts(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), Err(PictureError::NotAPicture));
    let whole = png(&code(LINK, 5));
    for end in [8, 9, 20, 33, 40, whole.len() / 2, whole.len() - 20] {
        assert_eq!(texts(&whole[..end]), Err(PictureError::Damaged), "cut to {end} of {}", whole.len());
    }
    let mut altered = whole;
    let middle = altered.len() / 2;
    altered[middle] ^= 0x55;
    assert_eq!(texts(&altered), Err(PictureError::Damaged));
}

#[test]
fn a_tiny_file_that_claims_a_huge_picture_is_refused_before_it_is_decoded() {
    let mut bomb = png(&GrayImage::new(1, 1));
    bomb[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
    bomb[20..24].copy_from_slice(&60_000_u32.to_be_bytes());
    assert_eq!(texts(&bomb), Err(PictureError::TooLarge { width: 60_000, height: 60_000 }));
    bomb[16..24].copy_from_slice(&[0xff; 8]);
    assert!(matches!(texts(&bomb), Err(PictureError::TooLarge { .. } | PictureError::Damaged)));
}

#[test]
fn damaged_pictures_never_take_the_program_down() {
    for (bytes, _) in photos().values().take(4) {
        for step in 0..80 {
            let mut damaged = bytes.clone();
            let at = damaged.len() * step / 80;
            damaged[at] = damaged[at].wrapping_add(1 + step as u8);
            damaged.truncate(damaged.len() - step);
            let _ = luma(&damaged);
        }
    }
}

/// A device that has no snapshot.
struct Nothing;

impl ecosphere::passport::SnapshotView for Nothing {
    fn origin(&self) -> &str {
        "nowhere.example"
    }
    fn len(&self) -> u64 {
        0
    }
    fn actors_by_hint(&self, _: [u8; 4]) -> Vec<ecosphere::passport::KnownActor> {
        Vec::new()
    }
    fn passport(&self, _: u64) -> Option<ecosphere::passport::KnownPassport> {
        None
    }
    fn by_gtin(&self, _: &str) -> Option<u64> {
        None
    }
}
