//! The terminal: `ecosphere-node <command>`. Every command answers with text for people or, with `--json`, with one JSON object.
//!
//! Exit status: 0 done; 1 the answer is no (a ledger that does not verify, a statement that is refused); 2 it could not be tried (a file
//! that is missing, an address in use, a wrong option).

use super::{NodeError, commands};
use crate::statement::DidKey;
use clap::{CommandFactory as _, Parser, Subcommand};
use std::{collections::VecDeque, io::Write as _, net::IpAddr, path::PathBuf, process::ExitCode};

/// Serves a ledger and the web app; builds, checks and fills ledgers.
///
/// Without a ledger of your own, `ecosphere-node serve` serves the sample: real products from Open Food Facts, Open Beauty Facts and WikiRate
/// plus a made-up part, signed with keys that are public on purpose.
#[derive(Debug, Parser)]
#[command(name = "ecosphere-node", version, max_term_width = 100, after_help = EXIT_STATUS)]
pub struct Cli {
    /// Answer with one JSON object instead of text.
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXIT_STATUS: &str = "Exit status:\n  0  done\n  1  the answer is no: a ledger that does not verify, a statement that is refused\n  2  it could not be tried: a missing file, an address in use, a wrong option";

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serves a ledger and the web app until it is stopped (Ctrl-C).
    ///
    /// Asked to stop, it answers what waits and publishes what it took. It ends within half a minute in any case: what it could not publish, because
    /// a witness or the files' store does not answer, is durable, and the next start publishes it.
    Serve(ServeArgs),
    /// Builds the sample ledger, byte for byte the same every time.
    Sample(SampleArgs),
    /// Makes a new ledger in a folder.
    Init(InitArgs),
    /// Reads products or brands from a public source, or a supplier's events; with --data, records them on a ledger.
    #[command(after_help = IMPORT_EXAMPLE)]
    Import(ImportArgs),
    /// Signs a conformity credential as its certifier, so that what it covers counts as attested.
    #[command(after_help = commands::ATTEST_EXAMPLE)]
    Attest(commands::AttestArgs),
    /// Signs a list of calls to boycott or to support, for people to follow on their devices.
    #[command(after_help = commands::CALL_EXAMPLE)]
    Call(commands::CallArgs),
    /// Issues a passport and prints its number, its link with the seal, and its code; or many, one for each row of a table.
    #[command(after_help = commands::ISSUE_EXAMPLE)]
    Issue(IssueArgs),
    /// Lists a ledger's passports, prints their credentials, and says what becomes of them.
    #[command(subcommand)]
    Passport(commands::PassportCommand),
    /// Says what good and harm a product's way, or what an organisation, project or process reported, adds up to beside its price: the S/E label.
    #[command(after_help = commands::LABEL_EXAMPLE)]
    Label(commands::LabelArgs),
    /// Follows a product's way from raw material on: who, when, which share of it, what value was added.
    #[command(after_help = commands::LABEL_EXAMPLE)]
    Journey(commands::LabelArgs),
    /// Says what changed between two reports of one subject: Proof of Impact.
    #[command(after_help = commands::IMPACT_EXAMPLE)]
    Impact(commands::ImpactArgs),
    /// Works out an organisation's Social Earnings Ratio as it was first published, with its caveat.
    #[command(after_help = commands::CLASSIC_EXAMPLE)]
    Classic(commands::ClassicArgs),
    /// Counts how texts are felt: reviews, or what people wrote in a survey.
    #[command(after_help = commands::SENTIMENT_EXAMPLE)]
    Sentiment(commands::SentimentArgs),
    /// Works out how free workers are, from pay, the minimum wage and an anonymous survey.
    #[command(after_help = commands::FREEDOM_EXAMPLE)]
    Freedom(commands::FreedomArgs),
    /// Signs as the other side of a hand-over: says what somebody offers, and confirms it.
    #[command(after_help = commands::TRANSFER_EXAMPLE)]
    Confirm(commands::ConfirmArgs),
    /// Says who one is on a ledger, vouches for others, changes keys.
    #[command(subcommand)]
    Actor(commands::ActorCommand),
    /// Rebuilds the state and every pack of a log from its entries and bodies alone, compares them, and signs what was found.
    #[command(after_help = commands::REPLAY_EXAMPLE)]
    Replay(commands::ReplayArgs),
    /// Checks the proof that a log's operator said what does not follow.
    #[command(subcommand)]
    Evidence(commands::EvidenceCommand),
    /// Audits a published ledger, makes and checks proofs from it.
    #[command(subcommand)]
    Log(LogCommand),
    /// Watches logs and cosigns their checkpoints (C2SP tlog-witness) until it is stopped; or makes a witness's key.
    #[command(after_help = WITNESS_EXAMPLE)]
    Witness(WitnessArgs),
    /// Keeps a full, verified copy of somebody's ledger, and serves it.
    Mirror(MirrorArgs),
    /// Makes a certificate for this computer in a local network, signed by its own authority.
    LanCert(LanCertArgs),
    /// Prints this command's manual page (roff) to standard output.
    Man,
}

