//! Is this passport good? One function, from the text in a code and what the device holds to an [`Outcome`].
//!
//! The order is that of [`Outcome::ALL`], and the first that holds is the answer:
//!
//! 1. *Not a passport*: neither a GS1 Digital Link, nor a GS1 element string, nor a barcode number.
//! 2. *Altered*: there is a seal, but it does not decode; or the snapshot has a passport under its number, and either the digest is
//!    another, or its issuer did not sign this number and digest for that passport's subject; or, outside the snapshot, the key it points
//!    at signed it for nothing that the link names.
//! 3. *Wrong product*: the seal is good for the passport it names, but the link names something else.
//! 4. *Unknown issuer*: outside the snapshot, and no known key has the seal's hint.
//! 5. *Not accredited*, also by a key that its actor no longer uses, then 6. *revoked*, *suspended*, *superseded*, *expired*: as the snapshot says.
//! 7. *Not in snapshot*: signed by an issuer in standing, but the passport is not in the snapshot; or no seal and nothing known.
//! 8. *Unsealed*: known by its barcode number alone. 9. *Verified*.
//!
//! **How much a seal covers.** It is verified over the subject its passport was issued for. A passport for a product type, `(01)GTIN`,
//! may stand on links that add lot or serial number: it is verified, and the message says that the seal covers the product type and
//! not this item. The other way round (a seal made for one item on a link that names the whole type, or another item) is *wrong product*.
//! The domain, the stem and the other query parameters of a link are not under the seal.

use super::{DigitalLink, Gtin, Outcome, Seal, SubjectForm};
use crate::{
    measure::Millis,
    statement::{DidKey, PassportStatus},
};

/// What the device's snapshot knows, as far as a check needs it.
pub trait SnapshotView {
    /// The ledger's origin.
    fn origin(&self) -> &str;
    /// How many passports the snapshot has; their numbers are below this.
    fn len(&self) -> u64;
    /// True when there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The actors that have or had a key with this [`DidKey::hint`], with that key: usually none or one.
    fn actors_by_hint(&self, hint: [u8; 4]) -> Vec<KnownActor>;
    /// The passport with this number.
    fn passport(&self, number: u64) -> Option<KnownPassport>;
    /// The number of the passport of this product type, by its 14 digits.
    fn by_gtin(&self, gtin14: &str) -> Option<u64>;
}

/// An actor of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownActor {
    /// Its key that has the hint.
    pub key: DidKey,
    /// That key signs for it now.
    pub in_force: bool,
    /// Its name for people.
    pub name: String,
    /// Somebody the ledger trusts vouches for it.
    pub in_standing: bool,
}

/// A passport of the snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownPassport {
    /// What it is for: a GS1 element string, else `<registry>:<id>`.
    pub id: String,
    /// First 16 bytes of its digest.
    pub digest16: [u8; 16],
    /// Who issued it: that actor's first key.
    pub issuer: DidKey,
    /// The issuer's keys that may seal it: all but those that went out of force before it was logged.
    pub issuer_keys: Vec<DidKey>,
    /// The issuer's name for people.
    pub issuer_name: String,
    /// Somebody the ledger trusts vouches for the issuer.
    pub issuer_in_standing: bool,
    /// From the status list.
    pub status: PassportStatus,
    /// When it ceases to hold.
    pub valid_until: Option<Millis>,
    /// Passport number of the one that replaces it.
    pub successor: Option<u64>,
    /// Name of the subject for people.
    pub name: String,
    /// Whose word it is.
    pub form: SubjectForm,
}

/// What a check came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// The answer.
    pub outcome: Outcome,
    /// The product's number, when the code has one.
    pub gtin: Option<Gtin>,
    /// The passport in the snapshot that the code may be taken for. `None` when there is none, and when the code is not to be believed
    /// about which product this is (altered, wrong product).
    pub number: Option<u64>,
    /// The outcome in plain sentences, with the names that belong to it.
    pub message: String,
    /// What a person can do now.
    pub next_step: String,
}

