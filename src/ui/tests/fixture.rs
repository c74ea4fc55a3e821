//! What a made-up engine answers: one of everything that a screen can show.

use crate::{
    bot::{Alignment, LineFinding, Quantity, Reason, Verdict, VerdictBand},
    engine::wire::{
        Act, Answer, Asked, Call, CategoryRow, Choices, ClaimRow, DeedRow, Effect, EngineError, FollowedList, HistoryRow, Learn, Learning,
        LedgerOffer, LedgerRow, LedgerTree, ListName, ListRow, Listable, Month, MyLists, OpenFact, OptionRow, PriceRow, Progress, Proof, ReadingRow,
        Request, ScanResult, ShelfCard, ShopRow, Side, Signed, Snapshot, StageRow, StageStory, Status, Story, SubjectView, Told, Turn, Weighed,
        WholeList,
    },
    label::{Estimate, FactorTable, ProductLabel, SignedStage, Terms, spread_over_goals, subject_label, together},
    measure::{Currency, Decimal, Millis, Money},
    passport::{Outcome, SubjectForm},
    provenance::{ChainsFile, ClaimState, StageDocument},
    statement::SubjectKind,
    values::{Alternative, HardLine, Importance, Learned, Likeness, LineState, Ours, Profile, Stance, Topic},
};
use std::cell::RefCell;

/// How the made-up device is.
#[derive(Debug, Clone)]
pub struct Device {
    /// The person's values.
    pub profile: Option<Profile>,
    /// Whether there is a snapshot.
    pub snapshot: bool,
    /// What every request is answered with instead, if anything.
    pub error: Option<EngineError>,
    /// Never answers: the screens stay as they are at first.
    pub silent: bool,
    /// What a scan comes to.
    pub outcome: Outcome,
    /// The band of the verdict.
    pub band: VerdictBand,
    /// Nothing scanned, nothing to rank, nothing listed.
    pub empty: bool,
    /// Its top parent is on the block list.
    pub blocked: bool,
    /// The profile of an organisation.
    pub ours: Option<Ours>,
}

impl Default for Device {
    fn default() -> Self {
        Self {
            profile: Some(profile()),
            snapshot: true,
            error: None,
            silent: false,
            outcome: Outcome::Verified,
            band: VerdictBand::Fits,
            empty: false,
            blocked: false,
            ours: None,
        }
    }
}

thread_local! {
    static DEVICE: RefCell<Device> = RefCell::new(Device::default());
}

/// Puts another device in place, for this test's thread.
pub fn set(device: Device) {
    DEVICE.set(device);
}

/// Answers as the device does.
pub async fn answer(request: &Request) -> Result<Answer, EngineError> {
    let device = DEVICE.with_borrow(Clone::clone);
    if device.silent {
        std::future::pending::<()>().await;
    }
    if let Some(error) = device.error {
        return Err(error);
    }
    Ok(match request {
        Request::Open
        | Request::Status
        | Request::Sync { .. }
        | Request::SyncAll { .. }
        | Request::AddLedger { .. }
        | Request::RemoveLedger(_)
        | Request::SetMarket(_) => Answer::Status(status(&device)),
        Request::LookAtLedger { url, .. } => Answer::Offer(LedgerOffer {
            url: url.clone(),
            origin: "ledger.example.net".into(),
            policy: "quorum none\n".into(),
            fingerprint: FINGERPRINT.into(),
            witnesses: 2,
            published: true,
        }),
        Request::Profile | Request::SetProfile(_) => Answer::Profile(device.profile),
        Request::Learn(what) => Answer::Learning(Box::new(learning(&device, what))),
        Request::Turns(_) => Answer::Turns(vec![
            turn(OpenFact::Line(HardLine::NoPalmOil), VerdictBand::Fits),
            turn(OpenFact::Topic(Topic::Water, false), VerdictBand::Against),
        ]),
        Request::ScanText(code) => Answer::Scan(vec![scan(&device, Some(code.clone()))]),
        Request::Subject(_) => Answer::Scan(vec![scan(&device, None)]),
        Request::Story(_) => Answer::Story(Box::new(story(&device))),
        Request::Choices { .. } => Answer::Choices(choices()),
        Request::Ask { text, .. } => Answer::Told(told(text)),
        Request::Options { .. } | Request::Rank { .. } | Request::Search { .. } => Answer::Options(if device.empty { vec![] } else { options() }),
        Request::Categories => Answer::Categories(vec![category("en:dark-chocolates", "Dark chocolates", 14), category("en:teas", "Teas", 9)]),
        Request::History | Request::Forget(_) => Answer::History(if device.empty { vec![] } else { history() }),
        Request::Months => Answer::Months(if device.empty { vec![] } else { months() }),
        Request::Ours(_) => Answer::Ours(device.ours),
        Request::Lists | Request::Mark { .. } => Answer::Lists(Box::new(if device.empty { MyLists::default() } else { lists() })),
        Request::Shelf => Answer::Shelf(shelf()),
        Request::Qr(_) => Answer::Svg(QR.into()),
        Request::Export => Answer::Text("{}".into()),
        _ => Answer::Done,
    })
}