const IMPORT_EXAMPLE: &str = "Examples:
  ecosphere-node import --format epcis events.jsonld --ledger https://example.org/ledger/ --evidence organic.json         # both verifications
  ecosphere-node import --format openfoodfacts products.jsonl.gz --notes odd-rows.jsonl  # a file of any size; every odd row with its reason
  ecosphere-node import --format table cannery.csv --save-map map.json                 # what was understood; then set \"confirmed\" in the map
  ecosphere-node import --format table cannery.csv --map map.json --data DIR --key cannery.key --passport 09520000000011 \\
    --receiver did:key:z6Mk… --offer offer.json                                        # its steps are recorded, the hand-over is offered
  ecosphere-node confirm offer.json --key shop.key --data DIR                          # the receiver signs too";

/// Options of `sample`.
#[derive(Debug, clap::Args)]
pub struct SampleArgs {
    /// Folder to write; what was in it is replaced. Its key goes beside it, to OUT.vkey.
    #[arg(long, value_name = "DIR", default_value = "assets/sample/ledger")]
    pub out: PathBuf,
    /// Folder with the sources.
    #[arg(long, value_name = "DIR", default_value = "assets/sample/source")]
    pub source: PathBuf,
}

/// Options of `serve`.
#[derive(Debug, clap::Args)]
pub struct ServeArgs {
    /// Folder of a ledger to serve and write to; without it, the sample is served read-only.
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Folder of the web app.
    #[arg(long, value_name = "DIR")]
    pub web: Option<PathBuf>,
    /// Port to listen on.
    #[arg(long, default_value_t = 8080)]
    pub port: u16,
    /// Address to listen on. A ledger with public sample keys is served on loopback addresses only.
    #[arg(long, default_value = "127.0.0.1", conflicts_with = "lan")]
    pub host: IpAddr,
    /// Serves phones in the local network too: HTTPS with a certificate from this computer's own authority. The sample is then read-only.
    #[arg(long, conflicts_with = "tls")]
    pub lan: bool,
    /// Folder of this computer's authority for --lan [default: .ecosphere/lan in the home folder].
    #[arg(long, value_name = "DIR", requires = "lan")]
    pub lan_dir: Option<PathBuf>,
    /// HTTPS with this certificate and key (PEM files, separated by a comma).
    #[arg(long, value_name = "CERT,KEY", value_delimiter = ',')]
    pub tls: Option<Vec<PathBuf>>,
    /// Database that several nodes share: postgres://user:password@host/database. Whichever node leads sequences; every node takes statements.
    #[arg(long, value_name = "URL", requires_all = ["data", "files"])]
    pub store: Option<String>,
    /// Where published files and bodies lie, for all nodes: a folder, or s3://bucket/prefix (keys and endpoint from AWS_… variables)
    /// [default: the data folder].
    #[arg(long, value_name = "PLACE", requires = "data")]
    pub files: Option<String>,
    /// Uses a database without a synchronous standby: to try things out, or where the database replicates by itself.
    #[arg(long, requires = "store")]
    pub allow_no_standby: bool,
    /// Fills a database that is new, or behind what was published, from the published files.
    #[arg(long, requires = "store")]
    pub adopt_published: bool,
    /// Another address of this ledger, e.g. a mirror's: the node does not start if that is ahead of the database.
    #[arg(long, value_name = "URL", requires = "store")]
    pub published: Option<String>,
    /// How long the leading node keeps its place after it was last heard of, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 10, requires = "store", value_parser = clap::value_parser!(u32).range(1..=300))]
    pub lease: u32,
    /// A witness that has to cosign before a checkpoint is published, as its address and its verifier key; may be given several times, then all
    /// have to. Kept in DIR/policy (C2SP tlog-policy), which can be edited instead.
    #[arg(long, value_name = "URL=VKEY", requires = "data")]
    pub witness: Vec<String>,
    /// How long a batch of statements stays open, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=3600))]
    pub batch: u32,
}

