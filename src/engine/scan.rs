//! From a code to an answer: check the passport, show the subject, judge it, offer better ones, write it down.

use super::{
    calls::Calls,
    choose::Said,
    options::{FEW_OPTIONS, Lists, typed},
    service::{Engine, Fault, clock, is_stale},
    store::Slot,
    view::{self, View},
    wire::{Answer, EngineError, FrameShape, PixelFormat, ScanResult},
};
use crate::{
    bot::LineFinding,
    measure::Millis,
    passport::{
        self, Check, Gtin, KnownPassport, Outcome, SnapshotView as _, SubjectForm,
        qr::{self, CodeRead, Effort},
        qr_out,
    },
    statement::{DidKey, PassportStatus, SubjectKind},
    values::LineState,
    wallet::Regard,
};
use std::{borrow::Cow, collections::BTreeMap};

/// The longest text that is looked at, in bytes: no QR code holds more than 4 296 characters.
const MAX_CODE: usize = 8 * 1024;
/// How long a camera frame is looked at, in milliseconds: the next one is better than a longer look at this one.
const QUICK_MS: i64 = 100;
/// How long a frame or picture is looked at when it is worth it, in milliseconds.
const THOROUGH_MS: i64 = 1_500;
/// How long a picture file is looked at, in milliseconds.
#[cfg(feature = "device")]
const PICTURE_MS: i64 = 10_000;
/// The most pixels of a frame.
const MAX_PIXELS: u64 = 64 << 20;

/// True when a verdict may be shown: nothing stands against the passport itself.
pub(super) fn believed(outcome: Outcome) -> bool {
    outcome.exit_code() == 0 && outcome != Outcome::NotAPassport
}

impl Engine {
    pub(super) fn scan_text(&self, text: &str, now: Millis) -> Result<Answer, Fault> {
        if text.len() > MAX_CODE {
            return Err(EngineError::BadInput(format!(
                "this text is longer than any code; paste the link or type the digits under the barcode (at most {MAX_CODE} characters)"
            ))
            .into());
        }
        Ok(Answer::Scan(vec![self.scan_one(text, now)?]))
    }

    fn scan_one(&self, text: &str, now: Millis) -> Result<ScanResult, Fault> {
        let said = self.check_code(text, now)?;
        if said.outcome != Outcome::NotAPassport {
            let name = said.number.map(|n| self.catalogue.borrow().name(n).to_owned());
            self.store.borrow_mut().saw(text, &name.unwrap_or_default(), now)?;
        }
        self.result(Some(text.to_owned()), said, now)
    }

    /// A subject that was opened from a list: there is no code and so no seal, only what the snapshot knows.
    pub(super) fn again(&self, number: u32, now: Millis) -> Result<Answer, Fault> {
        let said = {
            let (c, store) = (self.catalogue.borrow(), self.store.borrow());
            let (slot, passport) = Slot::of(number);
            let gone = || EngineError::BadInput("this snapshot has no such passport; it may have been replaced by a newer one".into());
            let view = View::new(&c, &store, slot).map_err(|_| gone())?;
            let known = view.passport(u64::from(passport));
            view.settle()?;
            let answer = listed(passport, &known.ok_or_else(gone)?, view.clock(now));
            Said { slot, outcome: answer.outcome, number: Some(number), answer }
        };
        Ok(Answer::Scan(vec![self.result(None, said, now)?]))
    }

    /// The organisation of a key: the one that its own passport, in force, is about.
    pub(super) fn regard(&self, who: &DidKey) -> Result<Answer, Fault> {
        let found = {
            let c = self.catalogue.borrow();
            let its = |n: &u32| c.form(*n) == Some(SubjectForm::Own) && c.issuer(*n).is_some_and(|issuer| issuer.has(who));
            c.in_force(SubjectKind::Organisation).find(its)
        };
        let Some(number) = found else { return Ok(Answer::Regard(None)) };
        let grade = self.verified(number)?.label.and_then(|label| label.grade);
        let (c, store) = (self.catalogue.borrow(), self.store.borrow());
        let profile = store.profile()?.unwrap_or_default();
        let lists = Lists { catalogue: &c, store: &store, profile: &profile, typed: &BTreeMap::new(), calls: &Calls::default() };
        let verdict = lists.verdict(number);
        let crosses = verdict.lines.iter().filter(|line| line.state == LineState::Crossed).map(LineFinding::sentence).collect();
        Ok(Answer::Regard(Some(Regard { name: c.name(number).to_owned(), crosses, grade })))
    }