/// A month in which three things were taken, one of them with a label.
fn months() -> Vec<Month> {
    let d = |text: &str| Decimal::parse(text).unwrap();
    let effect = |topic, low, central, high, known| Effect { topic, value: Estimate { low: d(low), central: d(central), high: d(high) }, known };
    let topics = vec![effect(Topic::Climate, "-0.85", "-0.25", "0.60", 2), effect(Topic::DecentWork, "0", "0.41", "0.41", 1)];
    vec![Month {
        month: "2026-11".into(),
        scanned: 12,
        took: 3,
        unknown: 1,
        paid: vec![Money { minor: 960, currency: Currency::EUR }],
        unpriced: 1,
        goals: spread_over_goals(topics.iter().map(|e| (e.topic, e.value))).unwrap(),
        topics,
        labels: together([made().label].iter()).unwrap(),
    }]
}

/// An option with all that it is weighed by.
pub fn weighed() -> Weighed {
    let row = options().remove(0);
    Weighed {
        quantity: "100 g".into(),
        unit: Quantity::parse("100 g").zip(row.price).and_then(|(q, p)| q.price(p)),
        metres: None,
        shops: vec![ShopRow { number: 3, name: "Corner shop".into(), band: VerdictBand::Fits, price: Money { minor: 245, currency: Currency::EUR } }],
        row,
    }
}

fn choices() -> Choices {
    let plain = options().into_iter().skip(1).map(|row| Weighed { quantity: String::new(), unit: None, metres: None, shops: vec![], row });
    Choices { aligned: vec![weighed()], compromise: plain.collect(), weighed: 14, unpriced: 3, unmeasured: 1 }
}

fn told(text: &str) -> Told {
    let told = |asked, understood: &str, said: &str| Told {
        asked,
        understood: understood.into(),
        said: vec![said.into()],
        about: None,
        rows: vec![],
        examples: vec![],
    };
    match text {
        "vegan tea" => Told { rows: options(), ..told(Asked::Find, "tea; vegan", "Left out: 3 of which it is not known whether they are: vegan.") },
        _ => Told { examples: vec!["why is this red?".into()], ..told(Asked::Unknown, "", "I do not understand this question.") },
    }
}

const QR: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 29 29"><path fill="#000" d="M4 4h7v7h-7zM18 4h7v7h-7zM4 18h7v7h-7zM13 5h2v2h-2zM14 9h1v4h-1zM13 14h5v1h-5zM19 13h3v3h-3zM23 15h2v4h-2zM14 18h3v2h-3zM18 21h4v1h-4zM13 22h3v3h-3zM21 23h4v2h-4z"/></svg>"##;