/// Options of `init`.
#[derive(Debug, clap::Args)]
pub struct InitArgs {
    /// Folder to make the ledger in.
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// Name of the ledger, e.g. example.org/ledger.
    #[arg(long, value_name = "ORIGIN", required_unless_present = "sample", conflicts_with = "sample")]
    pub origin: Option<String>,
    /// did:key of a registrar, who may accredit others; may be given several times.
    #[arg(long, value_name = "DID", required_unless_present = "sample", conflicts_with = "sample")]
    pub registrar: Vec<String>,
    /// A copy of the sample ledger, with its public keys.
    #[arg(long)]
    pub sample: bool,
}

/// What can be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Open Food Facts products, JSON Lines.
    Openfoodfacts,
    /// Open Beauty Facts products, JSON Lines.
    Openbeautyfacts,
    /// WikiRate brands: a folder with brand_answers.json, sub_brands.json and living_wage_scores.json.
    Wikirate,
    /// Supply-chain events: an EPCIS 2.0 document, query document or event, JSON-LD.
    Epcis,
    /// A credential of the UN Transparency Protocol 0.7 (passport, conformity, traceability event, identity anchor), or an array of them.
    Untp,
    /// A supplier's own table, CSV, XLSX or Parquet, through a map of its columns.
    Table,
    /// Answers to the short form for a kind of subject, JSON; the forms are in assets/questionnaires.
    Answers,
}

/// Whose key signs.
#[derive(Debug, Clone, clap::Args)]
#[group(multiple = false)]
pub struct SignerArgs {
    /// File with the signer's seed: 64 hex digits.
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// Name of a public key of the sample, e.g. orchard-and-loom or steward-openfoodfacts.
    #[arg(long, value_name = "NAME")]
    pub sample_key: Option<String>,
}