impl Check {
    fn new(outcome: Outcome, gtin: Option<Gtin>, number: Option<u64>, message: String) -> Self {
        Self { outcome, gtin, number, message, next_step: outcome.next_step().to_owned() }
    }
}

/// Checks the text of a code (a link, a GS1 element string or a barcode number; spaces around it, and in typed digits, do not matter)
/// against the snapshot.
///
/// `now` is what "expired" is judged by: the device's time, or, for a ledger whose time stands still (the sample), the time of its newest
/// batch. `None` leaves expiry out.
#[must_use]
pub fn check(code: &str, view: &dyn SnapshotView, now: Option<Millis>) -> Check {
    let link = match read(code) {
        Ok(link) => link,
        Err(why) => return Check::new(Outcome::NotAPassport, None, None, why),
    };
    match link.seal() {
        None => unsealed(&link, view, now),
        Some(seal) => match Seal::decode(seal) {
            Ok(seal) => match view.passport(seal.number) {
                Some(passport) => in_snapshot(&link, &seal, &passport, view, now),
                None => outside(&link, &seal, view),
            },
            Err(why) => Check::new(Outcome::Altered, link.gtin(), None, format!("{} ({why}.)", Outcome::Altered.sentence())),
        },
    }
}

/// What the code names, or a sentence that says why it names nothing.
fn read(code: &str) -> Result<DigitalLink, String> {
    let code = code.trim();
    if code.is_empty() {
        return Err("There is no text in this code.".to_owned());
    }
    let digits: String = code.chars().filter(|c| !matches!(c, ' ' | '-' | '\u{a0}')).collect();
    if digits.bytes().all(|b| b.is_ascii_digit()) {
        return Gtin::parse(&digits).map(DigitalLink::of_gtin).map_err(|why| sentence(&why.to_string()));
    }
    let link = if code.starts_with('(') { DigitalLink::parse_element_string(code) } else { DigitalLink::parse(code) };
    link.map_err(|why| sentence(&why.to_string()))
}

/// No seal: all that the code says is which product it is.
fn unsealed(link: &DigitalLink, view: &dyn SnapshotView, now: Option<Millis>) -> Check {
    let gtin = link.gtin();
    let number = gtin.and_then(|g| view.by_gtin(&g.digits14()));
    let Some((number, passport)) = number.and_then(|n| Some((n, view.passport(n)?))) else {
        return Check::new(Outcome::NotInSnapshot, gtin, None, Outcome::NotInSnapshot.sentence().to_owned());
    };
    standing(&passport, now).map_or_else(
        || {
            let message = format!("{} {} This code carries no seal: it only says which product it is.", passport.name_sentence(), passport.word());
            Check::new(Outcome::Unsealed, gtin, Some(number), message)
        },
        |(outcome, why)| Check::new(outcome, gtin, Some(number), format!("{} {why}", passport.name_sentence())),
    )
}

/// A seal whose passport the snapshot has.
fn in_snapshot(link: &DigitalLink, seal: &Seal, passport: &KnownPassport, view: &dyn SnapshotView, now: Option<Millis>) -> Check {
    let gtin = link.gtin();
    let altered = |why: &str| Check::new(Outcome::Altered, gtin, None, format!("{} {why}", Outcome::Altered.sentence()));
    if seal.digest.first_chunk::<16>() != Some(&passport.digest16) {
        return altered("It names another passport than the ledger has under this number, or was made for another ledger.");
    }
    if !passport.issuer_keys.iter().any(|key| seal.verify(view.origin(), &passport.id, key)) {
        return altered(&format!("{} did not sign it.", passport.issuer_name));
    }
    let Some(subject) = DigitalLink::parse_element_string(&passport.id).ok().filter(|subject| subject.covers(link)) else {
        let message = format!("The seal in this code belongs to {} {}, but the code names {link}.", passport.name, passport.id);
        return Check::new(Outcome::WrongProduct, gtin, None, message);
    };
    if let Some((outcome, why)) = standing(passport, now) {
        return Check::new(outcome, gtin, Some(seal.number), format!("{} {why}", passport.name_sentence()));
    }
    let scope = if subject.qualifiers() == link.qualifiers() {
        ""
    } else if subject.qualifiers().is_empty() {
        " The seal covers the product type, not this very item."
    } else {
        " The seal covers more items than this one."
    };
    let message = format!("{} {} The seal is right and the passport is in force.{scope}", passport.name_sentence(), passport.word());
    Check::new(Outcome::Verified, gtin, Some(seal.number), message)
}

