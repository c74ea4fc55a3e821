use super::*;
use crate::{
    measure::{Confidence, Currency, Millis, Money, Score},
    provenance::{ClaimDef, ClaimState},
    state::Since,
    statement::{BatchClose, DidKey, PassportStatus, Role, SubjectKind},
    values::{HardLine, Topic},
};
use proptest::prelude::*;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

fn index() -> Index {
    let row = |id: &str, name: &str, category: Option<u16>| SubjectRow {
        kind: SubjectKind::Product,
        id: id.to_owned(),
        digest: [id.len() as u8; 16],
        issuer: 0,
        form: SubjectForm::Record,
        status: PassportStatus::Valid,
        successor: None,
        valid_until: None,
        name: name.to_owned(),
        brand: "Brand".to_owned(),
        owner: Some(0),
        category,
        quantity: "350 g".to_owned(),
        claims: vec![(0, ClaimState::SelfDeclared)],
        fictional: false,
    };
    let head = Head {
        origin: "example.org/ledger".to_owned(),
        market: "world".to_owned(),
        batch: 2,
        time: Millis(5),
        log_size: 9,
        sample: false,
        subjects: 4,
        listings: 1,
        actors: vec![Actor {
            key: DidKey::from_public([1; 32]),
            name: "Actor".to_owned(),
            standing: vec![Role::DataSteward],
            fictional: false,
            keys: vec![ActorKey { key: DidKey::from_public([1; 32]), until: Some(2) }, ActorKey { key: DidKey::from_public([2; 32]), until: None }],
        }],
        categories: vec![
            Category { id: "en:jam".to_owned(), name: "Jam".to_owned(), parent: Some(1) },
            Category { id: "en:food".to_owned(), name: "Food".to_owned(), parent: None },
        ],
        claims: vec![ClaimDef {
            code: "label:organic".to_owned(),
            text: "Organic".to_owned(),
            topics: vec![(Topic::Nature, Score::clamped(50), Confidence::clamped(60))],
            lines: vec![(HardLine::Organic, true)],
        }],
        retailers: vec![Retailer { subject: 2, places: vec![Place { name: "Shop".to_owned(), lat: 1, lon: -2 }] }],
        since: vec![Since { first: 0, time: Millis(1) }, Since { first: 3, time: Millis(4) }],
    };
    let subjects = vec![
        row("(01)03017620422003", "Ünïcode 名前", Some(1)),
        row("(01)03017620422003(10)L1", "", None),
        row("openbeautyfacts:2000000000007", "Soap", Some(0)),
        SubjectRow {
            successor: Some(1),
            status: PassportStatus::Superseded,
            valid_until: Some(Millis(-7)),
            claims: Vec::new(),
            ..row("x:1", "X", None)
        },
    ];
    Index { head, subjects, listings: vec![Listing { retailer: 0, product: 1, price: Money { minor: 320, currency: Currency::EUR }, stock: 4 }] }
}

fn encoded(index: &Index) -> Vec<Vec<u8>> {
    encode_index(index).unwrap().into_iter().map(|(_, raw)| raw).collect()
}

fn decoded(files: &[Vec<u8>]) -> Result<Index, PackError> {
    decode_index(files.iter().map(Vec::as_slice))
}

#[test]
fn an_index_reads_back_as_it_was_written() {
    assert_eq!(decoded(&encoded(&index())).unwrap(), index());
}

#[test]
fn an_index_of_several_files_reads_back_as_it_was_written() {
    let mut large = index();
    let (row, price) = (large.subjects[0].clone(), large.listings[0].clone());
    large.subjects.resize(2 * ROWS_A_FILE + 1, row);
    large.listings.resize(PRICES_A_FILE + 1, price);
    (large.head.subjects, large.head.listings) = (large.subjects.len() as u32, large.listings.len() as u32);
    let names: Vec<_> = encode_index(&large).unwrap().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["index/head", "index/rows/0", "index/rows/1", "index/rows/2", "index/prices/0", "index/prices/1"]);
    let files = encoded(&large);
    assert!(decoded(&files).unwrap() == large);
    assert!(decoded(&files[..5]).is_err(), "a file is missing");
    let swapped: Vec<_> = [0, 3, 2, 1, 4, 5].map(|n: usize| files[n].clone()).into();
    assert!(decoded(&swapped).is_err(), "a file stands in another's place");
}