    fn result(&self, code: Option<String>, said: Said<Check>, now: Millis) -> Result<ScanResult, Fault> {
        let (number, outcome) = (said.number, said.outcome);
        let verified = number.map(|n| self.verified(n)).transpose()?;
        let calls = self.calls()?;
        let (c, store) = (self.catalogue.borrow(), self.store.borrow());
        let knows = said.knows();
        let part = c.part(said.slot).filter(|_| knows);
        let check = said.answer;
        let mut result = ScanResult {
            code,
            gtin: check.gtin.map(|g| g.digits14()),
            outcome,
            ledger: part.map(|p| p.held.origin.clone()),
            // What no ledger knows, any of them might know by now.
            stale: part.map_or_else(|| c.parts.iter().any(|p| is_stale(p, now)), |p| is_stale(p, now)),
            message: check.message,
            next_step: check.next_step,
            subject: None,
            verdict: None,
            by: None,
            options: Vec::new(),
        };
        let (Some(number), Some(verified)) = (number, verified) else { return Ok(result) };
        if let Some(how) = verified.ended.filter(|_| check.outcome == Outcome::Superseded) {
            result.message = format!("{}. {}", c.name(number), passport::end_sentence(how));
            passport::END_NEXT_STEP.clone_into(&mut result.next_step);
        }
        let prices = store.my_prices()?;
        result.subject = view::subject(&c, &store, &prices, verified, number)?;
        if let Some(subject) = &mut result.subject {
            subject.calls = calls.of(&c, number);
        }
        // People carry passports too, but are never judged.
        if believed(outcome) && c.kind(number) != Some(SubjectKind::Person) {
            let profile = store.judging()?;
            result.by = store.ours()?.filter(|ours| ours.speaks).map(|ours| ours.name);
            let typed = typed(&store, &prices)?;
            let lists = Lists { catalogue: &c, store: &store, profile: &profile, typed: &typed, calls: &calls };
            result.verdict = Some(lists.verdict(number));
            result.options = lists.rows(lists.better(number, FEW_OPTIONS).into_iter())?;
        }
        Ok(result)
    }

    pub(super) fn scan_frame(&self, shape: &FrameShape, pixels: &[u8], now: Millis) -> Result<Answer, Fault> {
        self.codes(reads(shape, pixels)?, now)
    }

    #[cfg(feature = "device")]
    pub(super) fn scan_picture(&self, bytes: &[u8], now: Millis) -> Result<Answer, Fault> {
        let reads = super::picture::read_codes_while(bytes, &within(PICTURE_MS)).map_err(|e| EngineError::BadInput(e.to_string()))?;
        self.codes(reads, now)
    }

    /// In a browser the page decodes pictures, and they come as frames.
    #[cfg(not(feature = "device"))]
    pub(super) fn scan_picture(&self, _bytes: &[u8], _now: Millis) -> Result<Answer, Fault> {
        Err(EngineError::BadInput("picture files cannot be opened here; use the camera, paste the link or type the barcode".into()).into())
    }

    /// An answer per code, in reading order, each text once.
    fn codes(&self, reads: Vec<CodeRead>, now: Millis) -> Result<Answer, Fault> {
        let mut results: Vec<ScanResult> = Vec::new();
        for read in reads {
            let seen = results.iter().any(|r| r.code.as_deref() == Some(read.text.as_str()));
            if !seen && read.text.len() <= MAX_CODE {
                results.push(self.scan_one(&read.text, now)?);
            }
        }
        Ok(if results.is_empty() { Answer::NoCode } else { Answer::Scan(results) })
    }
}

/// The codes in a frame.
fn reads(shape: &FrameShape, pixels: &[u8]) -> Result<Vec<CodeRead>, EngineError> {
    let luma = luma(shape, pixels)?;
    let (effort, budget) = if shape.thorough { (Effort::Thorough, THOROUGH_MS) } else { (Effort::Quick, QUICK_MS) };
    Ok(qr::read_luma_while(&luma, shape.width, shape.height, effort, &within(budget)))
}

