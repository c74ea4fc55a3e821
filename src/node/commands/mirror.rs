//! `ecosphere-node mirror`.

use crate::{
    log::{LogKey, Policy},
    node::{
        NodeError,
        cli::{MirrorArgs, Outcome},
        mirror::{Mirror, Pulled},
        sample,
        serve::{App, LedgerFiles, listen, router, serve as run, stop_on_signal},
    },
};
use axum_server::Handle;
use std::{net::SocketAddr, sync::Arc, time::Duration};

/// Copies a log once; with `--follow`, until it is stopped; with `--port`, serves the copy meanwhile.
///
/// # Errors
/// The policy cannot be read, the server cannot be reached, or what it sends is not believed.
pub fn mirror(args: &MirrorArgs, json: bool) -> Result<Outcome, NodeError> {
    let policy = match (&args.policy, &args.key) {
        (Some(path), _) => Policy::parse(&std::fs::read_to_string(path).map_err(NodeError::file(path))?)?,
        (None, Some(key)) => Policy::of_log(LogKey::parse(key)?),
        (None, None) => return Err(NodeError::Usage("say whom to believe: --policy FILE or --key VKEY".to_owned())),
    };
    let mut mirror = Mirror::open(&args.url, policy, &args.data)?;
    let first = mirror.pull();
    if !args.follow {
        return first.map(|pulled| outcome(&mirror, pulled));
    }
    // What is held is served even while the log cannot be reached.
    match first {
        Ok(pulled) => tell(&mirror, pulled, json),
        Err(failed) if mirror.checkpoint().is_none() => return Err(failed),
        Err(failed) => eprintln!("ecosphere-node: {failed}"),
    }
    let Some(port) = args.port else { follow(mirror, args.every, json) };
    let address = SocketAddr::new(args.host, port);
    let listener = listen(address)?;
    let origin = mirror.checkpoint().map(|c| c.origin.clone()).unwrap_or_default();
    let app = App {
        web: args.web.clone(),
        read_only: "this node mirrors a ledger that another one writes; send statements to that one",
        ..App::new(LedgerFiles::Store(mirror.files().clone()), origin.clone(), origin == sample::ORIGIN)
    };
    let every = args.every;
    std::thread::spawn(move || follow(mirror, every, json));
    let runtime = tokio::runtime::Runtime::new().map_err(|e| NodeError::Usage(format!("the server cannot start: {e}")))?;
    runtime.block_on(async {
        let stop = Handle::new();
        tokio::spawn(stop_on_signal(vec![stop.clone()]));
        if json {
            println!("{}", serde_json::json!({ "address": format!("http://{address}/"), "mirror": args.url }));
        } else {
            println!("EcoSphere mirror of {}: http://{address}/", args.url);
        }
        run(listener, None, router(Arc::new(app)), stop).await
    })?;
    Ok(Outcome { text: String::new(), json: serde_json::json!({ "stopped": true }), yes: true })
}

fn follow(mut mirror: Mirror, every: u32, json: bool) -> ! {
    loop {
        std::thread::sleep(Duration::from_secs(every.into()));
        match mirror.pull() {
            Ok(Pulled { from, to }) if from == to => {}
            Ok(pulled) => tell(&mirror, pulled, json),
            Err(failed) => eprintln!("ecosphere-node: {failed}"),
        }
    }
}

fn tell(mirror: &Mirror, pulled: Pulled, json: bool) {
    let outcome = outcome(mirror, pulled);
    println!("{}", if json { outcome.json.to_string() } else { outcome.text });
}

fn outcome(mirror: &Mirror, Pulled { from, to }: Pulled) -> Outcome {
    let root = mirror.checkpoint().map(|c| hex::encode(c.root)).unwrap_or_default();
    let origin = mirror.checkpoint().map(|c| c.origin.clone()).unwrap_or_default();
    let text =
        if from == to { format!("{origin}: nothing new after {to} entries") } else { format!("{origin}: {} new entries, {to} in all", to - from) };
    let json = serde_json::json!({ "origin": origin, "from": from, "size": to, "root": root });
    Outcome { text, json, yes: true }
}