fn category(id: &str, name: &str, products: u32) -> CategoryRow {
    CategoryRow { id: id.into(), name: name.into(), products }
}

/// A person to whom three topics matter most and who draws two lines.
pub fn profile() -> Profile {
    let mut profile = Profile::default();
    profile.topics.extend([
        (Topic::Climate, Importance::MattersMost.into()),
        (Topic::Freedom, Importance::MattersMost.into()),
        (Topic::Privacy, Importance::Ignore.into()),
    ]);
    profile.hard_lines.extend([HardLine::NoPalmOil, HardLine::Vegetarian]);
    profile
}

fn turn(fact: OpenFact, band: VerdictBand) -> Turn {
    Turn { fact, band, alignment: Alignment::default() }
}

/// What was learned of that person: from two trade-offs that contradict each other, and from a chocolate that they took.
fn learning(device: &Device, what: &Learn) -> Learning {
    let mut profile = device.profile.clone().unwrap_or_default();
    let price = |minor| Some(Money { minor, currency: Currency::EUR });
    let (a, b) = (Alternative::good_in(Topic::Water, price(320)), Alternative::good_in(Topic::Health, price(280)));
    let mut cocoa = Alternative { price: price(340), ..Alternative::default() };
    cocoa.topics[..3].copy_from_slice(&[40, 0, -30]);
    if !device.empty {
        for (shown, picked) in [(vec![a, b], 0), (vec![a, b], 1), (vec![cocoa, b], 0)] {
            profile.chose(Millis(1_793_491_200_000), shown, picked).unwrap();
        }
        for (topic, weight, from) in [(Topic::Water, 140, vec![1, 2]), (Topic::Climate, 80, vec![3]), (Topic::Health, 0, vec![])] {
            profile.learned.insert(topic, Learned { weight, spread: 35, from });
        }
        (0..4).for_each(|item| profile.answers.set(item, Likeness::new(5)));
    }
    let product = |name: &str| Some((name.to_owned(), "Conserve Tre Torri".to_owned()));
    let question = match what {
        Learn::Ask { real: true, .. } => {
            Some(vec![Side { alternative: cocoa, product: product("Noir 90 %") }, Side { alternative: b, product: product("Noir 70 %") }])
        }
        Learn::Ask { .. } => Some(vec![
            Side { alternative: a, product: None },
            Side { alternative: Alternative { price: price(240), ..Alternative::default() }, product: None },
        ]),
        _ => None,
    };
    let deed = DeedRow {
        id: 1,
        time: Millis(1_793_491_200_000),
        act: Act::Took,
        number: Some(212),
        name: "Noir 90 %".into(),
        price: price(340),
        why: None,
        choices: vec![3],
    };
    Learning {
        progress: Progress::Asking,
        takes_the_first: 66,
        contradictions: if device.empty { vec![] } else { vec![vec![1, 2]] },
        question,
        deeds: if device.empty { vec![] } else { vec![deed] },
        over_time: if device.empty { vec![] } else { vec![(Millis(1_793_491_200_000), [100; 17]), (Millis(1_793_491_300_000), profile.weights())] },
        profile,
    }
}

/// A fingerprint as any policy has one.
pub const FINGERPRINT: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0";

fn ledger(origin: &str, snapshot: Option<Snapshot>, trouble: Option<EngineError>) -> LedgerRow {
    LedgerRow {
        origin: origin.into(),
        url: format!("https://{origin}/"),
        fingerprint: FINGERPRINT.into(),
        synced: snapshot.is_some().then_some(Millis(1_793_491_200_000)),
        snapshot,
        trouble,
    }
}

