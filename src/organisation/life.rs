//! A passport on the ledger, as its issuer or owner finds it, and what they state of it: its status, whose it is, its end.
//!
//! ```text
//! link with a seal, or passport number --GET /state/passport/…, /state/stage/…, /state/actor/…--> what it is, whose, how many steps
//! status, end --signed by issuer, owner--> POST /statements        hand-over --signed by the owner--> an offer, which the new owner signs too
//! ```

use super::{
    publish,
    rounds::Trouble,
    wire::{Act, OnLedger, Signer, Submission},
};
use crate::{
    measure::Millis,
    passport::{DigitalLink, Seal},
    statement::{self, Body, DidKey, Draft, End, Ending, StatusChange, Transfer},
};
use serde::Deserialize;
use std::future::Future;

/// Which passport a person means: by the link of its code, or by its number.
///
/// # Errors
/// A sentence: it is neither.
pub fn number(named: &str) -> Result<u32, String> {
    let named = named.trim();
    if !named.is_empty() && named.bytes().all(|b| b.is_ascii_digit()) {
        return named.parse().map_err(|_| "this is longer than a passport's number; a barcode's digits do not name a passport".to_owned());
    }
    let link = DigitalLink::parse(named).map_err(|_| "write the number of the passport, or the link that its code holds")?;
    let seal = link.seal().ok_or("this link has no seal, so it names no passport; write the passport's number")?;
    let seal = Seal::decode(seal).map_err(|e| e.to_string())?;
    u32::try_from(seal.number).map_err(|_| "the seal in this link names no passport".to_owned())
}

/// The passport's entry of the state.
#[derive(Deserialize)]
struct Entry {
    digest: String,
    subject: String,
    status: String,
    ended: Option<String>,
    issuer: String,
    owner: String,
}

/// A step's entry of the state. All that matters is that it is there.
#[derive(Deserialize)]
struct Stage {}

/// Finds a passport on the ledger: `ask` gets what a node answers under an address.
///
/// # Errors
/// A sentence: there is none of that number, or the node cannot say.
pub async fn find<F: Future<Output = Result<String, Trouble>>>(number: u32, ask: impl Fn(String) -> F) -> Result<OnLedger, String> {
    let strange = |e: serde_json::Error| format!("the node's answer cannot be read: {e}");
    let get = async |path: String| ask(path).await.map_err(Trouble::sentence);
    let entry = publish::state::<Entry>(&get(format!("/state/passport/{number}")).await?).map_err(strange)?;
    let entry =
        entry.ok_or_else(|| format!("this ledger has no passport {number} yet; what was issued a moment ago is known with the next batch"))?;
    let (mut there, mut beyond) = (0_u16, None::<u16>);
    // Steps are numbered without a gap: doubled until one is missing, then halved.
    while beyond.is_none_or(|beyond| beyond - there > 1) {
        let probe = beyond.map_or_else(|| there.saturating_mul(2).max(1), |beyond| there + (beyond - there) / 2);
        let stage = publish::state::<Stage>(&get(format!("/state/stage/{number},{probe}")).await?).map_err(strange)?;
        match stage {
            Some(_) if probe == u16::MAX => return Err("its way has as many steps as a way can have".to_owned()),
            Some(_) => there = probe,
            None => beyond = Some(probe),
        }
    }
    let name = async |did: &str| match ask(format!("/state/actor/{did}")).await {
        Ok(answer) => publish::actor_name(&answer).unwrap_or_else(|| did.to_owned()),
        Err(_) => did.to_owned(),
    };
    let issuer_name = name(&entry.issuer).await;
    let owner_name = if entry.owner == entry.issuer { issuer_name.clone() } else { name(&entry.owner).await };
    Ok(OnLedger {
        number,
        digest: entry.digest,
        subject: entry.subject,
        status: entry.status.parse().unwrap_or_default(),
        ended: entry.ended.and_then(|how| End::ALL.into_iter().find(|end| end.id() == how)),
        issuer: entry.issuer,
        issuer_name,
        owner: entry.owner,
        owner_name,
        steps: there,
    })
}

/// A passport's digest.
///
/// # Errors
/// A sentence: the node said something else.
pub fn digest(of: &OnLedger) -> Result<statement::Digest, String> {
    let mut digest = [0; 32];
    hex::decode_to_slice(&of.digest, &mut digest).map(|()| digest).map_err(|_| "the node named no digest of this passport".to_owned())
}

/// Signs what is stated of a passport.
///
/// # Errors
/// A sentence: it is out of bounds.
pub fn state(of: &OnLedger, act: &Act, signer: &Signer, now: Millis, nonce: [u8; 16]) -> Result<Submission, String> {
    let digest = digest(of)?;
    let body = match act {
        Act::Status { status, successor, reason } => {
            let reason = reason.trim();
            if reason.is_empty() || reason.chars().count() > MAX_REASON {
                return Err(format!("say why, in 1 to {MAX_REASON} characters; it is public"));
            }
            Body::ChangeStatus(StatusChange { digest, status: *status, successor: successor.clone(), reason: reason.to_owned() })
        }
        Act::End(how) => Body::EndOfLife(Ending { digest, how: *how }),
    };
    publish::signed(signer, of.subject.clone(), body, now, nonce).map_err(|e| e.to_string())
}

/// The longest reason for a change of status that the desk sends, in characters.
const MAX_REASON: usize = 200;
/// How long an offer can be confirmed.
const OFFER: i64 = 7 * Millis::DAY;

