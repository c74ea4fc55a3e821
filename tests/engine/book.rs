//! A small ledger of its own, with keys that only these tests have, written batch by batch.

use ecosphere::{
    log::{Checkpoint, LogKey, LogSigner, LogWriter, Policy, read_bundle},
    measure::{Currency, Millis},
    node::{
        NodeError,
        ledger::{Ledger, LogKeys},
    },
    pack::{Manifest, WORLD},
    passport::SubjectForm,
    provenance::{CategoryName, ClaimRef, ClaimState, Record, Sheet, SheetPrice, Source, made_up},
    state,
    statement::{self, Accreditation, Body, DidKey, Digest, Draft, ListingSheet, PassportIssue, Registration, Role, SigningKey, SubjectKind, json},
};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

pub const ORIGIN: &str = "ecosphere.example/test";

pub fn seed(name: &str) -> [u8; 32] {
    Sha256::digest(format!("engine test: {name}")).into()
}

fn key(name: &str) -> SigningKey {
    SigningKey::from_seed(&seed(name))
}

/// A ledger being written, and its files as a server would have them.
pub struct Book {
    ledger: Ledger,
    keys: LogKeys,
    origin: String,
    log: String,
    pub files: BTreeMap<String, Vec<u8>>,
    /// What lies beside the log.
    #[allow(dead_code, reason = "not every test suite replays")]
    pub bodies: BTreeMap<Digest, Vec<u8>>,
    time: Millis,
    nonces: u64,
}

impl Book {
    /// A ledger with one batch: a steward and its first product.
    pub fn new(origin: &str, log: &str) -> Self {
        Self::started(origin, log, 2)
    }

    /// The same, so many days before [`NOW`](super::NOW).
    pub fn started(origin: &str, log: &str, days: i64) -> Self {
        let policy = state::Policy { origin: origin.into(), log: key(log).did(), registrars: vec![key("registrar").did()] };
        let keys = LogKeys::from_seed(origin, &seed(log)).unwrap();
        let mut book = Self {
            ledger: Ledger::new(policy, false),
            keys,
            origin: origin.into(),
            log: log.into(),
            files: BTreeMap::new(),
            bodies: BTreeMap::new(),
            time: Millis(super::NOW.0 - days * Millis::DAY),
            nonces: 0,
        };
        for (name, role) in [("registrar", Role::Registrar), ("steward", Role::DataSteward)] {
            book.state(Body::RegisterActor(Registration { name: name.into(), role, fictional: true }), name);
        }
        book.state(Body::Accredit(Accreditation { subject: key("steward").did(), role: Role::DataSteward }), "registrar");
        book.product("03017620422003", "Hazelnut spread");
        book.close();
        book
    }

    pub fn key(&self) -> &LogKey {
        self.keys.key()
    }

    /// The policy that believes the log by its key alone.
    pub fn policy(&self) -> Policy {
        Policy::of_log(self.key().clone())
    }

    /// Records a product in the batch that is open.
    pub fn product(&mut self, gtin: &str, name: &str) {
        self.claiming(gtin, name, &[]);
    }

    /// Records a product with what its source says of it.
    pub fn claiming(&mut self, gtin: &str, name: &str, codes: &[&str]) {
        let record = Record {
            kind: SubjectKind::Product,
            id: format!("(01){gtin}"),
            name: name.into(),
            brand: "Brand".into(),
            owner: None,
            categories: vec![CategoryName { id: "en:spreads".into(), name: "Spreads".into() }],
            quantity: "350 g".into(),
            about: String::new(),
            place: String::new(),
            languages: Vec::new(),
            claims: codes.iter().map(|code| ClaimRef { code: (*code).into(), state: ClaimState::SelfDeclared }).collect(),
            certifier: None,
            source: Source { name: "A test".into(), url: "https://example.org/".into(), licence: "CC0-1.0".into(), attribution: "nobody".into() },
            form: SubjectForm::Record,
            making: None,
            fictional: true,
        };
        self.issue(record, "steward");
    }

    fn issue(&mut self, record: Record, issuer: &str) {
        let signer = key(issuer);
        let credential = record.to_credential(&signer.did(), issuer, self.time, None);
        let credential = statement::add_proof(&credential, &signer, self.time).unwrap();
        let digest = self.lay(json::canonical(&credential).unwrap());
        self.state(Body::IssuePassport(PassportIssue { kind: record.kind, subject: record.id, digest, valid_until: None }), issuer);
    }

    fn lay(&mut self, body: Vec<u8>) -> Digest {
        let digest = self.ledger.add_body(body.clone());
        self.bodies.insert(digest, body);
        digest
    }

    /// A retailer with its own passport.
    #[allow(dead_code, reason = "not every test suite sells")]
    pub fn retailer(&mut self, name: &str) {
        self.state(Body::RegisterActor(Registration { name: name.into(), role: Role::Retailer, fictional: true }), name);
        self.state(Body::Accredit(Accreditation { subject: key(name).did(), role: Role::Retailer }), "registrar");
        self.issue(made_up(SubjectKind::Organisation, &format!("retailer:{name}"), name), name);
    }

    /// A retailer's newest prices, in the countries where they hold.
    #[allow(dead_code, reason = "not every test suite sells")]
    pub fn sheet(&mut self, name: &str, countries: &[&str], gtins: &[&str]) {
        let price = |gtin: &&str| SheetPrice { gtin: (*gtin).into(), minor: 320, stock: 5 };
        let sheet = Sheet {
            retailer: format!("retailer:{name}"),
            currency: Currency::EUR,
            countries: countries.iter().map(|c| (*c).to_owned()).collect(),
            places: Vec::new(),
            prices: gtins.iter().map(price).collect(),
        };
        sheet.check().unwrap();
        let digest = self.lay(json::canonical(&sheet.to_json()).unwrap());
        self.state(Body::PublishListing(ListingSheet { retailer: sheet.retailer, digest }), name);
    }