fn status(device: &Device) -> Status {
    let snapshot = device.snapshot.then(|| Snapshot {
        origin: "ecosphere.example/sample".into(),
        market: "world".into(),
        markets: vec!["de".into(), "nl".into()],
        log_size: 1412,
        batch: 1,
        time: Millis(1_793_491_200_000),
        sample: true,
        stale: false,
        days: 0,
        policy: String::new(),
        products: 824,
        organisations: 265,
        projects: 12,
        retailers: 3,
    });
    Status {
        ledgers: match &snapshot {
            Some(held) => vec![
                ledger(&held.origin, Some(held.clone()), None),
                ledger("ledger.example.org", None, Some(EngineError::Offline("connection refused".into()))),
            ],
            None => vec![],
        },
        snapshot,
        market: "world".into(),
        has_profile: device.profile.is_some(),
        speaks: device.ours.as_ref().filter(|o| o.speaks).map(|o| o.name.clone()),
        history: 5,
        durable: true,
        notices: vec![],
        evidence: 0,
    }
}

fn euros(minor: i64) -> Money {
    Money { minor, currency: Currency::EUR }
}

fn alignment(band: VerdictBand) -> Alignment {
    let (value, low, high, coverage) = match band {
        VerdictBand::Fits => (46, 20, 71, 62),
        VerdictBand::Mixed => (8, -22, 38, 54),
        VerdictBand::Against => (-41, -63, -12, 71),
        VerdictBand::CrossesLine => (-100, -100, -100, 66),
        VerdictBand::NotEnoughKnown => (4, -78, 82, 12),
    };
    Alignment { value, low, high, coverage }
}

fn reason(topic: Topic, points: i8, text: &str, state: ClaimState) -> Reason {
    Reason { topic, points, text: text.into(), claim: format!("{topic:?}{text}"), state }
}

fn verdict(band: VerdictBand) -> Verdict {
    let crossed = if band == VerdictBand::CrossesLine { LineState::Crossed } else { LineState::Kept };
    let because = if band == VerdictBand::CrossesLine { vec!["Contains palm oil".into()] } else { vec!["Palm-oil free label".into()] };
    let mut reasons = vec![
        reason(Topic::Climate, 18, "Eco-Score A", ClaimState::SelfDeclared),
        reason(Topic::FairTrade, 15, "Fairtrade International label", ClaimState::Attested),
        reason(Topic::Nature, 12, "Organic label", ClaimState::Attested),
        reason(Topic::Transparency, 9, "Supplier list published", ClaimState::Confirmed),
        reason(Topic::DecentWork, 5, "Living-wage commitment", ClaimState::SelfDeclared),
        reason(Topic::Health, -9, "Nutri-Score E", ClaimState::SelfDeclared),
        reason(Topic::Freedom, -4, "Country with a high risk of forced labour", ClaimState::Inferred),
    ];
    if band == VerdictBand::NotEnoughKnown {
        reasons.truncate(1);
    }
    Verdict {
        band,
        alignment: alignment(band),
        reasons,
        lines: vec![
            LineFinding { line: HardLine::NoPalmOil, state: crossed, because },
            LineFinding { line: HardLine::GlutenFree, state: LineState::Unknown, because: vec![] },
        ],
        unknown: vec![Topic::Water, Topic::Energy, Topic::Equality, Topic::Privacy],
    }
}

