//! draft-ietf-oauth-status-list: the examples of section 4.1 and the appendix of test vectors, as JSON and CBOR.

use crate::json;
use ecosphere::pack::StatusList;
use serde_json::Value;

/// The lists of the appendix have 2^20 entries of at most 8 bits.
const LIMIT: u64 = 1 << 20;

fn vectors() -> Vec<Value> {
    json("token-status-list/vectors.json").as_array().unwrap().clone()
}

fn set(vector: &Value) -> Vec<(usize, u8)> {
    let pair = |p: &Value| (p[0].as_u64().unwrap() as usize, p[1].as_u64().unwrap() as u8);
    vector["set"].as_array().unwrap().iter().map(pair).collect()
}

#[test]
fn every_published_status_list_reads_as_it_says() {
    let vectors = vectors();
    assert_eq!(vectors.len(), 6);
    for v in &vectors {
        let title = v["title"].as_str().unwrap();
        let from_json = StatusList::from_json(v, LIMIT).unwrap();
        let from_cbor = StatusList::from_cbor(&hex::decode(v["cbor"].as_str().unwrap()).unwrap(), LIMIT).unwrap();
        assert_eq!(from_json, from_cbor, "{title}");
        let mut expected = StatusList::new(v["bits"].as_u64().unwrap() as u8, v["entries"].as_u64().unwrap() as usize).unwrap();
        for (number, value) in set(v) {
            expected.set(number, value);
            assert_eq!(from_json.get(number), Some(value), "{title} {number}");
        }
        assert_eq!(from_json, expected, "{title}: every other status is 0");
        assert_eq!(from_json.get(v["entries"].as_u64().unwrap() as usize), None, "{title}: beyond the list nothing is valid");
    }
}

#[test]
fn what_is_written_reads_back_in_every_form() {
    for v in vectors() {
        let list = StatusList::from_json(&v, LIMIT).unwrap();
        assert_eq!(StatusList::from_json(&list.to_json(), LIMIT).unwrap(), list);
        assert_eq!(StatusList::from_cbor(&list.to_cbor(), LIMIT).unwrap(), list);
        assert_eq!(StatusList::from_zlib(list.bits(), &list.to_zlib(), LIMIT).unwrap(), list);
    }
}

#[test]
fn a_list_that_inflates_beyond_the_limit_or_is_followed_by_more_is_refused() {
    let bomb = StatusList::from_bytes(8, vec![0; 1 << 20]).unwrap().to_zlib();
    assert!(bomb.len() < 2_000, "{}", bomb.len());
    assert!(StatusList::from_zlib(8, &bomb, 1 << 20).is_ok());
    assert!(StatusList::from_zlib(8, &bomb, (1 << 20) - 1).is_err());
    assert!(StatusList::from_zlib(8, &[bomb.as_slice(), &[0]].concat(), 1 << 20).is_err());
    assert!(StatusList::from_zlib(8, &bomb[..bomb.len() - 1], 1 << 20).is_err());
    for bits in [0, 3, 5, 16] {
        assert!(StatusList::new(bits, 8).is_err());
    }
}
