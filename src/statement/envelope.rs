//! The envelope: signing a [`Draft`] into an entry, and reading an entry back with all its proofs verified.
//!
//! A statement has one spelling. An entry must be exactly its own JCS, and each member must be written the way
//! [`sign`] writes it (lower-case hex, UTC times, every member that has no "absent" form present), so that two
//! devices never hold different bytes for the same thing.

use super::{Body, DidKey, MAX_ENTRY_BYTES, Recovery, Rotation, SigningKey, StageEvent, Statement, StatementError, Transfer, json, proof};
use crate::measure::Millis;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

/// Everything an unsigned statement says; [`sign`] turns it into an entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// The ledger it is for.
    pub ledger: String,
    /// 16 random bytes, from the caller.
    pub nonce: [u8; 16],
    /// After this time it may not be logged.
    pub expires: Millis,
    /// What is stated.
    pub body: Body,
}

/// Signs a draft (`created` goes into the proof) with the actor's key first and any others after it, and returns the entry's JCS bytes.
///
/// # Errors
/// The statement would be too large, or the kind needs other signers.
pub fn sign(draft: &Draft, created: Millis, actor: &SigningKey, others: &[&SigningKey]) -> Result<Vec<u8>, StatementError> {
    let mut document = to_document(draft, &actor.did())?;
    let mut signers = vec![actor.did()];
    signers.extend(others.iter().map(|key| key.did()));
    check_signers(&draft.body, &actor.did(), &signers)?;
    read_members(&document)?;
    for key in [actor].into_iter().chain(others.iter().copied()) {
        document = proof::add_proof(&document, key, created)?;
    }
    let entry = json::canonical(&document)?;
    if entry.len() > MAX_ENTRY_BYTES { Err(StatementError::TooLarge(entry.len())) } else { Ok(entry) }
}

/// The first of two signatures: what the actor proposes to somebody who has to sign too, for instance the new owner of a passport. It is no entry
/// yet; [`confirm`] makes it one.
///
/// # Errors
/// The kind needs no second signer, or the statement cannot be written.
pub fn propose(draft: &Draft, created: Millis, actor: &SigningKey) -> Result<Vec<u8>, StatementError> {
    let (needs, _) = second_signer(&draft.body);
    if needs.is_none() {
        return Err(StatementError::Signers { needs: format!("the actor {} alone; there is nobody to confirm it", actor.did()) });
    }
    let document = to_document(draft, &actor.did())?;
    read_members(&document)?;
    Ok(json::canonical(&proof::add_proof(&document, actor, created)?)?)
}

/// What a proposal says, for the one who is asked to confirm it: its actor's signature holds, and nobody else has signed yet.
///
/// # Errors
/// It is no proposal, or was altered.
pub fn read_proposal(proposal: &[u8]) -> Result<(DidKey, Draft), StatementError> {
    let document = json::parse(proposal)?;
    let (ledger, actor, nonce, expires, body) = read_members(&document)?;
    if proof::verify_proofs(&document)? != [actor] {
        return Err(StatementError::Signers { needs: format!("in a proposal the actor {actor} alone") });
    }
    Ok((actor, Draft { ledger, nonce, expires, body }))
}

/// The second signature, which makes an entry of a proposal.
///
/// # Errors
/// As [`read_proposal`], or it is somebody else who is asked.
pub fn confirm(proposal: &[u8], created: Millis, key: &SigningKey) -> Result<Vec<u8>, StatementError> {
    let (actor, draft) = read_proposal(proposal)?;
    check_signers(&draft.body, &actor, &[actor, key.did()])?;
    let entry = json::canonical(&proof::add_proof(&json::parse(proposal)?, key, created)?)?;
    verify(&entry)?;
    Ok(entry)
}