/// Options of `import`.
#[derive(Debug, clap::Args)]
pub struct ImportArgs {
    /// What the file is.
    #[arg(long, value_enum)]
    pub format: Format,
    /// The file (for wikirate, the folder); .gz is unpacked.
    pub file: PathBuf,
    /// Folder of a ledger to record them on; without it, nothing is written.
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Who records them.
    #[command(flatten)]
    pub signer: SignerArgs,
    /// Lists the rows that were dropped or noted (the first 10 000 of each), not only how many.
    #[arg(long)]
    pub rows: bool,
    /// Lists every row that was dropped or noted in this file, one JSON object a line, however many there are.
    #[arg(long, value_name = "FILE")]
    pub notes: Option<PathBuf>,
    /// Says on standard error how far it is, every two seconds, where that is no terminal; a terminal always gets a bar.
    #[arg(long)]
    pub progress: bool,
    /// For a table: the confirmed map of its columns; without it, one is guessed from the headings and used this once.
    #[arg(long, value_name = "FILE")]
    pub map: Option<PathBuf>,
    /// For a table: where to keep the map that was used, to look at, correct and confirm.
    #[arg(long, value_name = "FILE")]
    pub save_map: Option<PathBuf>,
    /// For events: only counts them, in constant memory, and checks none; for files larger than memory.
    #[arg(long)]
    pub no_check: bool,
    /// For events, with --data: the passport whose way they are steps of, as the digits under the barcode or its subject. Nothing is recorded as
    /// long as something in the file is disproven.
    #[arg(long, value_name = "GTIN|SUBJECT", requires = "data")]
    pub passport: Option<String>,
    /// For events, with --data: records only those of this actor, as the file identifies it; the signer is that actor.
    #[arg(long, value_name = "ID", requires = "data")]
    pub actor: Option<String>,
    /// For events: a certifier's signed word on them (see attest), which counts where --ledger has the certifier in standing; with --data, it is kept
    /// with each event that it covers. May be given several times.
    #[arg(long, value_name = "FILE", conflicts_with = "no_check")]
    pub evidence: Vec<PathBuf>,
    /// For events: looks at this ledger too when it checks: who signed the very same events, which certifiers stand, what others recorded of the same
    /// goods. A node's data folder, a folder of published files, or an address.
    #[arg(long, value_name = "DIR|URL", conflicts_with = "no_check")]
    pub ledger: Option<String>,
    /// For events, with --data: did:key of whoever takes the goods over. A hand-over is then not recorded but offered to them, see --offer.
    #[arg(long, value_name = "DID", requires_all = ["data", "offer"], value_parser = commands::did)]
    pub receiver: Option<DidKey>,
    /// For events, with --receiver: the file for what they have to confirm (ecosphere-node confirm).
    #[arg(long, value_name = "FILE", requires = "receiver")]
    pub offer: Option<PathBuf>,
}

/// Options of `issue`.
#[derive(Debug, clap::Args)]
pub struct IssueArgs {
    /// The passport's content: a credential (signed or not; issuer and dates are set anew).
    pub record: PathBuf,
    /// Folder of the ledger.
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// Who issues it.
    #[command(flatten)]
    pub signer: SignerArgs,
    /// When it ceases to hold, e.g. 2027-12-31T00:00:00Z.
    #[arg(long, value_name = "TIME")]
    pub valid_until: Option<String>,
    /// Where the link leads other phones.
    #[arg(long, value_name = "URL", default_value = "https://id.ecosphere.example/")]
    pub base: String,
    /// Folder for the code, as NUMBER.svg and NUMBER.png; for a batch, for its links, as links.csv.
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub out: PathBuf,
    /// Issues a passport for each row of this table (CSV), of which one column is "serial"; others may be lot, date, name and quantity.
    #[arg(long, value_name = "FILE")]
    pub batch: Option<PathBuf>,
    /// Private attributes: a file with one JSON object, of which every member is encrypted to the --reader keys and can be shown by itself.
    #[arg(long, value_name = "FILE", requires = "reader", conflicts_with = "batch")]
    pub private: Option<PathBuf>,
    /// Who can read the private attributes: age1…; may be given several times.
    #[arg(long, value_name = "AGE", requires = "private")]
    pub reader: Vec<String>,
    /// Draws all codes on a sheet to print (PDF, A4, 24 a page).
    #[arg(long, value_name = "FILE")]
    pub sheet: Option<PathBuf>,
}