#[test]
fn an_index_cut_short_or_longer_is_refused_at_every_byte() {
    let whole = encoded(&index());
    for file in 0..whole.len() {
        for len in 0..whole[file].len() {
            let mut cut = whole.clone();
            cut[file].truncate(len);
            assert!(decoded(&cut).is_err(), "{file} {len}");
        }
        let mut longer = whole.clone();
        longer[file].push(0);
        assert!(decoded(&longer).is_err());
    }
}

#[test]
fn an_index_whose_positions_point_nowhere_or_go_in_a_circle_is_refused() {
    let spoils: [fn(&mut Index); 11] = [
        |i| i.subjects[0].issuer = 1,
        |i| i.subjects[0].category = Some(2),
        |i| i.subjects[0].owner = Some(4),
        |i| i.subjects[0].successor = Some(4),
        |i| i.subjects[0].claims[0].0 = 1,
        |i| i.head.categories[1].parent = Some(0),
        |i| i.head.categories[1].parent = Some(1),
        |i| i.head.categories[1].parent = Some(2),
        |i| i.head.retailers[0].subject = 4,
        |i| i.listings[0].retailer = 1,
        |i| i.listings[0].product = 4,
    ];
    for (n, spoil) in spoils.into_iter().enumerate() {
        let mut spoilt = index();
        spoil(&mut spoilt);
        assert!(decoded(&encoded(&spoilt)).is_err(), "{n}");
    }
}

proptest! {
    /// A length of 2^35 in the bytes must not become an allocation: the tests' memory would not hold it.
    #[test]
    fn bytes_of_a_stranger_are_refused_or_read_and_never_more(mut bytes in proptest::collection::vec(any::<u8>(), 0..600), at in 0usize..600) {
        for (i, huge) in [0xff, 0xff, 0xff, 0xff, 0x7f].into_iter().enumerate() {
            if let Some(slot) = bytes.get_mut(at + i) {
                *slot = huge;
            }
        }
        let _ = decode_head(&bytes);
        let _ = decode_rows(&bytes, &index().head, 0);
        let _ = decode_prices(&bytes, &index().head, 0);
        let _ = decode_dossiers(&bytes);
        let _ = decode_sparse(&bytes, 1000);
        if let Ok(patches) = decode_delta(&bytes) {
            patches.iter().for_each(|p| drop(p.apply(&bytes)));
        }
    }

    #[test]
    fn a_bit_changed_in_an_index_is_refused_or_still_fits_together(file in 0usize..3, at in 0usize..4096, bit in 0u8..8) {
        let mut files = encoded(&index());
        let at = at % files[file].len();
        files[file][at] ^= 1 << bit;
        if let Ok(read) = decoded(&files) {
            prop_assert_eq!(decoded(&encoded(&read)).unwrap(), read);
        }
    }

    #[test]
    fn a_patch_makes_the_new_of_the_old(old in proptest::collection::vec(0u8..3, 0..400), edits in proptest::collection::vec((0usize..400, any::<u8>(), 0usize..3), 0..8)) {
        let mut new = old.clone();
        for (at, byte, kind) in edits {
            let at = at.min(new.len());
            match kind {
                0 => new.insert(at, byte),
                1 if at < new.len() => new[at] = byte,
                _ => new.truncate(at),
            }
        }
        let patch = Patch::between("x", &old, &new);
        prop_assert_eq!(patch.apply(&old).unwrap(), new);
        prop_assert_eq!(decode_delta(&encode_delta(std::slice::from_ref(&patch)).unwrap()).unwrap(), vec![patch]);
    }

    #[test]
    fn statuses_read_back_from_their_sparse_form(statuses in proptest::collection::vec((0u8..40).prop_map(|n| match n {
        1 => PassportStatus::Revoked,
        2 => PassportStatus::Suspended,
        3 => PassportStatus::Superseded,
        _ => PassportStatus::Valid,
    }), 0..2000)) {
        let bytes = encode_sparse(&statuses);
        prop_assert_eq!(decode_sparse(&bytes, statuses.len()).unwrap(), statuses);
    }
}

#[test]
fn a_change_in_a_thousand_costs_a_patch_hardly_more_than_what_is_new() {
    let digest = |n: u32| Sha256::digest(n.to_be_bytes());
    let old: Vec<u8> = (0..10_000).flat_map(digest).collect();
    let mut new = old.clone();
    for n in 0..10 {
        new[n * 32_000 + 7] ^= 1;
    }
    new.extend((20_000..20_010).flat_map(digest));
    let patch = Patch::between("x", &old, &new);
    assert_eq!(patch.apply(&old).unwrap(), new);
    let size = encode_delta(&[patch]).unwrap().len();
    assert!(size < 10 * 32 + 10 * 8 + 60, "{size}");
}