/// Reads an entry, verifies every proof (`verify_strict`, one by one) and that the signers are exactly those its kind needs.
///
/// # Errors
/// The first thing that is wrong.
pub fn verify(entry: &[u8]) -> Result<Statement, StatementError> {
    if entry.len() > MAX_ENTRY_BYTES {
        return Err(StatementError::TooLarge(entry.len()));
    }
    let document = json::parse(entry)?;
    if json::canonical(&document)? != entry {
        return Err(StatementError::NotCanonical);
    }
    // Cheap checks first, so that signatures are only checked for what could be logged.
    let (ledger, actor, nonce, expires, body) = read_members(&document)?;
    let (signers, id) = proof::verify_and_hash(&document)?;
    check_signers(&body, &actor, &signers)?;
    #[cfg(feature = "value")]
    if let Body::Exchange(super::ExchangeAct::SwapSteward(swap)) = &body
        && let Some(voucher) = &swap.voucher
    {
        voucher.check(&ledger, &swap.pool, &actor)?;
    }
    if signers.len() == 1 && !document.get("proof").is_some_and(Value::is_object) {
        return Err(shape("proof", "a single proof is written without a list around it"));
    }
    Ok(Statement { ledger, actor, nonce, expires, body, signers, id })
}

fn to_document(draft: &Draft, actor: &DidKey) -> Result<Value, StatementError> {
    let mut members = draft.body.to_members()?;
    members.insert("ledger".into(), draft.ledger.clone().into());
    members.insert("actor".into(), actor.to_string().into());
    members.insert("nonce".into(), URL_SAFE_NO_PAD.encode(draft.nonce).into());
    members.insert("expires".into(), draft.expires.to_rfc3339().into());
    Ok(Value::Object(members))
}

type Members = (String, DidKey, [u8; 16], Millis, Body);

/// Takes an envelope apart; its `proof` is somebody else's matter.
fn read_members(document: &Value) -> Result<Members, StatementError> {
    let Value::Object(members) = document else {
        return Err(shape("document", "it is not a JSON object"));
    };
    let mut members: Map<String, Value> =
        members.iter().filter(|(name, _)| *name != "proof").map(|(name, value)| (name.clone(), value.clone())).collect();
    let ledger = take_text(&mut members, "ledger")?;
    if ledger.is_empty() || ledger.len() > 255 || ledger.contains('+') || ledger.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(shape("ledger", "it must be the ledger's origin: 1 to 255 bytes without spaces or \"+\""));
    }
    let actor = DidKey::try_from(take_text(&mut members, "actor")?).map_err(|e| shape("actor", &e.to_string()))?;
    let nonce = take_text(&mut members, "nonce")?;
    let nonce = URL_SAFE_NO_PAD
        .decode(nonce)
        .ok()
        .and_then(|n| n.try_into().ok())
        .ok_or_else(|| shape("nonce", "it must be 16 bytes in base64url without padding"))?;
    let text = take_text(&mut members, "expires")?;
    let expires = Millis::parse_rfc3339(&text).map_err(|e| shape("expires", &e.to_string()))?;
    if expires.to_rfc3339() != text {
        return Err(shape("expires", "write it in UTC with at most three decimals, like 2026-12-01T00:00:00Z"));
    }
    // What is left must be the kind and its body, and nothing else.
    for name in ["kind", "body"] {
        if !members.contains_key(name) {
            return Err(StatementError::Shape { member: name, why: "it is missing".into() });
        }
    }
    if let Some(extra) = members.keys().find(|name| *name != "kind" && *name != "body") {
        return Err(shape("document", &format!("\"{}\" is not a member of a statement", extra.chars().take(40).collect::<String>())));
    }
    let given = members.clone();
    let body = Body::from_members(take_text(&mut members, "kind")?, members.remove("body").unwrap_or_default())?;
    if body.to_members()? != given {
        return Err(shape("body", "it is not written the one way it should be: lower-case hex, every member present"));
    }
    Ok((ledger, actor, nonce, expires, body))
}

fn take_text(members: &mut Map<String, Value>, member: &'static str) -> Result<String, StatementError> {
    match members.remove(member) {
        Some(Value::String(text)) => Ok(text),
        Some(_) => Err(shape(member, "it must be text")),
        None => Err(shape(member, "it is missing")),
    }
}