/// What can be done with a log.
#[derive(Debug, Subcommand)]
pub enum LogCommand {
    /// Audits a whole published log: checkpoint, witnesses, every tile, entry, batch and pack.
    Verify(VerifyArgs),
    /// Prints the proof that an entry is in a log (C2SP tlog-proof), which anyone can check without the log.
    #[command(after_help = PROVE_EXAMPLE)]
    Prove(ProveArgs),
    /// Checks a proof (C2SP tlog-proof) against a policy, without any network.
    #[command(after_help = PROVE_EXAMPLE)]
    Check(CheckArgs),
    /// Hands a log over to a new operator, by a quorum of the policy's witnesses.
    #[command(subcommand, after_help = commands::HANDOVER_EXAMPLE)]
    Handover(commands::HandoverCommand),
}

const PROVE_EXAMPLE: &str = "Example:
  ecosphere-node log prove https://example.org/ledger/ 42 --policy my.policy > 42.tlog-proof
  ecosphere-node log check 42.tlog-proof --policy my.policy";

/// Whom to believe.
#[derive(Debug, clap::Args)]
#[group(multiple = false)]
pub struct TrustArgs {
    /// File with the policy to believe the log under (C2SP tlog-policy) [default: the sample's].
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// The log's verifier key, where no witness is asked for.
    #[arg(long, value_name = "VKEY")]
    pub key: Option<String>,
}

/// Options of `log verify`.
#[derive(Debug, clap::Args)]
pub struct VerifyArgs {
    /// The folder that holds `checkpoint`, or the address below which it lies.
    #[arg(value_name = "DIR|URL")]
    pub log: String,
    /// Whom to believe.
    #[command(flatten)]
    pub trust: TrustArgs,
    /// did:key of a registrar of this ledger; may be given several times [default: the sample's].
    #[arg(long, value_name = "DID")]
    pub registrar: Vec<String>,
}

/// Options of `log prove`.
#[derive(Debug, clap::Args)]
pub struct ProveArgs {
    /// The folder that holds `checkpoint`, or the address below which it lies.
    #[arg(value_name = "DIR|URL")]
    pub log: String,
    /// The entry's index, from 0, or its statement's id (64 hex digits; then the whole log is read).
    #[arg(value_name = "INDEX|ID")]
    pub entry: String,
    /// Whom to believe.
    #[command(flatten)]
    pub trust: TrustArgs,
}

/// Options of `log check`.
#[derive(Debug, clap::Args)]
pub struct CheckArgs {
    /// The proof.
    #[arg(value_name = "FILE")]
    pub proof: PathBuf,
    /// File with the entry [default: the one that the proof carries].
    #[arg(long, value_name = "FILE")]
    pub entry: Option<PathBuf>,
    /// Whom to believe.
    #[command(flatten)]
    pub trust: TrustArgs,
}

const WITNESS_EXAMPLE: &str = "Example:
  ecosphere-node witness --new-key witness.example/w1 --key w1.key
  ecosphere-node witness --key w1.key --data w1 --log example.org/ledger+1a2b3c4d+AQ… --port 8090

A witness cosigns a checkpoint only if it follows from the one it cosigned last. What it remembers lies in the data folder: never
run one key on two folders, and never go on with a key whose folder was lost or restored from a backup.";

/// Options of `witness`.
#[derive(Debug, clap::Args)]
pub struct WitnessArgs {
    /// File with the witness's private key.
    #[arg(long, value_name = "FILE")]
    pub key: PathBuf,
    /// Makes a key for a witness of this name, writes it to the --key file and prints its public side.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["data", "log"])]
    pub new_key: Option<String>,
    /// Folder in which the witness remembers what it cosigned.
    #[arg(long, value_name = "DIR", required_unless_present = "new_key")]
    pub data: Option<PathBuf>,
    /// Verifier key of a log to watch; may be given several times.
    #[arg(long, value_name = "VKEY", required_unless_present = "new_key")]
    pub log: Vec<String>,
    /// Audits: replays the log at this place (an address or a folder) before each cosignature, and keeps evidence in the --data folder.
    #[arg(long, value_name = "LOG", requires = "data")]
    pub audit: Option<String>,
    /// With --audit, did:key of a registrar of the ledger; may be given several times [default: those in the data folder, else the sample's].
    #[arg(long, value_name = "DID", requires = "audit")]
    pub registrar: Vec<String>,
    /// Port to listen on; 0 takes a free one.
    #[arg(long, default_value_t = 8090)]
    pub port: u16,
    /// Address to listen on. Put a server with HTTPS in front of it before others reach it.
    #[arg(long, default_value = "127.0.0.1")]
    pub host: IpAddr,
}

