//! The page's end: a worker for each file, so that nothing of one is left for the next, and a file that brings the worker down costs nothing else.
//!
//! ```text
//! worker -> page   ["ready"]                     it listens now
//! page -> worker   [request, File?, File?]       request: a Request as JSON
//! worker -> page   ["progress", done, of]        bytes read, or passports issued
//!                  ["part", product, bytes]      the next bytes of what the person keeps
//!                  ["answer", answer]            an Answer as JSON
//!                  ["panic", text]
//! ```

use super::{
    certify::certify,
    http, keyring, life, publish,
    rounds::Trouble,
    tables,
    wire::{Act, Answer, Concealed, OnLedger, Readable, Request, Secret, Signer, Submission},
};
use crate::{
    measure::Millis,
    provenance::questionnaire,
    statement::{DidKey, SubjectKind, json},
};
use futures_channel::oneshot;
use js_sys::{Array, Reflect};
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::prelude::*;
use web_sys::{ErrorEvent, MessageEvent, Worker, WorkerOptions, WorkerType};

pub use super::{
    confirm::{Asked, read as read_offer, sign as confirm},
    keyring::is_locked,
    publish::{Said, did, key},
    rounds::Product,
};

/// Where the worker's script lies, beside the page.
const WORKER: &str = "./worker.js";
/// What its script goes by to load what reads Parquet.
const PARQUET: &str = "parquet";

#[wasm_bindgen(module = "/platforms/web/glue.js")]
extern "C" {
    #[wasm_bindgen(js_name = chosenFile)]
    fn js_chosen_file(input: &str) -> JsValue;
}

#[wasm_bindgen(module = "/platforms/web/organisation/glue.js")]
extern "C" {
    #[wasm_bindgen(catch, js_name = keyKept)]
    async fn js_key_kept() -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = keyKeep)]
    async fn js_key_keep(text: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_name = textFile)]
    fn js_text_file(text: &str) -> JsValue;
    #[wasm_bindgen(js_name = dropParts)]
    fn js_drop_parts();
    #[wasm_bindgen(js_name = keepPart)]
    fn js_keep_part(product: &str, bytes: JsValue);
    #[wasm_bindgen(js_name = partsAddress)]
    fn js_parts_address(product: &str, kind: &str) -> Option<String>;
}

/// What this device keeps of a key, if anything: a locked key, or an open one that an earlier version kept.
pub async fn kept_key() -> Option<String> {
    js_key_kept().await.ok()?.as_string()
}

/// Keeps a locked key on this device, in the place of what was kept.
///
/// # Errors
/// A sentence for the person: the browser keeps nothing.
async fn keep_key(locked: &str) -> Result<(), String> {
    js_key_keep(locked).await.map(drop).map_err(|_| "this browser keeps nothing for this page; use another one, or keep the key as a file".to_owned())
}

/// Locks a key with a passphrase and keeps it so.
///
/// # Errors
/// A sentence for the person: the passphrase is empty, or the browser keeps nothing.
pub async fn lock(seed: String, passphrase: String) -> Result<(), String> {
    let mut random = vec![0; keyring::RANDOM];
    getrandom04::fill(&mut random).map_err(|e| e.to_string())?;
    match ask(&Request::Lock { seed: Secret(seed), passphrase: Secret(passphrase), random }, &[], |_, _| ()).await {
        Answer::Locked(locked) => keep_key(&locked).await,
        Answer::Refused(why) => Err(why),
        _ => Err(STRANGE.to_owned()),
    }
}

/// Unlocks a locked key; its seed. With `keep`, what was unlocked is kept on this device, locked as it is.
///
/// # Errors
/// A sentence for the person: the passphrase is wrong, or the text is damaged.
pub async fn unlock(locked: String, passphrase: String, keep: bool) -> Result<String, String> {
    match ask(&Request::Unlock { locked: locked.clone(), passphrase: Secret(passphrase) }, &[], |_, _| ()).await {
        Answer::Unlocked(Secret(seed)) => {
            if keep {
                keep_key(locked.trim()).await?;
            }
            Ok(seed)
        }
        Answer::Refused(why) => Err(why),
        _ => Err(STRANGE.to_owned()),
    }
}

/// Said of an answer that is another question's.
pub const STRANGE: &str = "the answer does not belong to the question";

/// 32 random bytes as 64 hex digits: a new key's seed.
#[must_use]
pub fn new_key() -> Option<String> {
    let mut seed = [0; 32];
    getrandom04::fill(&mut seed).ok().map(|()| hex::encode(seed))
}