#[test]
fn a_patch_that_reaches_outside_the_old_file_or_its_own_bytes_is_refused() {
    let (old, new): (Vec<u8>, Vec<u8>) = ((0..200).collect(), (50..250).collect());
    let patch = Patch::between("x", &old, &new);
    assert_eq!(patch.apply(&old).unwrap(), new);
    assert!(patch.apply(&old[..150]).is_err());
    let bytes = encode_delta(&[patch]).unwrap();
    let mut refused = 0;
    for at in 0..bytes.len() {
        let mut altered = bytes.clone();
        altered[at] ^= 0x40;
        if let Ok(patches) = decode_delta(&altered) {
            refused += usize::from(patches.iter().any(|p| p.apply(&old).is_err()));
        }
    }
    assert!(refused > 3, "{refused}");
}

#[test]
fn a_sparse_status_list_that_names_a_number_twice_or_beyond_its_end_is_refused() {
    // One revoked at 0, one suspended at 0.
    assert!(decode_sparse(&[1, 0, 0, 1, 0, 0, 0, 0], 4).is_err());
    // One revoked at 4 of 4.
    assert!(decode_sparse(&[1, 0, 0b1111, 0, 0, 0, 0], 4).is_err());
    assert_eq!(decode_sparse(&[1, 0, 0b111, 0, 0, 0, 0], 4).unwrap()[3], PassportStatus::Revoked);
    assert!(decode_sparse(&[1, 0, 0b111, 0, 0, 0, 0, 0], 4).is_err(), "longer");
    assert!(decode_sparse(&[0xff, 0xff, 0xff, 0xff, 0xff, 1, 0], 4).is_err(), "more than there can be");
}

#[test]
fn the_first_bits_of_a_subjects_hash_choose_its_bucket() {
    assert_eq!(bucket_of("x", 0), 0);
    let head = Sha256::digest("x");
    assert_eq!(bucket_of("x", 16), u16::from_be_bytes([head[0], head[1]]));
    assert_eq!(bucket_of("x", 3), u16::from(head[0] >> 5));
}

fn sample() -> (BTreeMap<&'static str, &'static [u8]>, Manifest) {
    let files: BTreeMap<_, _> = sample_files().iter().copied().collect();
    let manifest = files.values().find_map(|bytes| serde_json::from_slice(bytes).ok()).unwrap();
    (files, manifest)
}

#[test]
fn a_manifest_is_opened_only_as_its_batch_close_names_it() {
    let (_, manifest) = sample();
    let bytes = manifest.encode().unwrap();
    let close = BatchClose {
        number: manifest.batch,
        first_leaf: 0,
        time_ms: manifest.time_ms,
        state_root: [0; 32],
        manifest: Some(hex::encode(Sha256::digest(&bytes))),
    };
    let open = |bytes: &[u8], origin: &str, close: &BatchClose, leaf| Manifest::open(bytes, origin, close, leaf);
    assert_eq!(open(&bytes, &manifest.ledger, &close, manifest.log_size).unwrap(), manifest);
    assert_eq!(open(&bytes, "other.example/log", &close, manifest.log_size), Err(PackError::OtherLedger(manifest.ledger.clone())));
    assert_eq!(open(&bytes, &manifest.ledger, &close, manifest.log_size + 1), Err(PackError::NotTheLogged));
    let other = BatchClose { time_ms: Millis(1), ..close.clone() };
    assert_eq!(open(&bytes, &manifest.ledger, &other, manifest.log_size), Err(PackError::NotTheLogged));
    let mut spoilt = bytes.clone();
    spoilt[20] ^= 1;
    assert_eq!(open(&spoilt, &manifest.ledger, &close, manifest.log_size), Err(PackError::NotTheLogged));
}

#[test]
fn a_pack_file_cut_short_or_altered_is_refused() {
    let (files, manifest) = sample();
    let file = manifest.file("index/rows/0").unwrap();
    let bytes = files[file.path().as_str()];
    assert!(file.open(bytes).is_ok());
    assert_eq!(file.open(&bytes[..bytes.len() - 1]), Err(PackError::WrongBytes("index/rows/0".to_owned())));
    let mut spoilt = bytes.to_vec();
    spoilt[100] ^= 1;
    assert_eq!(file.open(&spoilt), Err(PackError::WrongBytes("index/rows/0".to_owned())));
}