/// The signers a kind needs are fixed: goods and passports that change hands are signed by both sides, a key that comes in signs that it does, everything
/// else is signed by the actor alone.
fn check_signers(body: &Body, actor: &DidKey, signers: &[DidKey]) -> Result<(), StatementError> {
    let (key, what) = second_signer(body);
    let second = key.map(|key| (key, what));
    match second {
        Some((key, "receiver")) if key == actor => {
            return Err(shape("body", "the receiver is the actor; leave the receiver out where goods do not change hands"));
        }
        Some((key, "new owner")) if key == actor => return Err(shape("body", "the new owner is the owner; nothing changes hands")),
        Some((key, _)) if key == actor => return Err(shape("body", "the new key is the key that signs; make another one")),
        _ => {}
    }
    let needed: Vec<DidKey> = std::iter::once(*actor).chain(second.map(|(key, _)| *key)).collect();
    if signers == needed {
        return Ok(());
    }
    let needs = match second {
        Some((key, what)) => format!("the actor {actor}, then the {what} {key}"),
        None => format!("the actor {actor} alone"),
    };
    Err(StatementError::Signers { needs })
}

/// Who signs besides the actor, if anybody, and as what.
const fn second_signer(body: &Body) -> (Option<&DidKey>, &'static str) {
    match body {
        Body::RecordStage(StageEvent { receiver: Some(receiver), .. }) => (Some(receiver), "receiver"),
        Body::TransferOwnership(Transfer { to, .. }) => (Some(to), "new owner"),
        Body::RotateKey(Rotation { new }) | Body::RecoverKey(Recovery { new, .. }) => (Some(new), "new key"),
        _ => (None, ""),
    }
}

fn shape(member: &'static str, why: &str) -> StatementError {
    StatementError::Shape { member, why: why.chars().take(200).collect() }
}

#[cfg(test)]
mod tests {
    use super::super::{Accreditation, End, Ending, PassportIssue, Registration, Role, SubjectKind};
    use super::*;

    fn key(n: u8) -> SigningKey {
        SigningKey::from_seed(&[n; 32])
    }

    fn draft(body: Body) -> Draft {
        Draft { ledger: "ecosphere.example/test".into(), nonce: [7; 16], expires: Millis(1_800_000_000_123), body }
    }

    fn registration() -> Body {
        Body::RegisterActor(Registration { name: "Käserei Müller".into(), role: Role::Supplier, fictional: true })
    }

    fn stage(receiver: Option<DidKey>) -> Body {
        Body::RecordStage(StageEvent { passport: [1; 32], step: 1, digest: [2; 32], receiver })
    }

    #[test]
    fn what_was_signed_is_what_is_read() {
        let issue =
            PassportIssue { kind: SubjectKind::Product, subject: "(01)09506000134352".into(), digest: [0xab; 32], valid_until: Some(Millis(5)) };
        for body in
            [registration(), Body::IssuePassport(issue), Body::Accredit(Accreditation { subject: key(2).did(), role: Role::Ngo }), stage(None)]
        {
            let draft = draft(body);
            let entry = sign(&draft, Millis(0), &key(1), &[]).unwrap();
            let read = verify(&entry).unwrap();
            assert_eq!((read.ledger, read.nonce, read.expires, read.body), (draft.ledger, draft.nonce, draft.expires, draft.body));
            assert_eq!((read.actor, read.signers), (key(1).did(), vec![key(1).did()]));
        }
    }

    #[test]
    fn the_id_does_not_depend_on_the_proof() {
        let a = verify(&sign(&draft(registration()), Millis(0), &key(1), &[]).unwrap()).unwrap();
        let b = verify(&sign(&draft(registration()), Millis(1), &key(1), &[]).unwrap()).unwrap();
        assert_eq!(a.id, b.id);
    }

    #[test]
    fn goods_that_change_hands_are_signed_by_both_sides() {
        let body = stage(Some(key(2).did()));
        let entry = sign(&draft(body.clone()), Millis(0), &key(1), &[&key(2)]).unwrap();
        assert_eq!(verify(&entry).unwrap().signers, [key(1).did(), key(2).did()]);
        for others in [&[][..], &[&key(3)], &[&key(2), &key(3)]] {
            assert!(matches!(sign(&draft(body.clone()), Millis(0), &key(1), others), Err(StatementError::Signers { .. })));
        }
        assert!(sign(&draft(stage(Some(key(1).did()))), Millis(0), &key(1), &[&key(1)]).is_err());
    }