/// A seal whose passport the snapshot does not have: all that can be said is who signed it.
fn outside(link: &DigitalLink, seal: &Seal, view: &dyn SnapshotView) -> Check {
    let gtin = link.gtin();
    let actors = view.actors_by_hint(seal.hint);
    if actors.is_empty() {
        return Check::new(Outcome::UnknownIssuer, gtin, None, Outcome::UnknownIssuer.sentence().to_owned());
    }
    let strings: Vec<String> = link.wider().iter().map(DigitalLink::element_string).collect();
    let signer = actors.iter().find(|actor| strings.iter().any(|string| seal.verify(view.origin(), string, &actor.key)));
    let (outcome, message) = match signer {
        None => (Outcome::Altered, Outcome::Altered.sentence().to_owned()),
        Some(actor) if !actor.in_force => (Outcome::NotAccredited, format!("Signed with a key that {} had and no longer uses.", actor.name)),
        Some(actor) if !actor.in_standing => (Outcome::NotAccredited, format!("Signed by {}. {}", actor.name, NOT_ACCREDITED)),
        Some(actor) => (Outcome::NotInSnapshot, format!("Signed by {}, not in your snapshot.", actor.name)),
    };
    Check::new(outcome, gtin, None, message)
}

const NOT_ACCREDITED: &str = "Nobody the ledger trusts vouches for this signer now.";

/// What stands against a passport of the snapshot, first things first; `None` when nothing does.
fn standing(passport: &KnownPassport, now: Option<Millis>) -> Option<(Outcome, String)> {
    if !passport.issuer_in_standing {
        return Some((Outcome::NotAccredited, format!("{} {NOT_ACCREDITED}", passport.word())));
    }
    let issuer = &passport.issuer_name;
    match passport.status {
        PassportStatus::Revoked => return Some((Outcome::Revoked, format!("{issuer} has taken this passport back for good."))),
        PassportStatus::Suspended => return Some((Outcome::Suspended, format!("{issuer} has put this passport on hold."))),
        PassportStatus::Superseded => {
            // By its issuer or, with the product, by its owner: the dossier says which.
            let replaced = passport.successor.map(|_| format!("{issuer} has replaced this passport by a newer one."));
            return Some((Outcome::Superseded, replaced.unwrap_or_else(|| "This passport has ended.".to_owned())));
        }
        PassportStatus::Valid => {}
    }
    let until = passport.valid_until.filter(|until| now.is_some_and(|now| now >= *until))?;
    let date = until.to_rfc3339();
    Some((Outcome::Expired, format!("This passport was valid until {}.", date.get(..10).unwrap_or(&date))))
}

impl KnownPassport {
    fn name_sentence(&self) -> String {
        sentence(&self.name)
    }
    /// Whose word it is, as a sentence: a record is never said to be signed by the brand.
    fn word(&self) -> String {
        match self.form {
            SubjectForm::Own => format!("Signed by {}.", self.issuer_name),
            SubjectForm::Record => format!("Recorded by {}.", self.issuer_name),
        }
    }
}