/// Options of `mirror`.
#[derive(Debug, clap::Args)]
pub struct MirrorArgs {
    /// Where the ledger's checkpoint lies, e.g. `https://example.org/ledger/`.
    pub url: String,
    /// Whom to believe: a C2SP tlog-policy file with the log's key and its witnesses.
    #[arg(long, value_name = "FILE", required_unless_present = "key")]
    pub policy: Option<PathBuf>,
    /// The log's verifier key, to believe it without witnesses.
    #[arg(long, value_name = "VKEY", conflicts_with = "policy")]
    pub key: Option<String>,
    /// Folder of the copy. `evidence` in it holds what the log signed and then contradicted.
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// Goes on copying what is new, until it is stopped.
    #[arg(long)]
    pub follow: bool,
    /// How often to look for something new, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 30, requires = "follow", value_parser = clap::value_parser!(u32).range(1..=86400))]
    pub every: u32,
    /// Serves the copy on this port.
    #[arg(long, requires = "follow")]
    pub port: Option<u16>,
    /// Address to serve on.
    #[arg(long, default_value = "127.0.0.1", requires = "port")]
    pub host: IpAddr,
    /// Folder of the web app, to serve it beside the copy.
    #[arg(long, value_name = "DIR", requires = "port")]
    pub web: Option<PathBuf>,
}

/// Options of `lan-cert`.
#[derive(Debug, clap::Args)]
pub struct LanCertArgs {
    /// Folder of the authority (ca.crt, ca.key) and of what it issues (cert.pem, key.pem, and trust-this.crt for phones).
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Names or addresses it is for [default: this computer's address in the local network, and localhost].
    #[arg(long, value_name = "HOST", num_args = 1..)]
    pub host: Vec<String>,
}

/// What a command has to say.
pub struct Outcome {
    /// For people.
    pub text: String,
    /// For programs.
    pub json: serde_json::Value,
    /// False when the answer is no (exit status 1).
    pub yes: bool,
}

/// Reads the command line and does what it says.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(&cli) {
        Ok(outcome) => {
            say(&if cli.json { outcome.json.to_string() } else { outcome.text });
            ExitCode::from(u8::from(!outcome.yes))
        }
        Err(error) => {
            if cli.json {
                say(&serde_json::json!({ "error": error.to_string() }).to_string());
            } else {
                eprintln!("ecosphere-node: {error}");
            }
            ExitCode::from(if error.is_refusal() { 1 } else { 2 })
        }
    }
}

/// Prints a line, or nothing when whoever was to read it has gone (`… | head`).
fn say(text: &str) {
    if !text.is_empty() {
        let _ = writeln!(std::io::stdout(), "{text}");
    }
}

