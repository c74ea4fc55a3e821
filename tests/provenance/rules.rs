//! What an actor may say of itself, and what not: yields, and who confirms whom.

use ecosphere::{
    measure::{Decimal, Millis},
    node::tables,
    provenance::{
        Collected, Event,
        check::{Fault, Others, verify},
        epcis,
    },
};
use serde_json::{Value, json};

fn baked(stated: Option<Value>) -> Collected {
    let mut event = json!({"type": "TransformationEvent", "eventTime": "2026-01-01T00:00:00Z", "eventTimeZoneOffset": "+01:00", "bizStep": "commissioning",
        "inputQuantityList": [{"epcClass": "urn:epc:class:lgtin:4012345.011111.4444", "quantity": 10, "uom": "KGM"}],
        "outputQuantityList": [{"epcClass": "urn:epc:class:lgtin:4012345.011122.1", "quantity": 13, "uom": "KGM"}],
        "ecosphere:measurements": [{"metric": "energy-use", "quantity": 30, "unit": "KWH"}]});
    if let Some(stated) = stated {
        event["ecosphere:yield"] = stated;
    }
    let mut all = Collected::default();
    epcis::import(
        json!({"@context": [], "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2026-01-01T00:00:00Z", "epcisBody": {"eventList": [event]}})
            .to_string()
            .as_bytes(),
        |f| all.take(f),
    )
    .unwrap();
    assert_eq!((all.events.len(), all.dropped.as_slice()), (1, &[][..]));
    all
}

fn others() -> Others {
    Others { now: Millis::parse_rfc3339("2026-11-22T09:00:00Z").unwrap(), ..Others::default() }
}

/// The faults of its masses, as texts; a missing link is not what is looked at here.
fn masses(events: &[Event], others: &Others) -> Vec<String> {
    let found = verify(events, &[], others).findings;
    found.into_iter().map(|f| f.fault).filter(|f| !matches!(f, Fault::Gap { .. })).map(|f| f.to_string()).collect()
}

#[test]
fn more_comes_out_than_went_in_only_by_a_yield_and_who_states_it_alone_is_told() {
    let told = |stated: Option<Value>| masses(&baked(stated).events, &others());
    assert_eq!(told(None), ["13 kg come out of 10 kg; at most 10 kg can"]);
    assert_eq!(told(Some(json!(1.25))), ["13 kg come out of 10 kg; at most 12.5 kg can"], "its own word binds it");
    assert_eq!(told(Some(json!(1.35))), ["13 kg come out of 10 kg by a yield of 1.35, which only its actor states"]);
    let all = baked(Some(json!("1.35")));
    let verified = verify(&all.events, &[], &others());
    assert!(verified.findings.iter().all(|f| !f.fault.disproves()), "it stands, as its actor's word");
    assert!(verified.judged[0].verdict.reasons.iter().any(|r| r.contains("which only its actor states")), "{:?}", verified.judged);
    let mut known = others();
    known.yields.insert(all.events[0].outputs[0].item.clone(), Decimal::parse("1.2").unwrap());
    assert_eq!(masses(&all.events, &known), ["13 kg come out of 10 kg; at most 12 kg can"], "others know better");
    known.yields.insert(all.events[0].outputs[0].item.clone(), Decimal::parse("1.3").unwrap());
    assert_eq!(masses(&all.events, &known), [""; 0], "others say so too");
}