fn scan(device: &Device, code: Option<String>) -> ScanResult {
    let outcome = device.outcome;
    let bad = outcome.exit_code() != 0 || matches!(outcome, Outcome::NotInSnapshot | Outcome::NotAPassport);
    let own = outcome == Outcome::Verified;
    ScanResult {
        code,
        gtin: Some("03700214614266".into()),
        outcome,
        ledger: Some("ecosphere.example/sample".into()),
        stale: false,
        message: outcome.sentence().into(),
        next_step: outcome.next_step().into(),
        subject: (!bad).then(|| SubjectView {
            number: 211,
            kind: SubjectKind::Product,
            id: "(01)03700214614266".into(),
            name: "Organic dark chocolate 85 % with cocoa from Peru".into(),
            brand: "Alter Eco".into(),
            owners: vec!["Alter Eco Foods".into(), "Example Holding".into()],
            category: "Dark chocolates".into(),
            category_id: "en:dark-chocolates".into(),
            quantity: "100 g".into(),
            issuer: if own { "Valle Verde Cooperative".into() } else { "Open Food Facts contributors".into() },
            form: if own { SubjectForm::Own } else { SubjectForm::Record },
            fictional: own,
            prices: vec![
                PriceRow { retailer: "Corner Green".into(), price: euros(289), stock: 12 },
                PriceRow { retailer: "Market Hall".into(), price: euros(319), stock: 0 },
            ],
            my_price: Some(euros(299)),
            proof: if own { Proof::Checked } else { Proof::AsPublished },
            label: own.then(|| made().label),
            holder: if own { "Conserve Tre Torri".into() } else { String::new() },
            private: if own { 2 } else { 0 },
            successor: (outcome == Outcome::Superseded).then_some(212),
            calls: vec![Call {
                by: "Cocoa Watch".into(),
                stance: Stance::Boycott,
                whom: "Example Holding".into(),
                why: "It does not say who grows its cocoa.".into(),
            }],
            listable: vec![
                listable("(01)03700214614266", "Organic dark chocolate 85 % with cocoa from Peru", &[ListName::Shopping]),
                listable("brand:alter-eco", "Alter Eco Foods", &[]),
                listable("brand:holding", "Example Holding", if device.blocked { &[ListName::Blocked] } else { &[] }),
            ],
            stages: vec![
                stage(1, "Grown", "Valle Verde Cooperative", "San Mart\u{ed}n, Peru", "2026-04-02", Some("Cacao Port")),
                stage(2, "Roasted", "Cacao Port", "Hamburg, Germany", "2026-05-19", Some("Alter Eco")),
                stage(3, "Made into bars", "Alter Eco", "Lyon, France", "2026-06-11", None),
            ],
        }),
        by: device.ours.as_ref().filter(|o| o.speaks).map(|o| o.name.clone()),
        verdict: (!bad).then(|| verdict(device.band)),
        options: if bad { vec![] } else { options() },
    }
}

/// The label of the sample's tomato sauce, from its real steps.
fn made() -> ProductLabel {
    let documents = documents();
    let signed: Vec<SignedStage> =
        (0_u8..).zip(&documents).map(|(n, document)| SignedStage { digest: [n; 32], document, confirmed: document.receiver.is_some() }).collect();
    subject_label(SubjectKind::Product, &signed, &FactorTable::builtin().unwrap(), &|_| false).unwrap().unwrap()
}

fn documents() -> Vec<StageDocument> {
    let file = ChainsFile::read(include_str!("../../../assets/sample/source/chains.json")).unwrap();
    file.documents(&file.chains[0])
}

fn signed(leaf: u64, by: &[&str]) -> Signed {
    Signed {
        by: by.iter().map(|name| ((*name).to_owned(), "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK".to_owned())).collect(),
        leaf,
        leaf_hash: FINGERPRINT.into(),
        statement: FINGERPRINT.into(),
        document: FINGERPRINT.into(),
        siblings: if leaf < 1280 { (0..8).map(|n| FINGERPRINT.replacen('0', &n.to_string(), 1)).collect() } else { vec![] },
    }
}