    #[test]
    fn a_new_key_signs_that_it_comes_in_after_who_lets_it_in() {
        let rotation = Body::RotateKey(Rotation { new: key(2).did() });
        let recovery = Body::RecoverKey(Recovery { subject: key(9).did(), new: key(2).did() });
        for body in [rotation, recovery] {
            let entry = sign(&draft(body.clone()), Millis(0), &key(1), &[&key(2)]).unwrap();
            assert_eq!(verify(&entry).unwrap().signers, [key(1).did(), key(2).did()]);
            for others in [&[][..], &[&key(3)], &[&key(2), &key(3)], &[&key(2), &key(2)]] {
                assert!(matches!(sign(&draft(body.clone()), Millis(0), &key(1), others), Err(StatementError::Signers { .. })));
            }
            // Nor may a proof be taken away or turned round on the way to the log.
            let document = json::parse(&entry).unwrap();
            for proofs in [vec![0], vec![1], vec![1, 0], vec![0, 1, 1]] {
                let mut changed = document.clone();
                changed["proof"] = proofs.into_iter().map(|i| document["proof"][i].clone()).collect();
                assert!(matches!(verify(&json::canonical(&changed).unwrap()), Err(StatementError::Signers { .. })));
            }
        }
        let to_itself = Body::RotateKey(Rotation { new: key(1).did() });
        assert!(matches!(sign(&draft(to_itself), Millis(0), &key(1), &[&key(1)]), Err(StatementError::Shape { .. })));
        let retirement = Body::RetireKey(crate::statement::Retirement { reason: "the laptop was stolen".into() });
        assert!(verify(&sign(&draft(retirement.clone()), Millis(0), &key(1), &[]).unwrap()).is_ok());
        assert!(sign(&draft(retirement), Millis(0), &key(1), &[&key(2)]).is_err());
    }

    #[test]
    fn a_passport_that_changes_hands_is_signed_by_both_owners_in_order_and_its_end_by_one() {
        let transfer = Body::TransferOwnership(Transfer { digest: [1; 32], to: key(2).did() });
        let entry = sign(&draft(transfer.clone()), Millis(0), &key(1), &[&key(2)]).unwrap();
        assert_eq!(verify(&entry).unwrap().signers, [key(1).did(), key(2).did()]);
        for others in [&[][..], &[&key(3)], &[&key(2), &key(3)], &[&key(2), &key(2)]] {
            assert!(matches!(sign(&draft(transfer.clone()), Millis(0), &key(1), others), Err(StatementError::Signers { .. })));
        }
        let mut turned = json::parse(&entry).unwrap();
        turned["proof"].as_array_mut().unwrap().reverse();
        assert!(matches!(verify(&json::canonical(&turned).unwrap()), Err(StatementError::Signers { .. })));
        let to_itself = Body::TransferOwnership(Transfer { digest: [1; 32], to: key(1).did() });
        assert!(matches!(sign(&draft(to_itself), Millis(0), &key(1), &[&key(1)]), Err(StatementError::Shape { .. })));
        for how in End::ALL {
            let end = draft(Body::EndOfLife(Ending { digest: [1; 32], how }));
            assert_eq!(verify(&sign(&end, Millis(0), &key(1), &[]).unwrap()).unwrap().body, end.body);
            assert!(sign(&end, Millis(0), &key(1), &[&key(2)]).is_err());
        }
    }

    #[test]
    fn a_proposal_becomes_an_entry_by_the_second_signature_and_by_no_other() {
        let offer = draft(Body::TransferOwnership(Transfer { digest: [1; 32], to: key(2).did() }));
        let proposal = propose(&offer, Millis(0), &key(1)).unwrap();
        assert!(verify(&proposal).is_err(), "it is no entry yet");
        assert_eq!(read_proposal(&proposal), Ok((key(1).did(), offer.clone())));
        let entry = confirm(&proposal, Millis(5), &key(2)).unwrap();
        assert_eq!(verify(&entry).unwrap(), verify(&sign(&offer, Millis(0), &key(1), &[&key(2)]).unwrap()).unwrap());
        assert!(matches!(confirm(&proposal, Millis(5), &key(3)), Err(StatementError::Signers { .. })));
        assert!(confirm(&entry, Millis(5), &key(2)).is_err(), "it is confirmed already");
        let mut altered = json::parse(&proposal).unwrap();
        altered["body"]["to"] = key(3).did().to_string().into();
        assert!(matches!(confirm(&json::canonical(&altered).unwrap(), Millis(5), &key(3)), Err(StatementError::Proof { .. })));
        assert!(propose(&draft(registration()), Millis(0), &key(1)).is_err(), "nobody else has to sign");
    }

