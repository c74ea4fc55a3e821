//! `ecosphere-node lan-cert`.

use crate::node::{
    NodeError,
    cli::{LanCertArgs, Outcome},
    folder::replace,
    lan,
};

/// Writes a certificate for this computer, signed by its own authority.
///
/// # Errors
/// The folder cannot be used, or a host is neither a name nor an address.
pub fn lan_cert(args: &LanCertArgs) -> Result<Outcome, NodeError> {
    let mut hosts = args.host.clone();
    if hosts.is_empty() {
        hosts.extend(lan::local_address().map(|a| a.to_string()));
        hosts.push("localhost".to_owned());
    }
    let made = lan::certificate(&args.out, &hosts)?;
    let (certificate, key) = (args.out.join("cert.pem"), args.out.join("key.pem"));
    replace(&certificate, made.certificate.as_bytes())?;
    if key.exists() {
        std::fs::remove_file(&key).map_err(NodeError::file(&key))?;
    }
    crate::node::folder::secret(&key, made.key.as_bytes())?;
    // The authority of a network with public addresses lies deeper; what a phone must trust is beside the rest in any case.
    let ca = args.out.join("trust-this.crt");
    replace(&ca, made.ca.as_bytes())?;
    let text = format!(
        "For {}: {} and {}.\nPhones must trust {} first. Use them with: ecosphere-node serve --tls {},{}",
        hosts.join(", "),
        certificate.display(),
        key.display(),
        ca.display(),
        certificate.display(),
        key.display()
    );
    let json = serde_json::json!({ "hosts": hosts, "certificate": certificate, "key": key, "ca": ca });
    Ok(Outcome { text, json, yes: true })
}