#[test]
fn decompression_stops_at_the_promised_size() {
    let (files, manifest) = sample();
    let file = manifest.file("index/rows/0").unwrap();
    let bytes = files[file.path().as_str()];
    for wrong in [0, 1, file.raw_size - 1, file.raw_size + 1] {
        assert!(decompress(bytes, wrong).is_err(), "{wrong}");
    }
    assert_eq!(decompress(bytes, MAX_RAW + 1), Err(PackError::TooLarge(MAX_RAW + 1)));
    // A header that asks for a window of 3.75 TiB.
    let greedy = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0xFF, 0x01, 0x00, 0x00];
    assert!(matches!(decompress(&greedy, 10), Err(PackError::TooLarge(_))));
    for junk in [&b""[..], b"not zstd", &bytes[..20]] {
        assert!(decompress(junk, 10).is_err());
    }
}

/// Whatever byte of a dossier is changed, something no longer holds.
#[test]
fn a_dossier_altered_anywhere_does_not_verify() {
    let (files, manifest) = sample();
    let bucket = manifest.dossiers().next().unwrap();
    let dossiers = decode_dossiers(&bucket.open(files[bucket.path().as_str()]).unwrap()).unwrap();
    let tree = manifest.open_tree(&|path| files.get(path).map(|b| b.to_vec())).unwrap();
    let chain = dossiers.iter().find(|d| !d.stages.is_empty()).unwrap();
    let priced = dossiers.iter().find(|d| d.listing.is_some()).unwrap();
    let revoked = dossiers.iter().find(|d| !d.status.is_empty()).unwrap();
    let refused = |from: &Dossier, spoil: &dyn Fn(&mut Dossier)| {
        assert!(verify_dossier_entry(from, &manifest.ledger, &tree).is_ok());
        let mut spoilt = from.clone();
        spoil(&mut spoilt);
        assert!(verify_dossier_entry(&spoilt, &manifest.ledger, &tree).is_err());
    };
    refused(chain, &|d| d.body[200] ^= 1);
    refused(chain, &|d| d.body.truncate(10));
    refused(chain, &|d| d.statement.entry[40] ^= 1);
    refused(chain, &|d| d.statement.leaf += 1);
    refused(chain, &|d| d.statement.proof.push([0; 32]));
    let early = dossiers.iter().find(|d| d.statement.leaf < 256).unwrap();
    refused(early, &|d| d.statement.proof[0][0] ^= 1);
    refused(early, &|d| d.statement.proof.truncate(3));
    refused(early, &|d| d.statement.leaf += 256);
    refused(chain, &|d| d.stages[0].document[50] ^= 1);
    refused(chain, &|d| d.stages[0].statement = d.stages[1].statement.clone());
    refused(chain, &|d| d.statement = revoked.statement.clone());
    refused(chain, &|d| d.status = revoked.status.clone());
    refused(chain, &|d| d.listing = priced.listing.clone());
    refused(priced, &|d| d.listing.as_mut().unwrap().document[60] ^= 1);
    refused(revoked, &|d| d.status[0].entry[80] ^= 1);
}

#[test]
fn an_index_that_says_other_than_its_dossier_is_found_out() {
    let (files, manifest) = sample();
    let file = |path: &str| files.get(path).map(|b| b.to_vec());
    let (index, tree) = (manifest.open_index(&file).unwrap(), manifest.open_tree(&file).unwrap());
    let bucket = manifest.dossiers().next().unwrap();
    let dossiers = decode_dossiers(&bucket.open(files[bucket.path().as_str()]).unwrap()).unwrap();
    let dossier = dossiers.iter().find(|d| !index.subjects[d.number as usize].claims.is_empty()).unwrap();
    let verified = verify_dossier_entry(dossier, &manifest.ledger, &tree).unwrap();
    verify_row(&index, dossier.number, &verified).unwrap();
    let spoils: [fn(&mut SubjectRow); 6] = [
        |r| r.name.push('x'),
        |r| r.digest[0] ^= 1,
        |r| r.issuer ^= 1,
        |r| r.status = PassportStatus::Revoked,
        |r| r.claims[0].1 = ClaimState::Attested,
        |r| r.claims.truncate(r.claims.len() - 1),
    ];
    for spoil in spoils {
        let mut spoilt = index.clone();
        spoil(&mut spoilt.subjects[dossier.number as usize]);
        assert!(verify_row(&spoilt, dossier.number, &verified).is_err());
    }
}

#[test]
fn the_index_of_the_sample_takes_at_most_64_bytes_a_product() {
    let (_, manifest) = sample();
    let size: u64 = manifest.index().map(|f| f.size).sum();
    // The files also hold the brands, prices, categories and claim rows; all of that counts against its products.
    assert!(size <= 64 * 833, "{size} bytes");
}
