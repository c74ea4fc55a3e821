//! `ecosphere-node witness`.

use crate::{
    log::{LogKey, Policy},
    node::{
        NodeError,
        audit::{Auditor, Place, Terms, auditing},
        cli::{Outcome, WitnessArgs},
        serve::{listen, serve, stop_on_signal},
        witness::{Witness, WitnessStore, new_key, read_key, router},
    },
    pack::SAMPLE_VKEY,
};
use axum_server::Handle;
use std::{net::SocketAddr, sync::Arc};

/// Makes a witness's key, or serves as a witness until it is stopped.
///
/// # Errors
/// The key or the database cannot be used, or the address is taken.
pub fn witness(args: &WitnessArgs, json: bool) -> Result<Outcome, NodeError> {
    if let Some(name) = &args.new_key {
        let cosigner = new_key(&args.key, name, &super::init::random_seed()?)?;
        let text = format!(
            "{} holds the key of {name}. Its public key, for the policies of those who trust it:\n{}\n\
             Keep the file secret. If the witness's data folder is ever lost, make a new key: with the old one it could cosign a second history.",
            args.key.display(),
            cosigner.key()
        );
        let json = serde_json::json!({ "key": args.key, "name": name, "vkey": cosigner.key().to_string() });
        return Ok(Outcome { text, json, yes: true });
    }
    let (Some(data), [_, ..]) = (&args.data, args.log.as_slice()) else {
        return Err(NodeError::Usage("a witness needs a folder (--data) and the keys of the logs it watches (--log)".to_owned()));
    };
    let cosigner = read_key(&args.key)?;
    let audit = args.audit.as_deref().map(|place| audit_terms(args, place)).transpose()?;
    let logs = args.log.iter().map(|vkey| LogKey::parse(vkey)).collect::<Result<Vec<_>, _>>()?;
    std::fs::create_dir_all(data).map_err(NodeError::file(data))?;
    let store = WitnessStore::open(&data.join("witness.db"))?;
    let runtime = tokio::runtime::Runtime::new().map_err(|e| NodeError::Usage(format!("the server cannot start: {e}")))?;
    let vkey = cosigner.key().to_string();
    let origins: Vec<String> = logs.iter().map(|log| log.origin().to_owned()).collect();
    let known = logs.clone();
    let router = router(Arc::new(Witness { cosigner, logs, store }));
    let router = match audit {
        Some((place, terms)) => auditing(router, Auditor::new(terms), place, known, data.clone()),
        None => router,
    };
    runtime.block_on(async {
        let listener = listen(SocketAddr::new(args.host, args.port))?;
        let address = listener.local_addr().map_err(|e| NodeError::Usage(e.to_string()))?;
        if json {
            println!("{}", serde_json::json!({ "address": format!("http://{address}"), "vkey": vkey, "logs": origins }));
        } else {
            println!("EcoSphere witness: http://{address}  for {}\nIts key: {vkey}", origins.join(", "));
        }
        let stop = Handle::new();
        tokio::spawn(stop_on_signal(vec![stop.clone()]));
        serve(listener, None, router, stop).await
    })?;
    Ok(Outcome { text: String::new(), json: serde_json::json!({ "stopped": true }), yes: true })
}

/// Where the one log that an auditor watches lies, and what it takes on trust.
fn audit_terms(args: &WitnessArgs, place: &str) -> Result<(Place, Terms), NodeError> {
    let [vkey] = args.log.as_slice() else { return Err(NodeError::Usage("an auditor watches one log; run one for each (--log once)".to_owned())) };
    let (place, sample) = (Place::open(place)?, vkey == SAMPLE_VKEY);
    let known = place.config().map(|c| c.registrars).filter(|_| args.registrar.is_empty());
    let registrars = match known {
        Some(known) => known,
        None if sample && args.registrar.is_empty() => crate::node::sample::registrars(),
        None if args.registrar.is_empty() => {
            return Err(NodeError::Usage("name the ledger's registrars with --registrar; who may vouch is not in the log".to_owned()));
        }
        None => super::init::dids(&args.registrar)?,
    };
    Ok((place, Terms { trust: Policy::of_log(LogKey::parse(vkey)?), registrars, sample }))
}
