//! The label of a product from the signed stages of its way, and of an organisation, project or process from the years it reported.

use super::{FactorTable, Label, LabelError, LabelSubject, Stage, Terms, label};
use crate::{
    measure::{Decimal, Millis},
    provenance::{
        Attestation, ClaimState, Event, EventId, Journey, JourneyError, Lot, Measured, Split, StageDocument,
        check::{Others, verify},
    },
    statement::{DidKey, SubjectKind},
};
use std::collections::BTreeSet;

/// A stage as the ledger has it.
#[derive(Debug, Clone, Copy)]
pub struct SignedStage<'s> {
    /// The document's digest, which the statement names.
    pub digest: [u8; 32],
    /// What the actor signed.
    pub document: &'s StageDocument,
    /// Whether whoever took the goods over signed it too.
    pub confirmed: bool,
}

/// A product's label with what it was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductLabel {
    /// The stages as events, in the order given.
    pub events: Vec<Event>,
    /// The way of one of what the last stage counts.
    pub journey: Journey,
    /// What the label values, a stage per stage of the journey.
    pub stages: Vec<Stage>,
    /// The prices of which year were asked for.
    pub price_year: u16,
    /// The label.
    pub label: Label,
}

/// Why a product has no label.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProductLabelError {
    /// Its way cannot be followed.
    #[error(transparent)]
    Journey(#[from] JourneyError),
    /// Its way cannot be valued.
    #[error(transparent)]
    Label(#[from] LabelError),
}

/// A subject's journey and label, in the currency that was last received, at the prices of its last year: a product's of one of what its last stage
/// counts, any other subject's of everything it reported. A person has none.
///
/// What was measured weighs as both verifications ([`verify`]) leave it: attested by a certifier whom `certified` knows to be in standing, confirmed
/// where whoever took the goods over signed the stage too, contradicted where the stages disprove it, else self-declared. `None` where no stage says
/// what was received: there is nothing to compare with.
///
/// # Errors
/// Its way cannot be followed or valued; the error says why.
pub fn subject_label(
    kind: SubjectKind,
    stages: &[SignedStage<'_>],
    table: &FactorTable,
    certified: &dyn Fn(&DidKey) -> bool,
) -> Result<Option<ProductLabel>, ProductLabelError> {
    let subject = LabelSubject::try_from(kind)?;
    let documents: Vec<(EventId, &StageDocument)> = stages.iter().map(|s| (EventId(s.digest), s.document)).collect();
    let events = StageDocument::events(&documents);
    let currency = events.iter().rev().find_map(|e| e.received).map(|money| money.currency);
    let (Some(currency), Some(last)) = (currency, events.last()) else { return Ok(None) };
    // The passport's very goods where the events name them.
    let product = documents.last().map(|(_, document)| document.product.as_str());
    let named = events.iter().rev().flat_map(|e| &e.outputs).find(|lot| Some(lot.item.as_str()) == product);
    let Some(goods) = named.or(last.outputs.first()) else { return Ok(None) };
    let one = Lot { item: goods.item.clone(), quantity: goods.quantity.map(|(_, unit)| (Decimal::ONE, unit)) };
    let journey = match subject {
        LabelSubject::Product => Journey::follow(&events, &one, &Split::Mass)?,
        _ => Journey::whole(&events, goods.clone())?,
    };
    let state = states(stages, &events, certified);
    let stages = Stage::of_journey(&journey, &events, state);
    let price_year = last.time.year();
    let label = label(subject, &stages, &Terms { table, currency, price_year })?;
    Ok(Some(ProductLabel { events, journey, stages, price_year, label }))
}

/// How each measurement of the stages' events was verified.
fn states(stages: &[SignedStage<'_>], events: &[Event], certified: &dyn Fn(&DidKey) -> bool) -> impl Fn(&Event, &Measured) -> ClaimState + use<> {
    let confirmed: BTreeSet<EventId> = stages.iter().filter(|s| s.confirmed).map(|s| EventId(s.digest)).collect();
    // A step without another party's name is confirmed by whoever signed it as well.
    let (named, unnamed): (Vec<&Event>, Vec<&Event>) =
        events.iter().filter(|e| confirmed.contains(&e.id)).partition(|event| event.counterparty().is_some());
    let signatures = named.iter().filter_map(|e| Some((e.id, BTreeSet::from([e.counterparty()?.id.clone()])))).collect();
    let unnamed: BTreeSet<EventId> = unnamed.iter().map(|e| e.id).collect();
    // Who is in no standing is not heard at all: its word could bear the identifiers of another's.
    let evidence = stages.iter().flat_map(|s| &s.document.evidence).filter(|e| certified(&e.certifier));
    let attestations: Vec<Attestation> = evidence.flat_map(|e| e.attestations.iter().cloned()).collect();
    let proven = attestations.iter().flat_map(|a| a.ids.iter().cloned()).collect();
    // A device has no clock of its own here: a date to come is for whoever takes the stage to refuse.
    let others = Others { now: Millis(i64::MAX), signatures, attestations, proven, ..Others::default() };
    let judged = verify(events, &[], &others).measurement_states();
    move |event, measured| match judged.get(&(event.id, measured.metric)).copied().unwrap_or(ClaimState::SelfDeclared) {
        ClaimState::SelfDeclared if unnamed.contains(&event.id) => ClaimState::Confirmed,
        state => state,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provenance::ChainsFile;

    fn sample(product: &str) -> (Journey, Label) {
        let file = ChainsFile::read(include_str!("../../assets/sample/source/chains.json")).unwrap();
        let chain = file.chains.iter().find(|c| c.product.contains(product)).unwrap();
        let documents = file.documents(chain);
        let signed: Vec<SignedStage> =
            (0_u8..).zip(&documents).map(|(n, document)| SignedStage { digest: [n; 32], document, confirmed: document.receiver.is_some() }).collect();
        let made = subject_label(SubjectKind::Product, &signed, &FactorTable::builtin().unwrap(), &|_| false);
        let ProductLabel { journey, label, .. } = made.unwrap().unwrap();
        (journey, label)
    }

    #[test]
    fn a_jar_of_sauce_carries_its_part_of_the_field_the_pot_and_the_train() {
        let (journey, label) = sample("09520000000011");
        assert_eq!((journey.stages.len(), journey.origins.len(), journey.doubts.len()), (5, 0, 0));
        // What the shop asks for a jar, but for what rounding left of a batch divided by 5580.
        assert_eq!(label.financial.to_fixed(6), "4.200000");
        // 2 305.1 kg of the way to 5600 jars, of which 5580 arrived, and 83.7 kg in the shop, over 5580.
        let carbon: Decimal = journey
            .stages
            .iter()
            .flat_map(|s| &s.measured)
            .filter(|m| m.0.id() == "ghg-emissions")
            .map(|m| m.1)
            .fold(Decimal::ZERO, |a, b| a.plus(b).unwrap());
        assert_eq!(carbon.to_fixed(6), "0.428100");
        assert_eq!((label.coverage.get(), label.grade.is_some(), label.unvalued.len()), (100, true, 2));
    }

    #[test]
    fn an_organisation_has_a_label_of_all_it_reported_and_a_person_has_none() {
        let reported = |step: u16, year: &str, received: i64| {
            let mut event =
                Event::at(crate::provenance::EventKind::Object, Some(crate::provenance::Action::Observe), Millis::parse_rfc3339(year).unwrap());
            event.outputs = vec![Lot { item: "org:1".into(), quantity: None }];
            event.inputs.clone_from(&event.outputs);
            event.received = Some(crate::measure::Money { minor: received, currency: crate::measure::Currency::EUR });
            event.measurements = vec![Measured {
                metric: crate::provenance::MetricId::from_id("volunteer-hours").unwrap(),
                quantity: Decimal::from(100),
                unit: crate::measure::Unit::from_code("HUR").unwrap(),
                evidence: String::new(),
            }];
            StageDocument::of_event("org:1", (step, "reporting"), None, event, Vec::new())
        };
        let documents = [reported(1, "2024-12-31T00:00:00Z", 100_000), reported(2, "2025-12-31T00:00:00Z", 200_000)];
        let stages: Vec<SignedStage> =
            (0_u8..).zip(&documents).map(|(n, document)| SignedStage { digest: [n; 32], document, confirmed: false }).collect();
        let made = |kind| subject_label(kind, &stages, &FactorTable::builtin().unwrap(), &|_| false);
        let ProductLabel { journey, label, .. } = made(SubjectKind::Organisation).unwrap().unwrap();
        // Both years, not only the last, at the prices of 2025: 1000 x 128.75 / 126.07 + 2000.
        assert_eq!((journey.stages.len(), label.financial.to_string().as_str()), (2, "3021.258031252"));
        assert_eq!(label.price_years, [2025]);
        assert_eq!(made(SubjectKind::Project).unwrap().unwrap().label.ratio, label.ratio);
        assert_eq!(made(SubjectKind::Person), Err(ProductLabelError::Label(LabelError::Person)));
    }

    #[test]
    fn a_bag_is_a_third_of_the_batch_on_its_shelf() {
        let (journey, label) = sample("09520000000028");
        // The shop took 80 of 240: each bag is 1/240 of everything before.
        assert_eq!((journey.stages.len(), label.financial.to_fixed(6).as_str()), (5, "189.000000"));
        assert_eq!(journey.stages[0].share.of(Decimal::from(240)).unwrap().to_fixed(9), "1.000000000");
    }

    #[test]
    fn a_way_of_which_no_money_is_known_has_no_label() {
        let file = ChainsFile::read(include_str!("../../assets/sample/source/chains.json")).unwrap();
        let documents: Vec<StageDocument> = file.documents(&file.chains[0]).into_iter().map(|d| StageDocument { received: None, ..d }).collect();
        let signed: Vec<SignedStage> =
            (0_u8..).zip(&documents).map(|(n, document)| SignedStage { digest: [n; 32], document, confirmed: true }).collect();
        assert_eq!(subject_label(SubjectKind::Product, &signed, &FactorTable::builtin().unwrap(), &|_| false), Ok(None));
    }
}