/// The way of the tomato sauce, or of something that nobody signed a step of.
fn story(device: &Device) -> Story {
    let own = device.outcome == Outcome::Verified;
    let made = made();
    let documents = documents();
    let reading = |n: usize, at: usize, confirmed: bool| {
        let measured = &documents[n].measured[at];
        let worth = made.stages[n].readings[at]
            .worth(
                made.stages[n].year,
                &Terms { table: &FactorTable::builtin().unwrap(), currency: made.label.currency, price_year: made.price_year },
            )
            .unwrap()
            .map(|w| (w.value, w.factor.source.clone()));
        ReadingRow {
            name: measured.metric.info().name.into(),
            amount: format!("{} {}", measured.quantity, measured.unit.symbol()),
            own: format!("{} {}", made.stages[n].readings[at].quantity.rounded(3), measured.unit.symbol()),
            state: if confirmed { ClaimState::Confirmed } else { ClaimState::SelfDeclared },
            worth: worth.as_ref().map(|w| w.0),
            source: worth.map_or_else(String::new, |w| w.1),
        }
    };
    let step = |(n, document): (usize, &StageDocument)| StageStory {
        row: stage(document.step, &document.title, &document.actor, &document.place, &document.date, document.receiver.as_deref()),
        kind: Some(made.journey.stages[n].kind),
        country: document.country.clone(),
        country_name: if document.country == "IT" { "Italy" } else { "Netherlands" }.into(),
        days: (n > 0).then_some(21),
        took: if n == 0 { String::new() } else { format!("{} {}", documents[n - 1].quantity, documents[n - 1].unit) },
        gave: format!("{} {}", document.quantity, document.unit),
        receiver: document.receiver.clone(),
        paid: document.paid,
        received: document.received,
        readings: (0..document.measured.len()).map(|at| reading(n, at, document.receiver.is_some())).collect(),
        value: Some(made.label.stages[n]),
        signed: signed(
            1270 + 5 * n as u64,
            &[&[document.actor.as_str()][..], &document.receiver.as_deref().into_iter().collect::<Vec<_>>()].concat(),
        ),
    };
    let claim = |text: &str, state| ClaimRow { text: text.into(), state };
    Story {
        number: 211,
        name: "Tomato sauce from old seeds".into(),
        fictional: own,
        proof: if own { Proof::Checked } else { Proof::AsPublished },
        label: own.then(|| made.label.clone()),
        no_label: if own { "" } else { "This phone holds no signed steps of it to compute a label from." }.into(),
        stages: if own { documents.iter().enumerate().map(step).collect() } else { vec![] },
        gaps: if own { vec!["Where the goods taken at \u{201c}Grown and picked\u{201d} come from is not known.".into()] } else { vec![] },
        ended: None,
        claims: vec![
            claim("Organic label", ClaimState::Attested),
            claim("Every step traceable", ClaimState::Confirmed),
            claim("Batch tested", ClaimState::SelfDeclared),
            claim("Risk of forced labour in the country", ClaimState::Inferred),
            claim("Only plants in it", ClaimState::Contradicted),
        ],
        issuer: "Conserve Tre Torri".into(),
        certifier: if own { "Three Oaks Certification" } else { "" }.into(),
        passport: own.then(|| signed(1260, &["Conserve Tre Torri"])),
        ledger: own.then(|| LedgerTree {
            origin: "ecosphere.example/sample".into(),
            size: 1412,
            root: FINGERPRINT.into(),
            batch: 1,
            time: Millis(1_793_491_200_000),
            checkpoint: 1413,
        }),
    }
}

fn stage(step: u16, title: &str, actor: &str, place: &str, date: &str, other: Option<&str>) -> StageRow {
    StageRow { step, title: title.into(), actor: actor.into(), place: place.into(), date: date.into(), confirmed_by: other.map(Into::into) }
}

fn option(number: u32, name: &str, brand: &str, band: VerdictBand, why: &str, price: Option<i64>, fictional: bool) -> OptionRow {
    OptionRow {
        number,
        kind: SubjectKind::Product,
        id: format!("(01)0370021461{number:04}"),
        name: name.into(),
        brand: brand.into(),
        category: "Dark chocolates".into(),
        band,
        alignment: alignment(band),
        why: why.into(),
        price: price.map(euros),
        at: price.map(|_| "Corner Green".into()),
        fictional,
        ledger: "ecosphere.example/sample".into(),
    }
}