    #[test]
    fn extra_and_missing_signers_are_refused_on_reading_too() {
        let entry = sign(&draft(registration()), Millis(0), &key(1), &[]).unwrap();
        let document = json::parse(&entry).unwrap();
        let extra = proof::add_proof(&document, &key(2), Millis(0)).unwrap();
        assert!(matches!(verify(&json::canonical(&extra).unwrap()), Err(StatementError::Signers { .. })));
        let mut only_other = document;
        only_other.as_object_mut().unwrap().remove("proof");
        let only_other = proof::add_proof(&only_other, &key(2), Millis(0)).unwrap();
        assert!(matches!(verify(&json::canonical(&only_other).unwrap()), Err(StatementError::Signers { .. })));
    }

    /// Signs whatever envelope a test makes up, so that only the envelope can be the reason for a refusal.
    fn forged(change: impl Fn(&mut Value)) -> Result<Statement, StatementError> {
        let mut document = to_document(&draft(Body::Accredit(Accreditation { subject: key(2).did(), role: Role::Ngo })), &key(1).did()).unwrap();
        change(&mut document);
        let signed = proof::add_proof(&document, &key(1), Millis(0)).unwrap();
        verify(&json::canonical(&signed).unwrap())
    }

    #[test]
    fn an_envelope_has_one_spelling() {
        assert!(forged(|_| ()).is_ok());
        let changes: [fn(&mut Value); 14] = [
            |d| d["extra"] = 1.into(),
            |d| d["@context"] = "x".into(),
            |d| d["body"]["extra"] = 1.into(),
            |d| d["kind"] = "Unknown".into(),
            |d| d["ledger"] = "".into(),
            |d| d["ledger"] = "two words".into(),
            |d| d["actor"] = "did:web:example.org".into(),
            |d| d["nonce"] = "AAAA".into(),
            |d| d["nonce"] = "BwcHBwcHBwcHBwcHBwcHBx".into(),
            |d| d["expires"] = "2027-01-15T09:00:00+01:00".into(),
            |d| d["expires"] = "2027-01-15T08:00:00.0000001Z".into(),
            |d| d["expires"] = 5.into(),
            |d| {
                d.as_object_mut().unwrap().remove("nonce");
            },
            |d| {
                d.as_object_mut().unwrap().remove("body");
            },
        ];
        for (n, change) in changes.into_iter().enumerate() {
            assert!(matches!(forged(change), Err(StatementError::Shape { .. })), "change {n}");
        }
    }

    #[test]
    fn upper_case_hex_is_refused() {
        let issue = PassportIssue { kind: SubjectKind::Product, subject: "(01)1".into(), digest: [0xab; 32], valid_until: None };
        let mut document = to_document(&draft(Body::IssuePassport(issue)), &key(1).did()).unwrap();
        document["body"]["digest"] = "AB".repeat(32).into();
        let signed = proof::add_proof(&document, &key(1), Millis(0)).unwrap();
        assert!(matches!(verify(&json::canonical(&signed).unwrap()), Err(StatementError::Shape { .. })));
    }

    #[test]
    fn an_entry_in_other_bytes_is_refused() {
        let entry = sign(&draft(registration()), Millis(0), &key(1), &[]).unwrap();
        let spaced = [b" ", &entry[..]].concat();
        assert_eq!(verify(&spaced), Err(StatementError::NotCanonical));
        let mut listed = json::parse(&entry).unwrap();
        listed["proof"] = Value::Array(vec![listed["proof"].clone()]);
        assert!(matches!(verify(&json::canonical(&listed).unwrap()), Err(StatementError::Shape { member: "proof", .. })));
    }

    #[test]
    fn an_entry_that_does_not_fit_is_refused() {
        let body = Body::RegisterActor(Registration { name: "x".repeat(MAX_ENTRY_BYTES), role: Role::Supplier, fictional: false });
        assert!(matches!(sign(&draft(body), Millis(0), &key(1), &[]), Err(StatementError::TooLarge(_))));
        assert!(matches!(verify(&vec![b' '; MAX_ENTRY_BYTES + 1]), Err(StatementError::TooLarge(_))));
    }
}
