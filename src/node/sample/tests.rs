use super::*;
use crate::{
    log::{Checkpoint, LogKey, leaf_hash, prove_inclusion, read_bundle, root, verify_inclusion},
    pack::{
        self, Index, Manifest, SAMPLE_POLICY, SAMPLE_VKEY, decode_dossiers, root_before_last, sample_files, sample_older_entries,
        verify_dossier_entry,
    },
    passport::{KnownActor, KnownPassport, Outcome, SnapshotView, check},
    state::State,
    statement::{self, Body, DidKey, PassportStatus, Statement},
};
use sha2::{Digest as _, Sha256};

fn committed() -> BTreeMap<&'static str, &'static [u8]> {
    sample_files().iter().chain(sample_older_entries()).copied().collect()
}

fn sources() -> Sources {
    Sources::read(Path::new("assets/sample/source")).expect("the sources are in the repository")
}

#[test]
fn the_sample_is_rebuilt_byte_for_byte() {
    let built = build(&sources()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("ledger");
    write(&built, &out).unwrap();
    for (path, bytes) in committed() {
        assert!(std::fs::read(out.join(path)).unwrap() == bytes, "{path} differs: run `ecosphere-node sample` and commit what it writes");
    }
    for name in ["files.rs", "older_entries.rs"] {
        assert_eq!(std::fs::read(out.join(name)).unwrap(), std::fs::read(Path::new("assets/sample/ledger").join(name)).unwrap());
    }
    assert_eq!(std::fs::read_to_string(folder.path().join("ledger.vkey")).unwrap(), SAMPLE_VKEY);
    assert_eq!(std::fs::read_to_string(folder.path().join("ledger.policy")).unwrap(), SAMPLE_POLICY);
    assert_eq!(committed()["policy"], SAMPLE_POLICY.as_bytes());
    let total: usize = built.files.values().map(Vec::len).sum();
    assert!(total < 3_000_000, "{total} bytes");
}

/// An independent walk: nothing of what wrote the ledger is used, only the committed files, the key and the policy.
#[test]
fn every_leaf_root_batch_and_pack_of_the_committed_sample_holds() {
    let files = committed();
    let key = LogKey::parse(SAMPLE_VKEY).unwrap();
    let checkpoint = Checkpoint::open(std::str::from_utf8(files["checkpoint"]).unwrap(), &key).unwrap();
    let mut bundles: Vec<_> = files.iter().filter(|(path, _)| path.starts_with("tile/entries/")).collect();
    bundles.sort();
    let entries: Vec<Vec<u8>> = bundles.iter().flat_map(|(_, bytes)| read_bundle(bytes).unwrap()).collect();
    assert_eq!(entries.len() as u64, checkpoint.size);
    let leaves: Vec<_> = entries.iter().map(|e| leaf_hash(e)).collect();
    assert_eq!(root(&leaves), checkpoint.root);
    let tile = |path: &str| files.get(path).map(|b| b.to_vec());
    for (index, leaf) in (0..).zip(&leaves) {
        let proof = prove_inclusion(&tile, checkpoint.size, index).unwrap();
        verify_inclusion(leaf, index, checkpoint.size, &checkpoint.root, &proof).unwrap();
    }

    let statements: Vec<Statement> = entries.iter().map(|e| statement::verify(e).unwrap()).collect();
    let mut state = State::new(cast::policy());
    assert_eq!(state.policy().log, DidKey::from_public(*key.public()));
    let mut first = 0;
    while first < statements.len() {
        let end = first + statements[first..].iter().position(|s| matches!(s.body, Body::BatchClose(_))).expect("the log ends with a BatchClose");
        state.fold_batch(first as u64, &statements[first..=end]).unwrap();
        first = end + 1;
    }
    let Some(Body::BatchClose(close)) = statements.last().map(|s| s.body.clone()) else { panic!("the last leaf is a BatchClose") };
    assert_eq!(state.batch().unwrap().time, SECOND_BATCH);

    let manifest_bytes = files[format!("pack/{}", close.manifest.as_ref().unwrap()).as_str()];
    let manifest = Manifest::open(manifest_bytes, ORIGIN, &close, checkpoint.size - 1).unwrap();
    let last_proof = prove_inclusion(&tile, checkpoint.size, checkpoint.size - 1).unwrap();
    assert_eq!(root_before_last(&last_proof), Some(manifest.log_root));
    let index = open_index(&files, &manifest);
    assert_eq!(index.subjects.len(), state.passports().len());
    let tree = manifest.open_tree(&tile).unwrap();
    let mut seen = 0;
    for file in manifest.dossiers() {
        for dossier in decode_dossiers(&file.open(files[file.path().as_str()]).unwrap()).unwrap() {
            let verified = verify_dossier_entry(&dossier, ORIGIN, &tree).unwrap();
            pack::verify_row(&index, dossier.number, &verified).unwrap();
            assert_eq!(dossier.stages.len(), state.passports()[dossier.number as usize].stages().len());
            seen += 1;
        }
    }
    assert_eq!(seen, index.subjects.len());
}

fn open_index(files: &BTreeMap<&str, &[u8]>, manifest: &Manifest) -> Index {
    manifest.open_index(&|path| files.get(path).map(|b| b.to_vec())).unwrap()
}

struct View(Index);

impl SnapshotView for View {
    fn origin(&self) -> &str {
        &self.0.head.origin
    }
    fn len(&self) -> u64 {
        self.0.subjects.len() as u64
    }
    fn actors_by_hint(&self, hint: [u8; 4]) -> Vec<KnownActor> {
        let known = |a: &pack::Actor| KnownActor { key: a.key, in_force: true, name: a.name.clone(), in_standing: !a.standing.is_empty() };
        self.0.head.actors.iter().filter(|a| a.key.hint() == hint).map(known).collect()
    }
    fn passport(&self, number: u64) -> Option<KnownPassport> {
        let row = self.0.subjects.get(usize::try_from(number).ok()?)?;
        let issuer = &self.0.head.actors[usize::from(row.issuer)];
        Some(KnownPassport {
            id: row.id.clone(),
            digest16: row.digest,
            issuer: issuer.key,
            issuer_keys: vec![issuer.key],
            issuer_name: issuer.name.clone(),
            issuer_in_standing: !issuer.standing.is_empty(),
            status: row.status,
            valid_until: row.valid_until,
            successor: row.successor.map(u64::from),
            name: row.name.clone(),
            form: row.form,
        })
    }
    fn by_gtin(&self, gtin14: &str) -> Option<u64> {
        let id = format!("(01){gtin14}");
        let of = |(_, row): &(usize, &pack::SubjectRow)| row.id == id && row.status == PassportStatus::Valid;
        self.0.subjects.iter().enumerate().find(of).map(|(n, _)| n as u64)
    }
}

#[test]
fn each_printed_passport_gives_its_outcome_and_every_outcome_is_shown() {
    let files = committed();
    let shelf: Vec<ShelfCard> = serde_json::from_slice(files["shelf.json"]).unwrap();
    let close = manifest_of(&files);
    let view = View(open_index(&files, &close));
    for card in &shelf {
        let came = check(&card.code, &view, Some(SECOND_BATCH));
        assert_eq!(came.outcome, card.outcome, "{}: {}", card.title, came.message);
        assert!(card.symbology == "qr" || card.code.len() == 13, "{}", card.title);
    }
    for outcome in Outcome::ALL {
        assert!(shelf.iter().any(|c| c.outcome == outcome), "no card shows {outcome:?}");
    }
}

fn manifest_of(files: &BTreeMap<&str, &[u8]>) -> Manifest {
    let manifests = files.iter().filter(|(path, bytes)| path.starts_with("pack/") && bytes.starts_with(b"{"));
    let newest = manifests.map(|(_, bytes)| serde_json::from_slice::<Manifest>(bytes).unwrap()).max_by_key(|m| m.batch);
    newest.expect("the sample has a manifest")
}

#[test]
fn both_witnesses_cosigned_the_committed_checkpoint_at_the_time_of_its_batch() {
    let policy = crate::log::Policy::parse(SAMPLE_POLICY).unwrap();
    let note = std::str::from_utf8(committed()["checkpoint"]).unwrap();
    let trusted = policy.open(note).unwrap();
    let at = SECOND_BATCH.0.unsigned_abs() / 1000;
    assert_eq!(trusted.witnessed, [("witness-1".to_owned(), at), ("witness-2".to_owned(), at)]);
    assert_eq!(trusted.log.to_string(), SAMPLE_VKEY);
    let without_one: String = note.split_inclusive('\n').filter(|line| !line.contains("witness-2")).collect();
    assert!(matches!(policy.open(&without_one), Err(crate::log::LogError::Quorum { .. })));
}

#[test]
fn sample_keys_are_the_digests_of_their_public_names() {
    let expected: [u8; 32] = Sha256::digest("ecosphere public sample key: log").into();
    assert_eq!(seed(LOG), expected);
}
