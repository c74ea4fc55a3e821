//! The sheet of printable passports: at least one for each outcome, and verified ones of contrasting values.

use super::{
    cast::{NEVER_ACCREDITED, ORCHARD, ORIGIN, STRANGER, key},
    examples::Examples,
    scribe::Scribe,
};
use crate::{
    node::NodeError,
    pack::ShelfCard,
    passport::{DigitalLink, Outcome, Seal},
    state::Passport,
};

/// Where the sample's links lead any other phone.
const BASE: &str = "https://id.ecosphere.example/";

/// Real products that show how verdicts differ: GTIN, title, what the card shows.
const PICKS: &[(&str, &str, &str)] = &[
    ("00000790400028", "Freeze-dried strawberry and banana", "Recorded by Open Food Facts contributors. Plant-only, Nutri-Score B."),
    ("00000790430018", "Trail mix with grape jelly", "Recorded by Open Food Facts contributors. The same shelf: palm oil, Nutri-Score E."),
    ("00000764114944", "Organic apple juice", "Recorded by Open Food Facts contributors. Organic label."),
    ("00000764001770", "Fuji pomegranate juice", "Recorded by Open Food Facts contributors. The same shelf: Nutri-Score E."),
    ("00008295660770", "Organic balsamic vinegar", "Recorded by Open Food Facts contributors. Organic, without GMOs."),
    ("00009542005955", "Dark chocolate with orange", "Recorded by Open Food Facts contributors. Nutri-Score E, Eco-Score E."),
    ("00018787810545", "Eucalyptus soap", "Recorded by Open Beauty Facts contributors. Organic and vegan labels."),
    ("00817939003657", "Hand soap", "Recorded by Open Beauty Facts contributors. The same shelf: little is known."),
];

/// Real products as shops sell them: the bare barcode.
const BARCODES: &[(&str, &str)] = &[("03014230560033", "Shampoo, barcode only"), ("00018787788059", "Rose soap, barcode only")];