/// One of each band.
pub fn options() -> Vec<OptionRow> {
    vec![
        option(1, "Noir 90 %", "Ethiquable", VerdictBand::Fits, "Fairtrade International label", Some(312), false),
        option(2, "Dark chocolate with sea salt", "Moser Roth", VerdictBand::Mixed, "UTZ certified", Some(189), false),
        option(3, "Cooking chocolate", "", VerdictBand::Against, "Eco-Score E", None, true),
        option(
            4,
            "Chocolate spread with hazelnuts and a very long name that has to wrap somewhere",
            "Nuss & Co",
            VerdictBand::CrossesLine,
            "Contains palm oil",
            Some(1099),
            false,
        ),
        option(5, "Raw cocoa bar", "Kleinhandwerk", VerdictBand::NotEnoughKnown, "", None, false),
    ]
}

fn listable(id: &str, name: &str, on: &[ListName]) -> Listable {
    Listable { id: id.into(), name: name.into(), on: on.to_vec() }
}

fn lists() -> MyLists {
    let option = options().remove(0);
    let listed = |list, id: &str, name: &str, option: Option<OptionRow>| ListRow { list, id: id.into(), name: name.into(), option };
    let alignment = option.alignment;
    MyLists {
        rows: vec![listed(ListName::Shopping, "(01)1", "Noir 90 %", Some(option)), listed(ListName::Blocked, "brand:gone", "Sold and renamed", None)],
        followed: vec![FollowedList {
            issuer: "did:key:z6Mk".into(),
            name: "Fair chocolate".into(),
            by: "Cocoa Watch".into(),
            boycott: 3,
            support: 1,
            until: None,
            trouble: None,
        }],
        shopping: Some(WholeList { alignment, bands: vec![(VerdictBand::Fits, 1)], total: vec![euros(312)], unpriced: 2 }),
    }
}

fn row(id: u64, name: &str, outcome: Outcome, band: Option<VerdictBand>) -> HistoryRow {
    HistoryRow {
        id,
        time: Millis(1_795_338_300_000 - i64::try_from(id).unwrap_or(0) * 3_700_000),
        code: format!("https://id.example/01/0370021461426{id}"),
        outcome,
        number: band.map(|_| 211),
        name: name.into(),
        band,
        alignment: band.map(alignment),
        saved_for_later: outcome == Outcome::NotInSnapshot,
    }
}

fn history() -> Vec<HistoryRow> {
    vec![
        row(1, "Organic dark chocolate 85 %", Outcome::Verified, Some(VerdictBand::Fits)),
        row(2, "Hazelnut spread", Outcome::Unsealed, Some(VerdictBand::CrossesLine)),
        row(3, "04006381333931", Outcome::NotInSnapshot, None),
        row(4, "Leather bag", Outcome::Altered, None),
        row(5, "Green tea", Outcome::Superseded, Some(VerdictBand::Mixed)),
    ]
}

/// One card per outcome.
pub fn shelf() -> Vec<ShelfCard> {
    OUTCOMES
        .into_iter()
        .map(|outcome| ShelfCard {
            title: format!("Tomato passata, {}", outcome.id()),
            about: "A jar from the sample chain, with a passport that gives this outcome.".into(),
            code: format!("https://id.example/01/09506000134352?x={}", outcome.id()),
            symbology: if outcome == Outcome::Unsealed { "ean13".into() } else { "qr".into() },
            outcome,
        })
        .collect()
}

/// Every outcome.
pub const OUTCOMES: [Outcome; 12] = [
    Outcome::NotAPassport,
    Outcome::Altered,
    Outcome::WrongProduct,
    Outcome::UnknownIssuer,
    Outcome::NotAccredited,
    Outcome::Revoked,
    Outcome::Suspended,
    Outcome::Superseded,
    Outcome::Expired,
    Outcome::NotInSnapshot,
    Outcome::Unsealed,
    Outcome::Verified,
];