/// The node this page came from, as the key of this seed sees it: the ledger's origin, and the name it knows the key by, if it does.
///
/// # Errors
/// A sentence for the person: it cannot be reached.
pub async fn standing(did: &DidKey) -> Result<(String, Option<String>), String> {
    let checkpoint = http::get("/ledger/checkpoint").await.map_err(Trouble::sentence)?;
    let origin = publish::origin(&checkpoint).ok_or("this server has no ledger")?;
    match http::get(&format!("/state/actor/{did}")).await {
        Ok(answer) => Ok((origin, publish::actor_name(&answer))),
        // A node that only serves files holds no state; then nobody is known.
        Err(Trouble::Refused(_)) => Ok((origin, None)),
        Err(trouble) => Err(trouble.sentence()),
    }
}

/// Introduces an organisation to its ledger.
///
/// # Errors
/// A sentence for the person: why not.
pub async fn introduce(signer: &Signer) -> Result<(), String> {
    let submission = publish::introduce(signer, now(), nonce()?).map_err(|e| e.to_string())?;
    publish(&[submission]).await?.pop().map_or(Ok(()), |said| said.map(drop))
}

fn nonce() -> Result<[u8; 16], String> {
    let mut nonce = [0; 16];
    getrandom04::fill(&mut nonce).map(|()| nonce).map_err(|e| e.to_string())
}

/// Finds a passport on the ledger by its number, or by the link of its code.
///
/// # Errors
/// A sentence for the person: there is none, or the node cannot say.
pub async fn find(named: &str) -> Result<OnLedger, String> {
    life::find(life::number(named)?, |path: String| async move { http::get(&path).await }).await
}

/// States something of a passport; the statement's leaf, once it has one.
///
/// # Errors
/// A sentence for the person: why not.
pub async fn state(of: &OnLedger, act: &Act, signer: &Signer) -> Result<Option<u64>, String> {
    let submission = life::state(of, act, signer, now(), nonce()?)?;
    publish(&[submission]).await?.pop().map_or(Ok(None), |said| said.map(|said| said.leaf))
}

/// Offers a passport to a new owner: the text that they bring to their desk.
///
/// # Errors
/// A sentence for the person: the new owner is nobody, say.
pub fn offer(of: &OnLedger, to: &str, signer: &Signer) -> Result<String, String> {
    life::offer(of, to, signer, now(), nonce()?)
}

/// Signs a certificate (UNTP Digital Conformity Credential 0.7); its text, and how many assessments it holds.
///
/// # Errors
/// A sentence for the person: it is none, with the path of the fault.
pub fn attest(certificate: &str, signer: &Signer) -> Result<(String, usize), String> {
    let key = key(&signer.seed).ok_or("the key is not 64 hex digits; bring its file again")?;
    let signed = certify(certificate.as_bytes(), &key, now())?;
    let text = json::canonical(&signed.credential).map_err(|e| e.to_string())?;
    Ok((String::from_utf8(text).map_err(|e| e.to_string())?, signed.attestations.len()))
}

/// Encrypts attributes to named readers.
///
/// # Errors
/// A sentence for the person: a reader is none, say.
pub async fn conceal(attributes: Vec<(String, String)>, readers: Vec<String>) -> Result<Concealed, String> {
    let mut random = vec![0; 16 * attributes.len()];
    getrandom04::fill(&mut random).map_err(|e| e.to_string())?;
    match ask(&Request::Conceal { attributes, readers, random }, &[], |_, _| ()).await {
        Answer::Concealed(made) => Ok(made),
        Answer::Refused(why) => Err(why),
        _ => Err(STRANGE.to_owned()),
    }
}

/// What a passport has for named readers, and with a key's file what it says.
///
/// # Errors
/// A sentence for the person: the key opens nothing, or the node cannot be reached.
pub async fn reveal(of: &OnLedger, key: Option<Secret>) -> Result<Readable, String> {
    let body = http::get(&format!("/body/{}", of.digest)).await.map_err(Trouble::sentence)?;
    match ask(&Request::Reveal { body, digest: of.digest.clone(), key }, &[], |_, _| ()).await {
        Answer::Revealed(readable) => Ok(readable),
        Answer::Refused(why) => Err(why),
        _ => Err(STRANGE.to_owned()),
    }
}

/// A fresh reader's key: its file's text, and its name.
///
/// # Errors
/// A sentence for the person: this device gives no random numbers, say.
pub async fn reader_key() -> Result<(Secret, String), String> {
    match ask(&Request::ReaderKey, &[], |_, _| ()).await {
        Answer::ReaderKey { file, name } => Ok((file, name)),
        Answer::Refused(why) => Err(why),
        _ => Err(STRANGE.to_owned()),
    }
}

