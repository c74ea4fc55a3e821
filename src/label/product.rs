//! The label of a product from the signed stages of its way.

use super::{FactorTable, Label, LabelError, LabelSubject, Stage, Terms, label};
use crate::{
    measure::Decimal,
    provenance::{ClaimState, Event, EventId, Journey, JourneyError, Lot, Split, StageDocument},
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

/// A product's journey and label: of one of what its last stage counts, in the currency that was last received, at the prices of its last year.
/// What was measured in a stage is self-declared, or confirmed where whoever took the goods over signed the stage too. `None` where no stage says
/// what was received: there is nothing to compare with.
///
/// # Errors
/// Its way cannot be followed or valued; the error says why.
pub fn product_label(stages: &[SignedStage<'_>], table: &FactorTable) -> Result<Option<ProductLabel>, ProductLabelError> {
    let documents: Vec<(EventId, &StageDocument)> = stages.iter().map(|s| (EventId(s.digest), s.document)).collect();
    let events = StageDocument::events(&documents);
    let currency = events.iter().rev().find_map(|e| e.received).map(|money| money.currency);
    let (Some(currency), Some(last)) = (currency, events.last()) else { return Ok(None) };
    let Some(goods) = last.outputs.first() else { return Ok(None) };
    let one = Lot { item: goods.item.clone(), quantity: goods.quantity.map(|(_, unit)| (Decimal::ONE, unit)) };
    let journey = Journey::follow(&events, &one, &Split::Mass)?;
    let confirmed: BTreeSet<EventId> = stages.iter().filter(|s| s.confirmed).map(|s| EventId(s.digest)).collect();
    let state = |event: &Event| if confirmed.contains(&event.id) { ClaimState::Confirmed } else { ClaimState::SelfDeclared };
    let stages = Stage::of_journey(&journey, &events, |event, _| state(event));
    let price_year = last.time.year();
    let label = label(LabelSubject::Product, &stages, &Terms { table, currency, price_year })?;
    Ok(Some(ProductLabel { events, journey, stages, price_year, label }))
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
        let ProductLabel { journey, label, .. } = product_label(&signed, &FactorTable::builtin().unwrap()).unwrap().unwrap();
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
        assert_eq!(product_label(&signed, &FactorTable::builtin().unwrap()), Ok(None));
    }
}
