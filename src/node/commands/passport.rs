//! `ecosphere-node passport`: what passports a ledger has, the credentials themselves, and what becomes of them (`life.rs`), and
//! what they say to named readers only (`reader.rs`).

use super::{life, reader, signer};
use crate::{
    node::{
        NodeError,
        cli::{Outcome, SignerArgs},
        passports::{Passports, gtin_of},
        sample,
    },
    pack::SubjectRow,
    passport::{SubjectForm, enveloped, seal_envelope, seal_sd_jwt},
    statement::{DidKey, SigningKey},
};
use serde_json::{Value, json};

const EXPORT_EXAMPLE: &str = "Example:
  ecosphere-node passport list --json | jq -r '.passports[] | select(.kind == \"product\") | .gtin'
  ecosphere-node passport export 09526001000012 > passport.json
  ecosphere-node passport export 09526001000012 --form jwt | ecosphere-cli verify -

The credential is printed as it lies on the ledger: W3C VC 2.0 in canonical JSON with its Data Integrity proofs. In an envelope (jwt) the
same text is signed once more by its issuer; with --json the envelope is printed as an EnvelopedVerifiableCredential.";

/// What can be done with passports.
#[derive(Debug, clap::Subcommand)]
pub enum PassportCommand {
    /// Lists the passports that subjects carry themselves.
    List(ListArgs),
    /// Prints the credential of a passport.
    #[command(after_help = EXPORT_EXAMPLE)]
    Export(ExportArgs),
    /// Says which private attributes a passport has; with a reader's key, what they say.
    #[command(after_help = reader::EXAMPLE)]
    Open(reader::OpenArgs),
    /// Shows some of a passport's private attributes to somebody, and no others.
    #[command(after_help = reader::EXAMPLE)]
    Disclose(reader::DiscloseArgs),
    /// Makes a reader's key.
    ReaderKey(reader::KeyArgs),
    /// Suspends, reinstates, revokes or supersedes a passport; the signer is its issuer.
    Status(life::StatusArgs),
    /// Offers a passport to a new owner, in a file that the new owner confirms.
    #[command(after_help = life::TRANSFER_EXAMPLE)]
    Transfer(life::TransferArgs),
    /// Says that a product is no more; the signer is its passport's owner.
    End(life::EndArgs),
}

/// Options of `passport list`.
#[derive(Debug, clap::Args)]
pub struct ListArgs {
    /// The ledger: a node's data folder, a folder of published files, or an address [default: the sample].
    #[arg(long, value_name = "DIR|URL")]
    pub data: Option<String>,
    /// Lists the records too that data stewards made of other people's products and organisations.
    #[arg(long)]
    pub records: bool,
}

/// The form in which a credential is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Form {
    /// JSON with Data Integrity proofs (eddsa-jcs-2022).
    Vc,
    /// In an envelope: vc+jwt, signed with EdDSA.
    Jwt,
    /// As an SD-JWT (RFC 9901), of which `passport disclose` shows single private attributes.
    SdJwt,
}

/// Options of `passport export`.
#[derive(Debug, clap::Args)]
pub struct ExportArgs {
    /// The digits under the barcode, or the subject as `passport list` prints it.
    #[arg(value_name = "GTIN|SUBJECT")]
    pub subject: String,
    /// In which form.
    #[arg(long, value_enum, default_value = "vc")]
    pub form: Form,
    /// The ledger: a node's data folder, a folder of published files, or an address [default: the sample].
    #[arg(long, value_name = "DIR|URL")]
    pub data: Option<String>,
    /// Who signs the envelope: the issuer [default: on the sample, the issuer's public key].
    #[command(flatten)]
    pub signer: SignerArgs,
}

/// Lists passports, prints one, or states something about one.
///
/// # Errors
/// There is no such ledger or passport, or the key is not the issuer's.
pub fn passport(command: &PassportCommand) -> Result<Outcome, NodeError> {
    match command {
        PassportCommand::List(args) => list(args),
        PassportCommand::Export(args) => export(args),
        PassportCommand::Open(args) => reader::open(args),
        PassportCommand::Disclose(args) => reader::disclose(args),
        PassportCommand::ReaderKey(args) => reader::key(args),
        PassportCommand::Status(args) => life::change(args),
        PassportCommand::Transfer(args) => life::transfer(args),
        PassportCommand::End(args) => life::end(args),
    }
}

pub(super) fn open(data: Option<&str>) -> Result<Passports, NodeError> {
    data.map_or_else(Passports::sample, Passports::at)
}

fn list(args: &ListArgs) -> Result<Outcome, NodeError> {
    let passports = open(args.data.as_deref())?;
    let shown = passports.rows().filter(|(_, row)| args.records || row.form == SubjectForm::Own);
    let mut text = String::new();
    let mut rows = Vec::new();
    for (number, row) in shown {
        let gtin = gtin_of(row).map(|gtin| gtin.digits14());
        text.push_str(&format!("{number:>6}  {:<12}  {:<10}  {}  {}\n", row.kind.id(), status(row), row.id, row.name));
        rows.push(json!({
            "gtin": gtin, "kind": row.kind.id(), "name": row.name, "subject": row.id, "number": number, "status": status(row),
            "form": match row.form { SubjectForm::Own => "passport", SubjectForm::Record => "record" },
        }));
    }
    text.push_str(&format!("{} passports", rows.len()));
    Ok(Outcome { text, json: json!({ "passports": rows }), yes: true })
}

const fn status(row: &SubjectRow) -> &'static str {
    row.status.id()
}

fn export(args: &ExportArgs) -> Result<Outcome, NodeError> {
    let passports = open(args.data.as_deref())?;
    let (number, _) = passports.find(&args.subject)?;
    let credential = passports.credential(number)?;
    let body = passports.body(number)?;
    if args.form == Form::Vc {
        return Ok(Outcome { text: String::from_utf8_lossy(body).into_owned(), json: credential, yes: true });
    }
    let key = issuer_key(&credential, passports.index.head.sample, &args.signer)?;
    let seal = if args.form == Form::SdJwt { seal_sd_jwt } else { seal_envelope };
    let jwt = seal(body, &key).map_err(|e| NodeError::Usage(e.to_string()))?;
    Ok(Outcome { json: enveloped(&jwt), text: jwt, yes: true })
}

/// The key of the issuer that a credential names: nobody else's makes a valid envelope.
pub(super) fn issuer_key(credential: &Value, is_sample: bool, args: &SignerArgs) -> Result<SigningKey, NodeError> {
    let issuer = credential.pointer("/issuer/id").and_then(Value::as_str).and_then(|id| DidKey::try_from(id.to_owned()).ok());
    let issuer = issuer.ok_or_else(|| NodeError::Data("the credential names no issuer".to_owned()))?;
    let asked = args.key.is_some() || args.sample_key.is_some();
    let key = if asked { Some(signer::key(args, is_sample)?) } else { is_sample.then(|| sample::key_of(&issuer)).flatten() };
    key.filter(|key| key.did() == issuer).ok_or_else(|| {
        NodeError::Usage(format!("an envelope is signed by the credential's issuer, {issuer}; name the file with its key: --key <file>"))
    })
}
