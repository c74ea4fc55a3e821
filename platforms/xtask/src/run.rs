//! `cargo xtask run`: from a clone to the app in the browser.

use crate::{machine, steps, steps::Steps, web};
use anyhow::{Result, bail};
use std::{
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::PathBuf,
    process::{Command, ExitCode, Stdio},
    time::{Duration, Instant},
};

const PORT: u16 = 8080;
/// How long the node may take until it listens.
const PATIENCE: Duration = Duration::from_secs(30);

struct Options {
    port: u16,
    lan: bool,
    open: bool,
}

/// Builds the app, starts the node with the sample ledger, opens the browser, and stays until the node ends.
pub fn run(arguments: &[String]) -> Result<ExitCode> {
    let options = Options::parse(arguments)?;
    // Before minutes of building, not after.
    check_free(options.port)?;
    let steps = Steps::new();
    let dist = web::build(&steps, web::Effort::Quick)?;
    let node = build(&steps, &["--bin", "ecosphere-node"])?;
    let mut command = Command::new(node);
    command.arg("serve").arg("--web").arg(&dist).args(["--port", &options.port.to_string()]);
    if options.lan {
        command.arg("--lan");
    }
    check_free(options.port)?;
    let mut node = command.spawn()?;
    let address = format!("http://localhost:{}", options.port);
    let started = Instant::now();
    while started.elapsed() < PATIENCE && !listening(options.port) {
        if let Some(status) = node.try_wait()? {
            bail!("the node ended before it listened ({status}); what it printed above says why");
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    if options.lan {
        steps.say("EcoSphere runs; the address for the phone is printed above. Ctrl-C ends it");
    } else {
        steps.say(&format!("EcoSphere runs at {address}  (Ctrl-C ends it)"));
        if options.open && !open(&address) {
            println!("Open {address} in a browser.");
        }
    }
    let status = node.wait()?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Builds native programs of ours, and says where the node lies.
pub fn build(steps: &Steps, what: &[&str]) -> Result<PathBuf> {
    steps.say("building the node");
    steps::show(machine::cargo().args(["build", "--features", "ui"]).args(what))?;
    Ok(machine::target().join("debug").join(format!("ecosphere-node{}", std::env::consts::EXE_SUFFIX)))
}

/// A clear word when another program has the port.
fn check_free(port: u16) -> Result<()> {
    if listening(port) || TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_err() {
        bail!("port {port} is taken by another program; end that one, or choose another port:  cargo xtask run --port {}", port.saturating_add(1));
    }
    Ok(())
}

fn listening(port: u16) -> bool {
    TcpStream::connect_timeout(&(Ipv4Addr::LOCALHOST, port).into(), Duration::from_millis(200)).is_ok()
}

/// Opens the browser; false when there is none to be found.
fn open(address: &str) -> bool {
    let (program, arguments): (&str, &[&str]) = match std::env::consts::OS {
        "macos" => ("open", &[]),
        "windows" => ("cmd", &["/c", "start", ""]),
        _ => ("xdg-open", &[]),
    };
    Command::new(program).args(arguments).arg(address).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().is_ok()
}

impl Options {
    fn parse(arguments: &[String]) -> Result<Self> {
        let mut options = Self { port: PORT, lan: false, open: true };
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--lan" => options.lan = true,
                "--no-open" => options.open = false,
                "--port" => {
                    let port = arguments.next().and_then(|port| port.parse().ok()).filter(|port| *port > 0);
                    options.port = port.ok_or_else(|| anyhow::anyhow!("--port wants a number from 1 to 65535"))?;
                }
                other => bail!("`{other}` is not an option of `run`; it knows --port <n>, --lan and --no-open"),
            }
        }
        Ok(options)
    }
}
