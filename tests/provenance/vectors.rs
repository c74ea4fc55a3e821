//! The standards' own examples.

use ecosphere::provenance::{Action, Collected, EventKind, epcis, untp};
use std::path::Path;

fn vector(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/vectors").join(name)).unwrap()
}

fn events(name: &str) -> Collected {
    let mut all = Collected::default();
    epcis::import(vector(&format!("epcis/{name}")).as_slice(), |f| all.take(f)).unwrap();
    assert_eq!(all.dropped, [], "{name}");
    all
}

#[test]
fn every_example_of_epcis_2_is_read() {
    for (name, kinds) in [
        ("EPCISQueryDocument.jsonld", vec![EventKind::Object, EventKind::Object]),
        ("Example-Type-sourceOrDestination,measurement,bizTransaction.jsonld", vec![EventKind::Association]),
        ("Example_9.6.1-ObjectEvent.jsonld", vec![EventKind::Object, EventKind::Object]),
        ("Example_9.6.2-ObjectEvent.jsonld", vec![EventKind::Object]),
        ("Example_9.6.4-TransformationEvent.jsonld", vec![EventKind::Transformation]),
    ] {
        assert_eq!(events(name).events.iter().map(|e| e.kind).collect::<Vec<_>>(), kinds, "{name}");
    }
}

#[test]
fn an_examples_goods_parties_and_time_are_what_it_says() {
    let all = events("Example_9.6.2-ObjectEvent.jsonld");
    let event = &all.events[0];
    assert_eq!((event.time.to_rfc3339().as_str(), event.offset, event.step.as_str()), ("2013-06-08T14:58:56.591Z", 120, "receiving"));
    let (quantity, unit) = event.inputs[0].quantity.unwrap();
    assert_eq!((event.inputs[0].item.as_str(), quantity.to_string().as_str(), unit.code()), ("(01)04012345123456(10)998877", "200", "KGM"));
    let (from, to) = event.hand_over().unwrap();
    assert_eq!((from.id.as_str(), to.id.as_str()), ("urn:epc:id:sgln:4012345.00001.0", "urn:epc:id:sgln:0614141.00001.0"));
    assert_eq!(event.actor.as_ref(), Some(to), "who receives, acts");
    assert_eq!(all.notes.len(), 1, "the vendor's extension is noted: {:?}", all.notes);

    let all = events("Example_9.6.4-TransformationEvent.jsonld");
    assert_eq!((all.events[0].inputs.len(), all.events[0].outputs.len(), all.events[0].action), (5, 4, None));
    let all = events("Example-Type-sourceOrDestination,measurement,bizTransaction.jsonld");
    assert_eq!((all.events[0].inputs.len(), all.events[0].action), (3, Some(Action::Add)));
    assert!(all.notes.iter().any(|n| n.reason.to_string().contains("AbsoluteHumidity")), "{:?}", all.notes);
}

#[test]
fn every_sample_of_untp_is_read() {
    let read = |name: &str| {
        let mut all = Collected::default();
        untp::import(&vector(&format!("untp/{name}_instance.json")), |f| all.take(f));
        assert_eq!(all.dropped, [], "{name}");
        all
    };
    let made = read("DigitalTraceabilityEvent_battery_make");
    assert_eq!((made.events.len(), made.events[0].kind, made.events[0].certificates.len()), (1, EventKind::Transformation, 1));
    let attested = read("ConformityCredential_battery");
    assert_eq!(
        attested.attestations.iter().map(|a| a.topics[0].as_str()).collect::<Vec<_>>(),
        ["emergency-readiness", "forced-labor-elimination", "chemical-safety"]
    );
    let anchor = read("DigitalIdentityAnchor_battery");
    assert_eq!((anchor.anchors[0].did.as_str(), anchor.anchors[0].name.as_str()), ("did:web:sample-battery.example.com", "VoltCell"));
    let passport = read("DigitalProductPassport_battery");
    assert_eq!((passport.records.len(), passport.records[0].name.as_str()), (1, "75 kWh Li-ion Battery Pack"));
    let carbon = passport.claims.iter().find(|c| c.topics == ["greenhouse-gas-emissions"]).unwrap();
    assert_eq!(carbon.measured.as_ref().map(|m| (m.metric.id(), m.quantity.to_string())), Some(("ghg-emissions", "61".to_owned())));
}