/// The text of the first code in a frame.
pub(super) fn read_frame(shape: &FrameShape, pixels: &[u8]) -> Result<Answer, EngineError> {
    let first = reads(shape, pixels)?.into_iter().map(|read| read.text).find(|text| text.len() <= MAX_CODE);
    Ok(first.map_or(Answer::Done, Answer::Text))
}

/// True until this many milliseconds from now have passed.
fn within(budget: i64) -> impl Fn() -> bool {
    let end = clock().0.saturating_add(budget);
    move || clock().0 < end
}

/// Draws a text as the code it would stand in: digits that are an EAN-13 as that barcode, everything else as a QR code.
pub(super) fn draw(text: &str) -> Result<Answer, Fault> {
    let barcode = Gtin::parse(text).ok().filter(|_| text.len() == 13).and_then(|gtin| qr_out::ean13_svg(gtin).ok());
    let drawn = barcode.map_or_else(|| qr_out::svg(text), Ok);
    Ok(Answer::Svg(drawn.map_err(|e| EngineError::BadInput(e.to_string()))?))
}

/// What the snapshot says of a passport without any code: never "verified", because no seal was seen.
fn listed(number: u32, known: &KnownPassport, now: Millis) -> Check {
    let outcome = match known.status {
        _ if !known.issuer_in_standing => Outcome::NotAccredited,
        PassportStatus::Revoked => Outcome::Revoked,
        PassportStatus::Suspended => Outcome::Suspended,
        PassportStatus::Superseded => Outcome::Superseded,
        PassportStatus::Valid if known.valid_until.is_some_and(|until| now >= until) => Outcome::Expired,
        PassportStatus::Valid => Outcome::Unsealed,
    };
    let word = match known.form {
        SubjectForm::Own => "Signed",
        SubjectForm::Record => "Recorded",
    };
    let rest = match outcome {
        Outcome::Unsealed => "Opened from your snapshot: no code was scanned.",
        other => other.sentence(),
    };
    let next_step = match outcome {
        Outcome::Unsealed => "Scan the code on the product to verify its passport.",
        other => other.next_step(),
    };
    let gtin = passport::DigitalLink::parse_element_string(&known.id).ok().and_then(|link| link.gtin());
    Check {
        outcome,
        gtin,
        number: Some(u64::from(number)),
        message: format!("{word} by {}. {rest}", known.issuer_name),
        next_step: next_step.to_owned(),
    }
}

/// The luma of a frame, row by row without gaps. What is luma without gaps already is not copied.
fn luma<'a>(shape: &FrameShape, pixels: &'a [u8]) -> Result<Cow<'a, [u8]>, EngineError> {
    let bad = || EngineError::BadInput("this frame is cut short or too large; try again, or choose a picture".into());
    let (width, height, stride, offset) = (u64::from(shape.width), u64::from(shape.height), u64::from(shape.stride), u64::from(shape.offset));
    let row = width.saturating_mul(if shape.format == PixelFormat::Rgba { 4 } else { 1 });
    if width == 0 || height == 0 || width.saturating_mul(height) > MAX_PIXELS || stride < row {
        return Err(bad());
    }
    let end = stride.saturating_mul(height - 1).saturating_add(row);
    let range = usize::try_from(offset).ok().zip(offset.checked_add(end).and_then(|e| usize::try_from(e).ok()));
    let plane = range.and_then(|(from, to)| pixels.get(from..to)).ok_or_else(bad)?;
    let (row, stride) = (usize::try_from(row).map_err(|_| bad())?, usize::try_from(stride).map_err(|_| bad())?);
    let rows = || plane.chunks(stride).filter_map(|r| r.get(..row));
    Ok(match shape.format {
        PixelFormat::Luma if stride == row => Cow::Borrowed(plane),
        PixelFormat::Luma => Cow::Owned(rows().flatten().copied().collect()),
        // ITU-R BT.601 weights in 1/256.
        PixelFormat::Rgba => Cow::Owned(
            rows()
                .flat_map(|r| r.as_chunks::<4>().0)
                .map(|[r, g, b, _]| ((u32::from(*r) * 77 + u32::from(*g) * 150 + u32::from(*b) * 29) >> 8) as u8)
                .collect(),
        ),
    })
}