/// With a capital in front and a full stop at the end.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    let stop = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{stop}", chars.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statement::SigningKey;
    use proptest::prelude::*;

    const ORIGIN: &str = "ecosphere.example/test";
    const CLASS: &str = "(01)09506000134352";
    const ITEM: &str = "(01)03017620422003(10)L1(21)7";
    const NOW: Option<Millis> = Some(Millis(1_000_000));

    struct View(Vec<KnownPassport>);

    fn issuer() -> SigningKey {
        SigningKey::from_seed(&[1; 32])
    }
    fn lapsed() -> SigningKey {
        SigningKey::from_seed(&[2; 32])
    }
    /// A key that Acme had before.
    fn former() -> SigningKey {
        SigningKey::from_seed(&[4; 32])
    }
    fn stranger() -> SigningKey {
        SigningKey::from_seed(&[3; 32])
    }
    fn digest(number: u64) -> [u8; 32] {
        [number.to_le_bytes()[0] ^ 100; 32]
    }

    impl SnapshotView for View {
        fn origin(&self) -> &str {
            ORIGIN
        }
        fn len(&self) -> u64 {
            self.0.len() as u64
        }
        fn actors_by_hint(&self, hint: [u8; 4]) -> Vec<KnownActor> {
            let known = [(issuer(), true, "Acme", true), (former(), false, "Acme", true), (lapsed(), true, "Lapsed Ltd", false)];
            let known = known.into_iter();
            let actors = known.map(|(key, in_force, name, in_standing)| KnownActor { key: key.did(), in_force, name: name.into(), in_standing });
            actors.filter(|a| a.key.hint() == hint).collect()
        }
        fn passport(&self, number: u64) -> Option<KnownPassport> {
            self.0.get(usize::try_from(number).ok()?).cloned()
        }
        fn by_gtin(&self, gtin14: &str) -> Option<u64> {
            self.0.iter().position(|p| p.id.contains(gtin14)).map(|n| n as u64)
        }
    }

    fn view(change: impl Fn(&mut KnownPassport)) -> View {
        let passport = |number: u64, id: &str| {
            let mut passport = KnownPassport {
                id: id.into(),
                digest16: *digest(number).first_chunk().unwrap(),
                issuer: former().did(),
                // It changed its key between the two passports.
                issuer_keys: if number == 0 { vec![former().did(), issuer().did()] } else { vec![issuer().did()] },
                issuer_name: "Acme".into(),
                issuer_in_standing: true,
                status: PassportStatus::Valid,
                valid_until: None,
                successor: None,
                name: "tomatoes".into(),
                form: SubjectForm::Own,
            };
            change(&mut passport);
            passport
        };
        View(vec![passport(0, CLASS), passport(1, ITEM)])
    }

    fn sealed(path: &str, number: u64, subject: &str, key: &SigningKey) -> String {
        let seal = Seal::make(ORIGIN, number, subject, digest(number), key);
        format!("https://id.example{path}?seal={}", seal.encode())
    }
    fn class_link() -> String {
        sealed("/01/09506000134352", 0, CLASS, &issuer())
    }
    fn item_link() -> String {
        sealed("/01/03017620422003/10/L1/21/7", 1, ITEM, &issuer())
    }
    fn outcome(code: &str) -> Outcome {
        check(code, &view(|_| ()), NOW).outcome
    }

    #[test]
    fn a_sealed_passport_in_the_snapshot_is_verified() {
        for (code, number) in [(class_link(), 0), (item_link(), 1)] {
            let check = check(&format!("  {code}\n"), &view(|_| ()), NOW);
            assert_eq!((check.outcome, check.number), (Outcome::Verified, Some(number)), "{}", check.message);
        }
    }

    #[test]
    fn a_seal_by_a_key_that_was_changed_later_stays_good_and_is_good_for_nothing_newer() {
        assert_eq!(outcome(&sealed("/01/09506000134352", 0, CLASS, &former())), Outcome::Verified);
        assert_eq!(outcome(&sealed("/01/03017620422003/10/L1/21/7", 1, ITEM, &former())), Outcome::Altered);
        let newer = check(&sealed("/01/96385074", 99, "(01)00000096385074", &former()), &view(|_| ()), NOW);
        assert_eq!(newer.outcome, Outcome::NotAccredited);
        assert!(newer.message.contains("no longer uses"), "{}", newer.message);
    }

    #[test]
    fn a_seal_of_a_product_type_is_verified_on_its_items_and_says_what_it_covers() {
        let check = check(&sealed("/01/09506000134352/10/X/21/Y", 0, CLASS, &issuer()), &view(|_| ()), NOW);
        assert_eq!(check.outcome, Outcome::Verified);
        assert!(check.message.contains("not this very item"), "{}", check.message);
    }

    #[test]
    fn a_real_seal_on_another_product_is_wrong_product() {
        for path in ["/01/03017620422003/10/L1/21/8", "/01/03017620422003/10/L1", "/01/03017620422003", "/01/09506000134352"] {
            let check = check(&sealed(path, 1, ITEM, &issuer()), &view(|_| ()), NOW);
            assert_eq!((check.outcome, check.number), (Outcome::WrongProduct, None), "{path}");
        }
    }

    #[test]
    fn what_was_not_signed_by_the_issuer_is_altered() {
        assert_eq!(outcome(&sealed("/01/09506000134352", 0, CLASS, &stranger())), Outcome::Altered);
        assert_eq!(outcome(&sealed("/01/09506000134352", 0, "(01)96385074", &issuer())), Outcome::Altered);
        assert_eq!(outcome("https://id.example/01/09506000134352?seal=nonsense"), Outcome::Altered);
        assert_eq!(outcome("https://id.example/01/09506000134352?seal="), Outcome::Altered);
        let other_digest = Seal::make(ORIGIN, 0, CLASS, [0; 32], &issuer());
        assert_eq!(outcome(&format!("https://id.example/01/09506000134352?seal={}", other_digest.encode())), Outcome::Altered);
        let other_ledger = Seal::make("other.example", 0, CLASS, digest(0), &issuer());
        assert_eq!(outcome(&format!("https://id.example/01/09506000134352?seal={}", other_ledger.encode())), Outcome::Altered);
        assert_eq!(outcome(&sealed("/01/96385074", 99, CLASS, &issuer())), Outcome::Altered);
    }

    #[test]
    fn outside_the_snapshot_only_the_signer_is_known_and_nothing_is_verified() {
        assert_eq!(outcome(&sealed("/01/96385074", 99, "(01)00000096385074", &stranger())), Outcome::UnknownIssuer);
        assert_eq!(outcome(&sealed("/01/96385074", 99, "(01)00000096385074", &lapsed())), Outcome::NotAccredited);
        for path in ["/01/96385074", "/01/96385074/10/L", "/01/96385074/22/A/10/L/21/7"] {
            let check = check(&sealed(path, u64::MAX, "(01)00000096385074", &issuer()), &view(|_| ()), NOW);
            assert_eq!(check.outcome, Outcome::NotInSnapshot, "{path}");
            assert_eq!(check.message, "Signed by Acme, not in your snapshot.");
        }
    }

    #[test]
    fn standing_status_and_expiry_are_told_in_the_fixed_order() {
        let code = class_link();
        let with = |change: &dyn Fn(&mut KnownPassport)| check(&code, &view(change), NOW).outcome;
        let until = |p: &mut KnownPassport| p.valid_until = NOW;
        assert_eq!(with(&|p| (p.status, p.issuer_in_standing) = (PassportStatus::Revoked, false)), Outcome::NotAccredited);
        assert_eq!(with(&|p| (p.status, p.valid_until) = (PassportStatus::Revoked, NOW)), Outcome::Revoked);
        assert_eq!(with(&|p| (p.status, p.valid_until) = (PassportStatus::Suspended, NOW)), Outcome::Suspended);
        assert_eq!(with(&|p| (p.status, p.valid_until) = (PassportStatus::Superseded, NOW)), Outcome::Superseded);
        assert_eq!(with(&until), Outcome::Expired);
        assert_eq!(with(&|p| p.valid_until = Some(Millis(1_000_001))), Outcome::Verified);
        assert_eq!(check(&code, &view(until), None).outcome, Outcome::Verified);
    }

    #[test]
    fn without_a_seal_the_product_is_looked_up_by_its_number() {
        for code in ["9506000134352", "9 506000 134352", "https://other.example/01/09506000134352/21/9", "(01)09506000134352"] {
            let check = check(code, &view(|_| ()), NOW);
            assert_eq!((check.outcome, check.number), (Outcome::Unsealed, Some(0)), "{code}");
        }
        assert_eq!(check("9506000134352", &view(|p| p.status = PassportStatus::Revoked), NOW).outcome, Outcome::Revoked);
        assert_eq!(outcome("96385074"), Outcome::NotInSnapshot);
        assert_eq!(outcome("https://id.example/00/106141412345678908"), Outcome::NotInSnapshot);
    }

    #[test]
    fn a_stewards_record_is_never_said_to_be_signed_by_the_brand() {
        let message = check("9506000134352", &view(|p| p.form = SubjectForm::Record), NOW).message;
        assert!(message.contains("Recorded by Acme.") && !message.contains("igned by"), "{message}");
    }

    #[test]
    fn what_names_no_product_is_no_passport_and_says_why() {
        for (code, why) in [
            ("", "no text"),
            ("https://example.com/menu", "names no product"),
            ("WIFI:S:cafe;;", "web address"),
            ("9506000134353", "should be 2"),
            ("https://id.example/01/09506000134353", "should be 2"),
            ("123", "8, 12, 13 or 14"),
        ] {
            let check = check(code, &view(|_| ()), NOW);
            assert_eq!(check.outcome, Outcome::NotAPassport, "{code}");
            assert!(check.message.contains(why), "{code}: {}", check.message);
        }
    }

    /// The part of a link that the seal answers for: key, qualifiers and the seal itself, with the slashes and names between them.
    fn under_the_seal(link: &str) -> std::ops::Range<usize> {
        link.find("/01/").unwrap()..link.len()
    }

    #[test]
    fn every_single_character_change_of_what_the_seal_covers_is_noticed() {
        let (link, view) = (item_link(), view(|_| ()));
        for at in under_the_seal(&link) {
            for to in ['0', '1', '2', '7', 'A', 'L', 'z', '_', '/', '?', '&', '#', '%', '=', ' ', 'é', ';'] {
                let mut changed: Vec<char> = link.chars().collect();
                if changed[at] == to {
                    continue;
                }
                changed[at] = to;
                let changed: String = changed.into_iter().collect();
                let check = check(&changed, &view, NOW);
                assert!(check.outcome != Outcome::Verified, "{changed}");
            }
        }
    }

    proptest! {
        #[test]
        fn no_single_character_change_of_what_the_seal_covers_is_verified(at in 0usize..1000, to: char) {
            let link = item_link();
            let range = under_the_seal(&link);
            let at = range.start + at % range.len();
            let mut changed: Vec<char> = link.chars().collect();
            prop_assume!(changed[at] != to);
            changed[at] = to;
            let changed: String = changed.into_iter().collect();
            prop_assert_ne!(check(&changed, &view(|_| ()), NOW).outcome, Outcome::Verified, "{}", changed);
        }

        #[test]
        fn any_text_is_answered(text in ".{0,80}") {
            let _ = check(&text, &view(|_| ()), NOW);
            let _ = check(&format!("https://id.example/01/09506000134352?seal={text}"), &view(|_| ()), None);
        }
    }
}