fn run(cli: &Cli) -> Result<Outcome, NodeError> {
    match &cli.command {
        Command::Serve(args) => commands::serve(args, cli.json),
        Command::Sample(args) => commands::sample(args),
        Command::Init(args) => commands::init(args),
        Command::Import(args) => commands::import(args),
        Command::Attest(args) => commands::attest(args),
        Command::Call(args) => commands::call(args),
        Command::Issue(args) => commands::issue(args),
        Command::Passport(command) => commands::passport(command),
        Command::Label(args) => commands::label(args),
        Command::Journey(args) => commands::journey(args),
        Command::Impact(args) => commands::impact(args),
        Command::Classic(args) => commands::classic(args),
        Command::Sentiment(args) => commands::sentiment(args),
        Command::Freedom(args) => commands::freedom(args),
        Command::Confirm(args) => commands::confirm(args),
        Command::Actor(command) => commands::actor(command),
        Command::Replay(args) => commands::replay(args),
        Command::Evidence(command) => commands::evidence(command),
        Command::Log(LogCommand::Verify(args)) => commands::verify(args),
        Command::Log(LogCommand::Prove(args)) => commands::prove(args),
        Command::Log(LogCommand::Check(args)) => commands::check(args),
        Command::Log(LogCommand::Handover(command)) => commands::handover(command),
        Command::Witness(args) => commands::witness(args, cli.json),
        Command::Mirror(args) => commands::mirror(args, cli.json),
        Command::LanCert(args) => commands::lan_cert(args),
        Command::Man => manual(),
    }
}

/// One page for the program and one for each of its commands, after one another.
fn manual() -> Result<Outcome, NodeError> {
    let mut page = Vec::new();
    let mut open = VecDeque::from([Cli::command().display_name("ecosphere-node")]);
    while let Some(command) = open.pop_front() {
        let above = command.get_display_name().unwrap_or_default().to_owned();
        open.extend(command.get_subcommands().map(|c| c.clone().display_name(format!("{above}-{}", c.get_name()))));
        clap_mangen::Man::new(command).render(&mut page).map_err(|e| NodeError::Usage(e.to_string()))?;
    }
    let text = String::from_utf8_lossy(&page).into_owned();
    Ok(Outcome { json: serde_json::json!({ "roff": text }), text, yes: true })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_and_option_has_help_and_a_place_in_the_manual() {
        Cli::command().debug_assert();
        let manual = manual().unwrap().text;
        let mut open = vec![Cli::command()];
        while let Some(command) = open.pop() {
            assert!(command.get_about().is_some(), "{}", command.get_name());
            for option in command.get_arguments().filter(|a| !matches!(a.get_id().as_str(), "help" | "version")) {
                assert!(option.get_help().is_some(), "{} {}", command.get_name(), option.get_id());
            }
            open.extend(command.get_subcommands().cloned());
        }
        for page in ["ecosphere-node-serve", "ecosphere-node-log-verify", "ecosphere-node-lan-cert"] {
            assert!(manual.to_lowercase().contains(&page.replace('-', "\\-")) || manual.to_lowercase().contains(page), "{page}");
        }
    }

    #[test]
    fn a_command_line_that_contradicts_itself_is_refused() {
        for line in [
            "serve --lan --host 0.0.0.0",
            "serve --lan --tls a,b",
            "serve --lan-dir x",
            "serve --store postgres://x --data y",
            "serve --data y --allow-no-standby",
            "serve --batch 0",
            "init --data x",
            "mirror https://x.example/ --data x",
            "mirror https://x.example/ --data x --key k --port 8080",
            "init --data x --sample --origin example.org/x",
            "import --format csv x",
            "issue x",
            "witness --key x",
            "log verify x --policy p --key k",
            "log prove x",
            "witness --key x --new-key y --data z",
            "frobnicate",
        ] {
            assert!(Cli::try_parse_from(["ecosphere-node"].into_iter().chain(line.split(' '))).is_err(), "{line}");
        }
        for line in [
            "serve --port 80 --web x --data y",
            "--json log verify x",
            "log verify x --json",
            "log verify https://example.org/ledger/ --policy p",
            "log prove x 42 --key k",
            "log check x --entry e --policy p",
            "import --format wikirate x --sample-key y",
            "serve --tls a,b",
            "witness --key x --new-key y",
            "witness --key x --data y --log z --log w",
        ] {
            assert!(Cli::try_parse_from(["ecosphere-node"].into_iter().chain(line.split(' '))).is_ok(), "{line}");
        }
    }
}