/// Offers a passport to a new owner: a text that they confirm on their desk.
///
/// # Errors
/// A sentence: the new owner is no `did:key`, or the key is none.
pub fn offer(of: &OnLedger, to: &str, signer: &Signer, now: Millis, nonce: [u8; 16]) -> Result<String, String> {
    let to = DidKey::try_from(to.trim().to_owned()).map_err(|_| "the new owner is named by their key, did:key:z6Mk\u{2026}; their desk shows it")?;
    let key = publish::key(&signer.seed).ok_or("the key is not 64 hex digits; bring its file again")?;
    let body = Body::TransferOwnership(Transfer { digest: digest(of)?, to });
    let draft = Draft { ledger: signer.origin.clone(), nonce, expires: Millis(now.0.saturating_add(OFFER)), body };
    let proposal = statement::propose(&draft, now, &key).map_err(|e| e.to_string())?;
    String::from_utf8(proposal).map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statement::{PassportStatus, SigningKey, verify};
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use serde_json::json;
    use std::cell::RefCell;

    fn signer() -> Signer {
        Signer { seed: "07".repeat(32), name: "Conserve Tre Torri".to_owned(), origin: "example.org/ledger".to_owned() }
    }

    fn found() -> OnLedger {
        let did = |seed: u8| SigningKey::from_seed(&[seed; 32]).did().to_string();
        OnLedger {
            number: 7,
            digest: "09".repeat(32),
            subject: "(01)09520000000011".to_owned(),
            status: 0,
            ended: None,
            issuer: did(7),
            issuer_name: "Conserve Tre Torri".to_owned(),
            owner: did(8),
            owner_name: did(8),
            steps: 37,
        }
    }

    /// A node whose ledger has passport 7 with 37 steps, and counts what it is asked.
    fn node(path: &str, asked: &RefCell<usize>) -> Result<String, Trouble> {
        *asked.borrow_mut() += 1;
        let expected = found();
        let mut parts = path.trim_start_matches("/state/").splitn(2, '/');
        let (kind, id) = (parts.next().unwrap(), parts.next().unwrap());
        let value = match (kind, id) {
            ("passport", "7") => {
                Some(json!({ "digest": expected.digest, "subject": expected.subject, "status": "0", "ended": null, "kind": "product",
                "issuer": expected.issuer, "owner": expected.owner, "signer": expected.issuer, "successor": null, "valid_until": null, "leaf": "3" }))
            }
            ("stage", id) if id.rsplit(',').next().unwrap().parse::<u16>().unwrap() <= 37 => Some(json!({ "leaf": "9" })),
            ("actor", id) if id == expected.issuer => Some(json!({ "name": expected.issuer_name })),
            ("passport" | "stage", _) => None,
            _ => return Err(Trouble::Refused("no such entry".to_owned())),
        };
        let value = value.map(|value| STANDARD.encode(value.to_string()));
        Ok(json!({ "proof": { "kind": kind, "id": id, "value": value, "neighbour": null, "siblings": [] } }).to_string())
    }

    #[tokio::test]
    async fn a_passport_is_found_with_its_owner_and_the_number_of_its_steps_in_few_questions() {
        let asked = RefCell::new(0);
        let ask = |path: String| std::future::ready(node(&path, &asked));
        assert_eq!(find(7, ask).await.unwrap(), found());
        assert!(*asked.borrow() < 20, "{} questions", asked.borrow());
        assert!(find(8, ask).await.unwrap_err().contains("no passport 8"));
        let silent = |_: String| std::future::ready(Err(Trouble::Offline));
        assert!(find(7, silent).await.unwrap_err().contains("reached"));
    }

    #[test]
    fn a_passport_is_named_by_its_number_or_by_its_code() {
        let key = SigningKey::from_seed(&[7; 32]);
        let link = DigitalLink::parse_element_string("(01)09520000000011").unwrap();
        let sealed =
            link.clone().with_seal(&Seal::make("example.org/ledger", 7, "(01)09520000000011", [9; 32], &key)).to_uri("https://id.example.org/");
        assert_eq!((number(" 7 "), number(&sealed)), (Ok(7), Ok(7)));
        for wrong in ["", "seven", "09520000000011", &link.to_uri("https://id.example.org/")] {
            assert!(number(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_stated_is_signed_by_the_one_who_may_and_a_hand_over_is_only_offered() {
        let (of, now) = (found(), Millis(1_790_000_000_000));
        let status = |reason: &str| Act::Status { status: PassportStatus::Suspended, successor: None, reason: reason.to_owned() };
        let made = state(&of, &status(" leaking lids "), &signer(), now, [1; 16]).unwrap();
        let Body::ChangeStatus(said) = verify(made.statement.as_bytes()).unwrap().body else { panic!() };
        assert_eq!((said.digest, said.status, said.reason.as_str()), ([9; 32], PassportStatus::Suspended, "leaking lids"));
        assert!(
            state(&of, &status(" "), &signer(), now, [1; 16]).is_err() && state(&of, &status(&"x".repeat(201)), &signer(), now, [1; 16]).is_err()
        );
        let made = state(&of, &Act::End(End::Recycled), &signer(), now, [1; 16]).unwrap();
        assert!(matches!(verify(made.statement.as_bytes()).unwrap().body, Body::EndOfLife(Ending { how: End::Recycled, .. })));
        let offered = offer(&of, &of.owner, &signer(), now, [1; 16]).unwrap();
        assert!(verify(offered.as_bytes()).is_err(), "the new owner has not signed");
        let asked = super::super::confirm::read(offered.as_bytes()).unwrap();
        assert!(asked.what.contains("hands the passport 0909") && asked.what.ends_with(&of.owner));
        assert!(offer(&of, "somebody", &signer(), now, [1; 16]).is_err());
    }
}
