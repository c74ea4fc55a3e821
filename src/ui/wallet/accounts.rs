//! What all of it comes to in the person's own currency, and the accounts it lies in.

use super::{hold::short, setup::Wrong, shared::wallet};
use crate::{
    purse::wire::{AccountRow, Answer, Request, Token, Total},
    ui::components::{Glyph, Icon},
};
use dioxus::prelude::*;

/// The sum, and the choice of what it is counted in.
#[component]
pub fn Sum(total: Option<Total>, tokens: Vec<Token>) -> Element {
    let shared = wallet();
    if tokens.is_empty() {
        return rsx! {};
    }
    let chosen = total.as_ref().map(|total| total.currency.clone()).unwrap_or_default();
    rsx! {
        section { class: "block",
            if let Some(total) = total {
                h2 { "All of it" }
                p { class: "much", "about " b { class: "num", {total.amount} } }
                if !total.communities.is_empty() {
                    dl { class: "facts",
                        for (who , amount) in total.communities {
                            div { key: "{who}", dt { "Of the community " {short(&who)} } dd { class: "num", {amount} } }
                        }
                    }
                }
                p { class: "fine", "At the last prices at which these tokens were swapped here, rounded down. What they would bring now nobody knows." }
                if !total.uncounted.is_empty() {
                    p { class: "fine", "Not counted, because it was never swapped for that token: " {total.uncounted.join(", ")} "." }
                }
            }
            div { class: "field",
                label { r#for: "currency", "Count it in" }
                select { id: "currency", onchange: move |e| shared.go_ask(Request::Currency { token: e.value() }),
                    option { value: "", selected: chosen.is_empty(), "Nothing: do not add it up" }
                    for t in tokens {
                        option { key: "{t.id}", value: "{t.id}", selected: t.id == chosen, "{t.symbol}: {t.name}" }
                    }
                }
            }
        }
    }
}

/// The accounts: which one acts, what each has, what they are called.
#[component]
pub fn Accounts(accounts: Vec<AccountRow>) -> Element {
    let shared = wallet();
    let next = accounts.len() as u32;
    let several = accounts.len() > 1;
    rsx! {
        section { class: "block",
            h2 { if several { "Your accounts" } else { "Your account" } }
            ul { class: "readings rows",
                for account in accounts {
                    One { key: "{account.index}{account.name}", account, several }
                }
            }
            p { class: "fine", "All come from the same words. On the ledger nobody sees that they are one person\u{2019}s, unless you pay from one to another." }
            button { class: "button", r#type: "button", disabled: *shared.busy.read(), onclick: move |_| shared.go_ask(Request::Account { index: next }), Icon { glyph: Glyph::Key, class: "small" } "Add an account" }
        }
    }
}

#[component]
fn One(account: AccountRow, several: bool) -> Element {
    let shared = wallet();
    let AccountRow { index, key, name, chosen, balances } = account;
    let mut wanted = use_signal(|| name.clone());
    let mut wrong = use_signal(String::new);
    let called = if name.is_empty() { format!("Account {}", index.saturating_add(1)) } else { name };
    let keep = move |e: FormEvent| {
        e.prevent_default();
        spawn(async move {
            if let Answer::Refused(why) = shared.send(Request::NameAccount { index, name: wanted.cloned() }).await {
                wrong.set(why);
            }
        });
    };
    rsx! {
        li { class: if chosen && several { "tone-fits" },
            b { {called.clone()} }
            p { class: "code", {key} }
            if several {
                p { class: "fine num", if balances.is_empty() { "Nothing in it yet" } else { {balances.join(", ")} } }
                if chosen {
                    p { class: "how", Icon { glyph: Glyph::Check, class: "small" } "Asks, pays and swaps" }
                } else {
                    button { class: "button plain", r#type: "button", onclick: move |_| shared.go_ask(Request::Account { index }), "Use {called}" }
                }
                details {
                    summary { "Name this account" }
                    form { class: "stack", onsubmit: keep,
                        div { class: "field",
                            label { r#for: "account-{index}", "What you call it" }
                            input { id: "account-{index}", maxlength: "60", autocomplete: "off", value: "{wanted}", oninput: move |e| wanted.set(e.value()) }
                        }
                        Wrong { why: wrong.cloned() }
                        button { class: "button", r#type: "submit", "Keep the name" }
                    }
                }
            }
        }
    }
}
