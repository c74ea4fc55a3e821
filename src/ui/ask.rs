//! The one way from a screen to the engine.

use super::state::{SharedStoreExt, shared};
use crate::engine::{
    client,
    wire::{
        Answer, CategoryRow, Choices, Compared, EngineError, HistoryRow, Learning, LedgerOffer, Month, MyLists, OptionRow, Request, ScanResult,
        ShelfCard, Status, Story, Told, Turn,
    },
};
use crate::values::{Ours, Profile};
use dioxus::prelude::*;
use std::{marker::PhantomData, rc::Rc};

/// Asks the engine, and notes when it had to be restarted over it.
///
/// # Errors
/// What the engine answers.
pub async fn ask(request: Request) -> Result<Answer, EngineError> {
    #[cfg(test)]
    let answer = super::tests::fixture::answer(&request).await;
    #[cfg(not(test))]
    let answer = client::call(request).await;
    note_restarts();
    answer
}

/// Notes a restart of the engine, so that the frame can say it.
pub fn note_restarts() {
    let restarts = client::restarts();
    if *shared().restarts().peek() != restarts {
        shared().restarts().set(restarts);
    }
}

/// What a screen makes of an answer it did not ask for.
fn unexpected() -> EngineError {
    EngineError::Crashed("the answer does not belong to the question".into())
}

/// An answer's content, taken out of [`Answer`] by the type that is wanted.
pub trait FromAnswer: Sized {
    /// The content; `None` when the answer is of another kind.
    fn from_answer(answer: Answer) -> Option<Self>;
}

macro_rules! from_answer {
    ($($variant:ident => $type:ty),* $(,)?) => {
        $(impl FromAnswer for $type {
            fn from_answer(answer: Answer) -> Option<Self> {
                if let Answer::$variant(content) = answer { Some(content) } else { None }
            }
        })*
    };
}

from_answer! {
    Status => Status,
    Offer => LedgerOffer,
    Options => Vec<OptionRow>,
    Told => Told,
    Choices => Choices,
    Compared => Vec<Compared>,
    Categories => Vec<CategoryRow>,
    Profile => Option<Profile>,
    Learning => Box<Learning>,
    Turns => Vec<Turn>,
    History => Vec<HistoryRow>,
    Months => Vec<Month>,
    Ours => Option<Ours>,
    Lists => Box<MyLists>,
    Shelf => Vec<ShelfCard>,
    Scan => Vec<ScanResult>,
    Story => Box<Story>,
}

impl FromAnswer for String {
    fn from_answer(answer: Answer) -> Option<Self> {
        match answer {
            Answer::Svg(text) | Answer::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// Asks for something of a known type.
///
/// # Errors
/// What the engine answers.
pub async fn ask_for<T: FromAnswer>(request: Request) -> Result<T, EngineError> {
    T::from_answer(ask(request).await?).ok_or_else(unexpected)
}

/// What a screen is waiting for. However many kinds of answer there are, the waiting itself is compiled once.
pub struct Asked<T> {
    answer: Resource<Result<Answer, EngineError>>,
    kind: PhantomData<fn() -> T>,
}

impl<T> Clone for Asked<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Asked<T> {}

impl<T: FromAnswer> Asked<T> {
    /// What is known by now; `None` while nothing is.
    pub fn read(&self) -> Option<Result<T, EngineError>> {
        self.answer.read().clone().map(|answer| T::from_answer(answer?).ok_or_else(unexpected))
    }

    /// Asks again.
    pub fn restart(&mut self) {
        self.answer.restart();
    }

    /// Takes another answer of the same kind in the place of the one that is there.
    pub fn set(&mut self, answer: Answer) {
        self.answer.set(Some(Ok(answer)));
    }
}

/// Asks when the screen appears, and again when a signal that `request` reads changes.
pub fn use_ask<T: FromAnswer>(request: impl Fn() -> Request + 'static) -> Asked<T> {
    Asked { answer: use_answer(Rc::new(request)), kind: PhantomData }
}

fn use_answer(request: Rc<dyn Fn() -> Request>) -> Resource<Result<Answer, EngineError>> {
    use_resource(move || ask(request()))
}