#[test]
fn more_than_an_industry_gets_is_told_with_who_says_what_is_usual_and_disproves_nothing() {
    let usual = "13 kg come out of 10 kg: from green coffee to roasted coffee about 8.40336134 kg are usual (International Coffee Organization, Rules on \
                 Statistics ICC 102-10, 2011)";
    let roasted = |stated: Option<Value>, kilograms: &str, process: &str| {
        let mut all = baked(stated);
        let unit = all.events[0].outputs[0].quantity.unwrap().1;
        all.events[0].outputs[0].quantity = Some((Decimal::parse(kilograms).unwrap(), unit));
        all.events[0].process = process.to_owned();
        all.events
    };
    let told = |kilograms: &str| masses(&roasted(None, kilograms, "coffee-roasting"), &others());
    // A tenth above what is usual is left for light roasts: 8.40336134 x 1.1 = 9.243697474.
    assert_eq!([told("8.4"), told("9.243697474")], [[""; 0], [""; 0]]);
    assert_eq!(told("9.3"), [usual.replacen("13 kg", "9.3 kg", 1)]);
    assert_eq!(masses(&roasted(None, "9.3", ""), &others()), [""; 0], "which process it was, nobody said");
    // What only the actor says is held against the industry too.
    let stated = roasted(Some(json!("1.35")), "13", "coffee-roasting");
    assert_eq!(masses(&stated, &others()), ["13 kg come out of 10 kg by a yield of 1.35, which only its actor states", usual]);
    let verified = verify(&stated, &[], &others());
    assert!(verified.findings.iter().all(|f| !f.fault.disproves()));
    assert!(verified.judged[0].verdict.reasons.iter().any(|r| r.contains("are usual (International Coffee")), "{:?}", verified.judged);
    // Of milk that became butter and buttermilk nothing can be said by weight alone.
    let mut both = roasted(None, "5", "butter");
    let mut second = both[0].outputs[0].clone();
    second.item.push('2');
    both[0].outputs.push(second);
    assert_eq!(masses(&both, &others()), [""; 0]);
}

#[test]
fn a_process_is_read_from_epcis_and_tables_by_its_name_and_an_unknown_one_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.csv");
    let rows = "date,input lot,input quantity (kg),lot,quantity (kg),process\n2026-01-01,A,10,B,1,Whole milk cheese\n2026-01-02,C,10,D,1,alchemy\n";
    std::fs::write(&path, rows).unwrap();
    let mut all = Collected::default();
    tables::import(&path, None, |f| all.take(f)).unwrap();
    assert_eq!(all.events.iter().map(|e| e.process.as_str()).collect::<Vec<_>>(), ["whole-milk-cheese", ""]);
    assert!(all.notes.len() == 1 && all.notes[0].line == 3 && all.notes[0].reason.to_string().contains("coffee-roasting"), "{:?}", all.notes);
    let written = serde_json::to_value(&all.events[1]).unwrap();
    assert!(written.get("process").is_none(), "what nobody said is not written, so that older events keep their numbers");
}

#[test]
fn a_yield_that_cannot_be_is_left_out_and_told() {
    for stated in [json!(0), json!(-1), json!(100.5), json!("lots"), json!(null)] {
        let all = baked(Some(stated.clone()));
        assert!(all.notes.len() == 1 && all.notes[0].reason.to_string().starts_with("ecosphere:yield: "), "{stated}: {:?}", all.notes);
        assert_eq!(all.events[0].stated_yield, None);
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.csv");
    let rows = "Datum;Eingangslos;Eingangsmenge (kg);Los;Menge (kg);Ausbeute (%)\n20.08.2026;A;10;B;13;130,5\n21.08.2026;C;10;D;13;-5\n";
    std::fs::write(&path, rows).unwrap();
    let mut all = Collected::default();
    tables::import(&path, None, |f| all.take(f)).unwrap();
    assert_eq!(all.dropped, []);
    let yields: Vec<_> = all.events.iter().map(|e| e.stated_yield.map(|y| y.to_string())).collect();
    assert_eq!(yields, [Some("1.305".to_owned()), None]);
    assert_eq!(all.notes.iter().map(|n| n.line).collect::<Vec<_>>(), [3], "{:?}", all.notes);
}

#[test]
fn in_a_table_too_whoever_hands_over_acts_and_on_arrival_whoever_takes_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.csv");
    std::fs::write(&path, "date,step,lot,quantity (kg),supplier,customer\n2026-01-01,shipping,A,1,farm,mill\n2026-01-02,receiving,A,1,farm,mill\n")
        .unwrap();
    let mut all = Collected::default();
    tables::import(&path, None, |f| all.take(f)).unwrap();
    let parties: Vec<_> = all.events.iter().map(|e| (e.actor.as_ref().unwrap().id.as_str(), e.counterparty().unwrap().id.as_str())).collect();
    assert_eq!(parties, [("farm", "mill"), ("mill", "farm")], "nobody confirms what they say themselves");
}
