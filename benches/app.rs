//! The group `app`: what a person waits for, natively: from a camera's frame to the verdict, from nothing to an open store, and a whole sync.

#[path = "measure.rs"]
mod measure;

use ecosphere::{
    engine::{
        Engine, SAMPLE_SOURCE, clock,
        wire::{Answer, FrameShape, PixelFormat, RankKind, Request},
    },
    pack::ShelfCard,
    passport::Outcome,
};
use futures_util::FutureExt as _;
use measure::{median_us, report_value};
use qrcode::{EcLevel, QrCode};

const WIDTH: usize = 1280;
const HEIGHT: usize = 720;
/// Pixels per module of the code in the frame: it then takes about a third of the frame's height, as in a hand.
const MODULE: usize = 5;

fn ask(engine: &Engine, request: Request, payload: &[u8]) -> Answer {
    let answer = engine.handle(request, Some(payload), clock(), &|_| ()).now_or_never().expect("nothing here waits");
    answer.expect("the sample answers")
}

/// A frame of a grey, slightly uneven shelf with the code on a white label.
fn frame(text: &str) -> Vec<u8> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).expect("the text fits into a code");
    let side = code.width();
    let mut luma: Vec<u8> = (0..WIDTH * HEIGHT).map(|i| 90 + ((i * 31 + i / WIDTH * 17) % 23) as u8).collect();
    let (left, top, quiet) = (400, 100, 4 * MODULE);
    for y in 0..side * MODULE + 2 * quiet {
        for x in 0..side * MODULE + 2 * quiet {
            let module = |at: usize| at.checked_sub(quiet).map(|at| at / MODULE).filter(|m| *m < side);
            let dark = module(x).zip(module(y)).is_some_and(|(x, y)| code[(x, y)] == qrcode::Color::Dark);
            if let Some(pixel) = luma.get_mut((top + y) * WIDTH + left + x) {
                *pixel = if dark { 25 } else { 225 };
            }
        }
    }
    luma
}

fn main() {
    let sample = || {
        let engine = Engine::open_memory().expect("memory is there");
        ask(&engine, Request::Sync { url: SAMPLE_SOURCE.into(), key: None }, &[]);
        engine
    };
    let engine = sample();
    let Answer::Shelf(cards) = ask(&engine, Request::Shelf, &[]) else { return };
    let verified = |c: &&ShelfCard| c.outcome == Outcome::Verified;
    let codes: Vec<String> = cards.iter().filter(verified).map(|c| c.code.clone()).collect();
    let frames: Vec<Vec<u8>> = codes.iter().map(|code| frame(code)).collect();
    let shape =
        FrameShape { width: WIDTH as u32, height: HEIGHT as u32, stride: WIDTH as u32, offset: 0, format: PixelFormat::Luma, thorough: false };

    let mut turn = 0;
    let scan = || {
        turn = (turn + 1) % frames.len();
        let Answer::Scan(results) = ask(&engine, Request::ScanFrame(shape), &frames[turn]) else { panic!("the code is not read") };
        assert!(results[0].outcome == Outcome::Verified && results[0].verdict.is_some());
    };
    report_value("1280 x 720 frame to verdict", "ms", median_us(scan) / 1000.0, 60.0);
    // The first look at a product also verifies its dossier; each of these engines sees its product for the first time.
    let mut fresh: Vec<Engine> = (0..9).map(|_| sample()).collect();
    let mut times: Vec<f64> = fresh
        .drain(..)
        .map(|engine| {
            let started = std::time::Instant::now();
            ask(&engine, Request::ScanFrame(shape), &frames[0]);
            started.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    times.sort_by(f64::total_cmp);
    report_value("1280 x 720 frame to verdict, first look at the product", "ms", times[times.len() / 2], 60.0);

    let rank = || ask(&engine, Request::Rank { kind: RankKind::Product, category: None, limit: 20 }, &[]);
    report_value("rank all products of the sample", "ms", median_us(rank) / 1000.0, 60.0);
    let started = std::time::Instant::now();
    drop(sample());
    report_value("verify and apply the sample ledger", "ms", started.elapsed().as_secs_f64() * 1000.0, 1000.0);
}
