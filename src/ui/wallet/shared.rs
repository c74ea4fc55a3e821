//! What the wallet's places share, and the one way to its worker.

use crate::{
    engine::{
        client::errand::{Told, errand},
        wire,
    },
    purse::wire::{Answer, Request, Stage as Progress, View},
    statement::DidKey,
    ui::paying::Handed,
    wallet::Regard,
};
use dioxus::prelude::*;
use futures_util::lock::Mutex;
use std::{collections::BTreeMap, rc::Rc};

/// How open the wallet is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Not known yet.
    Loading,
    /// There is none here.
    Nothing,
    /// It asks for its passphrase.
    Locked,
    /// It is open.
    Open,
}

/// Where one is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// What there is.
    Hold,
    /// Asking for a payment.
    Receive,
    /// Paying.
    Pay,
    /// Swapping.
    Swap,
    /// What happened.
    Past,
}

/// What all places share.
#[derive(Clone, Copy, PartialEq)]
pub struct Wallet {
    /// How open it is.
    pub stage: Signal<Stage>,
    /// Where one is.
    pub place: Signal<Place>,
    /// What is shown.
    pub view: Signal<View>,
    /// What went wrong last.
    pub trouble: Signal<Option<String>>,
    /// Something was asked for by the person and is not answered.
    pub busy: Signal<bool>,
    /// A request for payment that the camera saw.
    pub asked: Signal<Handed>,
    /// What this device thinks of issuers, as far as it was asked.
    regards: Signal<BTreeMap<String, Option<Regard>>>,
    /// When it was touched last, in milliseconds.
    touched: Signal<i64>,
}

/// Something is being asked for; also when whoever asks leaves the place meanwhile, it is so no longer.
struct Busy(Signal<bool>);

impl Busy {
    fn new(mut busy: Signal<bool>) -> Self {
        busy.set(true);
        Self(busy)
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

/// What all places share.
pub fn wallet() -> Wallet {
    use_context()
}

/// The device's time, in milliseconds.
fn now() -> i64 {
    #[cfg(target_arch = "wasm32")]
    return js_sys::Date::now() as i64;
    #[cfg(not(target_arch = "wasm32"))]
    return 0;
}

/// Asks the worker. Where there is none, nobody answers.
async fn ask(request: &Request) -> Answer {
    #[cfg(all(target_arch = "wasm32", feature = "purse"))]
    return crate::purse::client::ask(request).await;
    #[cfg(not(all(target_arch = "wasm32", feature = "purse")))]
    {
        let _ = request;
        Answer::Refused("there is no worker here".to_owned())
    }
}

thread_local! {
    /// Who asks the engine: one at a time, since it is let go of after each.
    static ASKING: Rc<Mutex<()>> = Rc::default();
}

/// Asks the app's engine, and lets other pages have its store again.
pub async fn engine(request: wire::Request) -> Result<Told, String> {
    let turn = ASKING.with(Rc::clone);
    let _turn = turn.lock().await;
    errand(request).await.map_err(|why| why.to_string().trim_end_matches('.').to_owned())
}

/// What this device thinks of an organisation, by its key; none where none is known, or the app is open in another tab.
pub async fn regard(who: &str) -> Option<Regard> {
    let who = DidKey::try_from(who.to_owned()).ok()?;
    match engine(wire::Request::Regard(who)).await {
        Ok(Told::Regard(regard)) => regard,
        _ => None,
    }
}

impl Wallet {
    /// Who issues a token, and what this device thinks of them. The engine is asked once while the wallet is open.
    pub async fn issuer(self, token: &str) -> Option<Regard> {
        let issuer = self.view.peek().tokens.iter().find(|t| t.id == token).map(|t| t.issuer.clone())?;
        if let Some(known) = self.regards.peek().get(&issuer) {
            return known.clone();
        }
        let found = regard(&issuer).await;
        let mut regards = self.regards;
        regards.write().insert(issuer, found.clone());
        found
    }

    /// Nothing is known yet.
    pub fn new() -> Self {
        Self {
            stage: Signal::new(Stage::Loading),
            place: Signal::new(Place::Hold),
            view: Signal::new(View::default()),
            trouble: Signal::new(None),
            busy: Signal::new(false),
            asked: Signal::new(Handed::default()),
            regards: Signal::new(BTreeMap::new()),
            touched: Signal::new(now()),
        }
    }

    /// Asks, takes over what is to be shown, and gives what was answered.
    pub async fn send(self, request: Request) -> Answer {
        let _busy = Busy::new(self.busy);
        self.quietly(request).await
    }

    /// The same for what nobody waits for.
    pub async fn quietly(self, request: Request) -> Answer {
        let Self { mut stage, mut view, mut trouble, .. } = self;
        let answer = ask(&request).await;
        match &answer {
            Answer::Nothing => stage.set(Stage::Nothing),
            Answer::Locked => {
                stage.set(Stage::Locked);
                let mut regards = self.regards;
                regards.write().clear();
                view.set(View::default());
            }
            Answer::View { view: seen, trouble: why } => {
                view.set((**seen).clone());
                trouble.set(why.clone());
                if *stage.peek() != Stage::Open {
                    self.touch();
                    stage.set(Stage::Open);
                }
            }
            _ => {}
        }
        answer
    }

    /// The same, where the answer is only to be shown.
    pub fn go_ask(self, request: Request) {
        spawn(async move {
            let mut trouble = self.trouble;
            if let Answer::Refused(why) = self.send(request).await {
                trouble.set(Some(why));
            }
        });
    }

    /// Goes to a place.
    pub fn go(self, to: Place) {
        let mut place = self.place;
        place.set(to);
    }

    /// Somebody is there.
    pub fn touch(self) {
        let mut touched = self.touched;
        touched.set(now());
    }

    /// How long nobody was, in milliseconds.
    pub fn idle(self) -> i64 {
        now().saturating_sub(*self.touched.peek())
    }

    /// Whether something is on its way.
    pub fn waits(self) -> bool {
        let view = self.view.peek();
        view.history.iter().any(|row| row.stage == Progress::Pending) || view.orders.iter().any(|order| order.open)
    }
}