    /// Who may vouch without being vouched for.
    #[allow(dead_code, reason = "not every test suite replays")]
    pub fn registrar() -> DidKey {
        key("registrar").did()
    }

    /// Lets days go by before the next batch.
    #[allow(dead_code, reason = "not every test suite takes years")]
    pub fn wait(&mut self, days: i64) {
        self.time = Millis(self.time.0 + days * Millis::DAY);
    }

    /// Closes the batch an hour after the last one and publishes its files.
    pub fn close(&mut self) {
        let publication = self.ledger.close(self.time, &self.keys, true).unwrap();
        self.files.extend(publication.files);
        self.files.insert("checkpoint".into(), publication.checkpoint.into_bytes());
        self.time = Millis(self.time.0 + 3_600_000);
    }

    fn state(&mut self, body: Body, actor: &str) {
        let draft = Draft { ledger: self.origin.clone(), nonce: self.nonce(), expires: Millis(self.time.0 + Millis::DAY), body };
        let entry = statement::sign(&draft, self.time, &key(actor), &[]).unwrap();
        self.ledger.append(entry, self.time).unwrap();
    }

    /// What the log's operator could publish in the place of the newest batch: the same leaves before it, another manifest, other files, another
    /// `BatchClose`; all of it signed and proved as it should be.
    #[allow(dead_code, reason = "not every test suite forges")]
    pub fn forged(
        &self,
        alter: impl FnOnce(&mut Manifest, &mut BTreeMap<String, Vec<u8>>),
        close: impl FnOnce(&mut Draft),
    ) -> BTreeMap<String, Vec<u8>> {
        let mut entries = self.entries();
        let last = statement::verify(&entries.pop().unwrap()).unwrap();
        let Body::BatchClose(mut body) = last.body else { panic!("the last leaf closes a batch") };
        let mut files = self.files.clone();
        let named = format!("pack/{}", body.manifest.as_ref().unwrap());
        let mut manifest: Manifest = serde_json::from_slice(&files.remove(&named).unwrap()).unwrap();
        alter(&mut manifest, &mut files);
        let bytes = manifest.encode().unwrap();
        let digest = hex::encode(Sha256::digest(&bytes));
        files.insert(format!("pack/{digest}"), bytes);
        body.manifest = Some(digest);
        let mut draft = Draft { ledger: self.origin.clone(), nonce: [7; 16], expires: last.expires, body: Body::BatchClose(body) };
        close(&mut draft);
        let Body::BatchClose(body) = &draft.body else { panic!() };
        let time = body.time_ms;
        entries.push(statement::sign(&draft, time, &key(&self.log), &[]).unwrap());
        let mut log = LogWriter::new();
        for entry in entries {
            log.append(entry).unwrap();
        }
        files.extend(log.files(0));
        let signer = LogSigner::from_seed(&self.origin, &seed(&self.log)).unwrap();
        let checkpoint = Checkpoint { origin: self.origin.clone(), size: log.size(), root: log.root() };
        files.insert("checkpoint".into(), checkpoint.sign(&signer).into_bytes());
        files
    }

    /// All entries of the log, of at most 256.
    pub fn entries(&self) -> Vec<Vec<u8>> {
        let bundles = self.files.iter().filter(|(path, _)| path.starts_with("tile/entries/"));
        bundles.map(|(_, bytes)| read_bundle(bytes).unwrap()).max_by_key(Vec::len).unwrap()
    }

    /// Sends an entry to the ledger, for the batch that is open.
    #[allow(dead_code, reason = "not every test suite sends entries of its own")]
    pub fn send(&mut self, entry: Vec<u8>) -> Result<u64, NodeError> {
        self.ledger.append(entry, self.time)
    }

    /// A registration by somebody new, signed for this ledger and in time, unless `alter` says otherwise.
    #[allow(dead_code, reason = "not every test suite signs statements of its own")]
    pub fn registration(&mut self, name: &str, alter: impl FnOnce(&mut Draft)) -> Vec<u8> {
        let body = Body::RegisterActor(Registration { name: name.into(), role: Role::DataSteward, fictional: true });
        let mut draft = Draft { ledger: self.origin.clone(), nonce: self.nonce(), expires: Millis(self.time.0 + Millis::DAY), body };
        alter(&mut draft);
        statement::sign(&draft, self.time, &key(name), &[]).unwrap()
    }

    fn nonce(&mut self) -> [u8; 16] {
        self.nonces += 1;
        u128::from(self.nonces).to_be_bytes()
    }

    /// The newest manifest, the world's.
    pub fn manifest(&self) -> Manifest {
        let manifests = self.files.values().filter_map(|b| serde_json::from_slice::<Manifest>(b).ok());
        manifests.filter(|m| m.market == WORLD).max_by_key(|m| m.batch).unwrap()
    }

    /// The newest manifest of a market.
    #[allow(dead_code, reason = "not every test suite has markets")]
    pub fn market(&self, id: &str) -> Manifest {
        let world = self.manifest();
        world.open_market(id, &self.files[&world.market(id).unwrap().path()]).unwrap()
    }

    /// Paths of the pack's files that a device fetches, the index first; the manifest is not among them.
    pub fn pack_files(&self) -> Vec<String> {
        let manifest = self.manifest();
        manifest.index().chain(manifest.dossier_files()).map(ecosphere::pack::PackFile::path).collect()
    }
}
