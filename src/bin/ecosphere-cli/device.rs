//! The engine behind the commands.

use crate::args::Cli;
use anyhow::{Context as _, bail};
use ecosphere::{
    engine::{
        Engine, SAMPLE_SOURCE, clock, did_web,
        wire::{Answer, EngineError, Event, Request, Status},
    },
    passport::{DidWeb, Resolved},
    values::Profile,
};

/// An open engine and what runs it.
pub struct Device {
    /// The engine.
    pub engine: Engine,
    runtime: tokio::runtime::Runtime,
}

impl Device {
    /// Opens the store, or one in memory.
    pub fn open(cli: &Cli) -> anyhow::Result<Self> {
        let engine = match &cli.data {
            Some(folder) => Engine::open_folder(folder)?,
            None => Engine::open_memory()?,
        };
        let device = Self { engine, runtime: tokio::runtime::Builder::new_current_thread().enable_all().build()? };
        for notice in device.status()?.notices {
            eprintln!("{notice}");
        }
        Ok(device)
    }

    /// As [`Device::open`]; in memory the sample is put in it, and the profile from a file.
    pub fn with_snapshot(cli: &Cli) -> anyhow::Result<Self> {
        let device = Self::open(cli)?;
        if cli.data.is_none() {
            device.ask(Request::Sync { url: SAMPLE_SOURCE.into(), key: None })?;
        } else if device.status()?.snapshot.is_none() {
            eprintln!("This store has no snapshot yet, so nothing is known; fetch one with `sync`.");
        }
        if let Some(name) = device.status()?.speaks {
            eprintln!("Verdicts are by the values of {name}, not yours; `values ours speak mine` changes that.");
        }
        if let Some(file) = &cli.profile {
            let text = std::fs::read_to_string(file).with_context(|| format!("the profile {} cannot be read", file.display()))?;
            device.ask(Request::SetProfile(Profile::import(&text)?))?;
        }
        Ok(device)
    }

    /// Asks the engine.
    pub fn ask(&self, request: Request) -> Result<Answer, EngineError> {
        self.ask_with(request, &[], &|_| ())
    }

    /// Asks the engine, with bytes beside the request and somebody to hear how far it is.
    pub fn ask_with(&self, request: Request, payload: &[u8], events: &dyn Fn(Event)) -> Result<Answer, EngineError> {
        self.runtime.block_on(self.engine.handle(request, Some(payload), clock(), events))
    }

    /// Looks up a `did:web`, because a person asked for it.
    pub fn resolve(&self, did: &DidWeb) -> anyhow::Result<Resolved> {
        Ok(self.runtime.block_on(did_web::resolve(did))?)
    }

    /// What the store holds.
    pub fn status(&self) -> anyhow::Result<Status> {
        match self.ask(Request::Open)? {
            Answer::Status(status) => Ok(status),
            other => bail!("the engine answered {other:?} when asked for its status"),
        }
    }
}
