//! The addresses of the app.
//!
//! What was scanned stands behind `#`: a browser never sends that part to a server, not even when the page is loaded anew.

use super::views::{
    Bars, FirstRun, ForYou, History, Home, Journey, Label, Ledger, Lists, Lost, Months, Options, Ours, Questions, Scan, Shelf, Values, Verdict,
};
use dioxus::prelude::*;

/// A screen's address.
#[derive(Debug, Clone, PartialEq, Routable)]
#[rustfmt::skip]
#[allow(missing_docs, reason = "each is named after its screen")]
pub enum Route {
    #[layout(Bars)]
        #[route("/")]
        Home {},
        #[route("/start")]
        FirstRun {},
        #[route("/scan")]
        Scan {},
        #[route("/verdict#:of")]
        Verdict { of: Of },
        #[route("/label#:of")]
        Label { of: Of },
        #[route("/journey#:of")]
        Journey { of: Of },
        #[route("/for-you#:choice")]
        ForYou { choice: Choice },
        #[route("/options#:of")]
        Options { of: Of },
        #[route("/lists")]
        Lists {},
        #[route("/history")]
        History {},
        #[route("/months")]
        Months {},
        #[route("/values")]
        Values {},
        #[route("/ours")]
        Ours {},
        #[route("/questions")]
        Questions {},
        #[route("/ledger-status")]
        Ledger {},
        #[route("/shelf")]
        Shelf {},
        #[route("/:..segments")]
        Lost { segments: Vec<String> },
}

/// Whose verdict, label or journey: a code's or a known subject's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Of {
    /// The exact text of a code.
    Code(String),
    /// A passport number.
    Number(u32),
}

impl Default for Of {
    fn default() -> Self {
        Self::Code(String::new())
    }
}

impl std::fmt::Display for Of {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Code(code) if code.is_empty() => Ok(()),
            Self::Code(code) => write!(f, "c:{code}"),
            Self::Number(number) => write!(f, "n:{number}"),
        }
    }
}

impl std::str::FromStr for Of {
    type Err = std::convert::Infallible;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = text.strip_prefix("n:").and_then(|number| number.parse().ok());
        Ok(number.map_or_else(|| Self::Code(text.strip_prefix("c:").unwrap_or(text).to_owned()), Self::Number))
    }
}

/// What to rank: a kind and, for products, a category, as `product` or `product:en:teas`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Choice(pub String);

impl std::fmt::Display for Choice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for Choice {
    type Err = std::convert::Infallible;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_code_holds_survives_the_address() {
        for code in ["https://id.example/01/09506000134352/21/7?seal=A_b-c&x=1#y", "3017620422003", "100 % \u{e9} / ? &", "n:5", "c:1"] {
            let route = Route::Verdict { of: Of::Code(code.into()) };
            assert_eq!(route.to_string().parse::<Route>().ok(), Some(route), "{code}");
        }
        let route = Route::Verdict { of: Of::Number(7) };
        assert_eq!(route.to_string(), "/verdict#n:7");
        assert_eq!(route.to_string().parse::<Route>().ok(), Some(route));
    }
}