/// The name that the ledger knows a key by, else the key itself.
pub async fn name_of(did: &str) -> String {
    http::get(&format!("/state/actor/{did}")).await.ok().and_then(|answer| publish::actor_name(&answer)).unwrap_or_else(|| did.to_owned())
}

/// The form for a kind of subject.
#[must_use]
pub fn form(kind: SubjectKind) -> Option<questionnaire::Form> {
    questionnaire::form(kind)
}

/// Gives statements to the node this page came from. Sending the same again is safe.
///
/// # Errors
/// A sentence for the person: the node takes none, or cannot be reached.
pub async fn publish(submissions: &[Submission]) -> Result<Vec<Result<Said, String>>, String> {
    let text = publish::request(submissions).map_err(|e| e.to_string())?;
    let answer = http::post("/statements", text).await.map_err(Trouble::sentence)?;
    publish::results(&answer).map_err(|e| e.to_string())
}

/// The device's own time.
#[must_use]
pub fn now() -> Millis {
    Millis(js_sys::Date::now() as i64)
}

/// The address under which the page finds what an order made, until it is closed; only once for each order.
#[must_use]
pub fn made(product: Product) -> Option<String> {
    js_parts_address(product.name(), product.kind())
}

/// What a request is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The file that was chosen in the `<input type="file">` of this id.
    Chosen(&'static str),
    /// A text that was written on the page.
    Text(String),
}

/// Asks the worker, and tells how far it is: bytes read or things signed, of how many. What an order makes is kept for [`made`].
pub async fn ask(request: &Request, about: &[Source], progress: impl Fn(u64, u64) + 'static) -> Answer {
    let refused = |why: &str| Answer::Refused(why.to_owned());
    let file = |source: &Source| match source {
        Source::Chosen(input) => js_chosen_file(input),
        Source::Text(text) => js_text_file(text),
    };
    let files: Vec<JsValue> = about.iter().map(file).collect();
    if files.iter().any(JsValue::is_falsy) {
        return refused("no file was chosen");
    }
    let Ok(request) = serde_json::to_string(request) else { return refused("the request cannot be written") };
    js_drop_parts();
    let options = WorkerOptions::new();
    options.set_type(WorkerType::Module);
    if files.first().and_then(|file| Reflect::get(file, &"name".into()).ok()?.as_string()).is_some_and(|name| tables::is_parquet(&name)) {
        options.set_name(PARQUET);
    }
    let Ok(worker) = Worker::new_with_options(WORKER, &options) else { return refused("this browser starts no worker; update it") };
    let (sender, receiver) = oneshot::channel();
    let sender = Rc::new(RefCell::new(Some(sender)));
    let end = move |answer: Answer| {
        if let Some(sender) = sender.borrow_mut().take() {
            // The screen may be gone; then nobody waits any more.
            let _ = sender.send(answer);
        }
    };
    let died = end.clone();
    let port = worker.clone();
    let message = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
        let Ok(parts) = message.data().dyn_into::<Array>() else { return };
        let number = |at| parts.get(at).as_f64().map_or(0, |n| n as u64);
        let text = |at| parts.get(at).as_string().unwrap_or_default();
        match text(0).as_str() {
            "ready" => {
                let asked = Array::of1(&request.as_str().into());
                for file in &files {
                    asked.push(file);
                }
                if port.post_message(&asked).is_err() {
                    end(Answer::Refused("the file could not be handed to the worker; choose it again".to_owned()));
                }
            }
            "progress" => progress(number(1), number(2)),
            "part" => js_keep_part(&text(1), parts.get(2)),
            "answer" => end(serde_json::from_str(&text(1)).unwrap_or_else(|e| Answer::Refused(format!("the answer cannot be read: {e}")))),
            "panic" => end(Answer::Refused(stopped(&text(1)))),
            _ => {}
        }
    });
    let error = Closure::<dyn FnMut(ErrorEvent)>::new(move |error: ErrorEvent| {
        error.prevent_default();
        died(Answer::Refused(stopped(&error.message())));
    });
    worker.set_onmessage(Some(message.as_ref().unchecked_ref()));
    worker.set_onerror(Some(error.as_ref().unchecked_ref()));
    let answer = receiver.await.unwrap_or_else(|_| Answer::Refused(stopped("it was closed")));
    worker.set_onmessage(None);
    worker.set_onerror(None);
    worker.terminate();
    answer
}

fn stopped(why: &str) -> String {
    format!("the worker stopped ({why}); the file may be damaged, or too large for this device's memory")
}