/// Writes the cards.
pub(super) fn cards(scribe: &Scribe, examples: &Examples) -> Result<Vec<ShelfCard>, NodeError> {
    let state = scribe.ledger().state();
    let numbered = |number: u32| state.passports().get(number as usize).ok_or_else(|| missing(&number.to_string()));
    let of_gtin = |gtin: &str| {
        let id = format!("(01){gtin}");
        state.passports().iter().find(|p| p.subject == *id).ok_or_else(|| missing(&id))
    };
    let mut cards = Vec::new();
    let mut add = |title: &str, about: &str, code: String, symbology: &str, outcome| {
        cards.push(ShelfCard { title: title.to_owned(), about: about.to_owned(), code, symbology: symbology.to_owned(), outcome });
    };

    for (gtin, title, about) in PICKS {
        add(title, about, sealed(scribe, of_gtin(gtin)?)?, "qr", Outcome::Verified);
    }
    for p in state.passports().iter().filter(|p| !p.stages().is_empty()) {
        let about = "Made up. Every step from farm to shelf is signed.";
        add(&title(scribe, p), about, sealed(scribe, p)?, "qr", Outcome::Verified);
    }
    let juice = numbered(examples.verified.number)?;
    add("Orchard apple juice", "Made up. A maker's own passport, in force.", sealed(scribe, juice)?, "qr", Outcome::Verified);
    for (gtin, title) in BARCODES {
        let digits = gtin.strip_prefix('0').unwrap_or(gtin);
        add(title, "The barcode as shops print it: it names the product and proves nothing.", digits.to_owned(), "ean13", Outcome::Unsealed);
    }
    let plain = link(&juice.subject)?.to_uri(BASE);
    add("A link without a seal", "Anybody can print a link. It names the product and proves nothing.", plain, "qr", Outcome::Unsealed);

    let states = [
        (&examples.revoked, "Cider vinegar", "Its maker took the passport back.", Outcome::Revoked),
        (&examples.suspended, "Oat drink", "Its maker put the passport on hold.", Outcome::Suspended),
        (&examples.superseded, "Linen tea towel, old passport", "A newer passport replaced it.", Outcome::Superseded),
        (&examples.successor, "Linen tea towel, new passport", "The passport that replaced the old one.", Outcome::Verified),
        (&examples.ended, "Linen apron no. 17", "Its owner had it recycled.", Outcome::Superseded),
        (&examples.expired, "Summer honey", "Its passport ran out in October.", Outcome::Expired),
        (&examples.withdrawn, "Wool blanket", "Its maker lost its accreditation after the passport was issued.", Outcome::NotAccredited),
    ];
    for (issued, title, about, outcome) in states {
        add(title, &format!("Made up. {about}"), sealed(scribe, numbered(issued.number)?)?, "qr", outcome);
    }

    let forged = |signer: &str| seal_for(&link("(01)09526001000074")?, u64::from(u32::MAX), [7; 32], signer);
    add("Signed by nobody known", "A seal by a key that the ledger has never seen.", forged(STRANGER)?, "qr", Outcome::UnknownIssuer);
    add(
        "Signed by Quickpass Labels",
        "On the ledger, but nobody the ledger trusts vouches for it.",
        forged(NEVER_ACCREDITED)?,
        "qr",
        Outcome::NotAccredited,
    );
    add(
        "Newer than your snapshot",
        "Signed by a maker in good standing, after this snapshot was made.",
        forged(ORCHARD)?,
        "qr",
        Outcome::NotInSnapshot,
    );

    let towel = link(&numbered(examples.successor.number)?.subject)?;
    let moved = towel.with_seal(&seal(juice, &examples.verified.issuer)).to_uri(BASE);
    add("A seal on the wrong product", "The apple juice's seal, copied onto a tea towel.", moved, "qr", Outcome::WrongProduct);
    let mut broken = seal(juice, &examples.verified.issuer);
    broken.signature[10] ^= 1;
    let broken = link(&juice.subject)?.with_seal(&broken).to_uri(BASE);
    add("A seal altered in one bit", "Somebody changed the code after it was signed.", broken, "qr", Outcome::Altered);
    add("A menu, not a passport", "A code that leads to some web page.", "https://example.com/menu".to_owned(), "qr", Outcome::NotAPassport);
    Ok(cards)
}

/// The link with its issuer's seal.
fn sealed(scribe: &Scribe, passport: &Passport) -> Result<String, NodeError> {
    let issuer = scribe.key_name(&passport.issuer).ok_or_else(|| missing(&passport.issuer.to_string()))?;
    Ok(link(&passport.subject)?.with_seal(&seal(passport, &issuer)).to_uri(BASE))
}

fn seal(passport: &Passport, issuer: &str) -> Seal {
    Seal::make(ORIGIN, u64::from(passport.number), &passport.subject, passport.digest, &key(issuer))
}

fn seal_for(link: &DigitalLink, number: u64, digest: [u8; 32], signer: &str) -> Result<String, NodeError> {
    let seal = Seal::make(ORIGIN, number, &link.element_string(), digest, &key(signer));
    Ok(link.clone().with_seal(&seal).to_uri(BASE))
}

fn link(subject: &str) -> Result<DigitalLink, NodeError> {
    DigitalLink::parse_element_string(subject).map_err(|e| NodeError::Data(e.to_string()))
}

fn title(scribe: &Scribe, passport: &Passport) -> String {
    let body = scribe.ledger().body(&passport.digest).and_then(|b| serde_json::from_slice::<serde_json::Value>(&b).ok());
    let name = body.as_ref().and_then(|b| b.pointer("/credentialSubject/name")).and_then(serde_json::Value::as_str);
    name.unwrap_or(&passport.subject).to_owned()
}

fn missing(what: &str) -> NodeError {
    NodeError::Data(format!("the sample's shelf names {what}, which the sources do not have"))
}
