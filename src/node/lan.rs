//! A certificate authority of this computer alone, so that a phone's browser gives its camera to the app: `serve --lan`, `lan-cert`.
//!
//! The authority's certificate is constrained to private addresses, `.local` names and `localhost` (RFC 5280, 4.2.1.10): who installs it does
//! not let this computer speak for any other site. Networks that use public addresses get an authority for each such address, in a folder of
//! that name. An authority's key stays in its folder, readable by the owner only.

use super::{
    NodeError,
    folder::{replace, secret},
    sequencer::now,
};
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DistinguishedName, DnType, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, NameConstraints,
};
use std::{
    net::{IpAddr, Ipv4Addr, UdpSocket},
    path::{Path, PathBuf},
};
use time::OffsetDateTime;

/// A certificate for this computer's addresses, signed by its own authority.
#[derive(Debug, Clone)]
pub struct LanCertificate {
    /// The authority's certificate, PEM.
    pub ca: String,
    /// The server's certificate, PEM.
    pub certificate: String,
    /// The server's key, PEM.
    pub key: String,
}

/// Where the authority lives when nobody says otherwise: `.ecosphere/lan` in the home folder.
///
/// # Errors
/// There is no home folder.
pub fn default_folder() -> Result<PathBuf, NodeError> {
    std::env::home_dir()
        .map(|home| home.join(".ecosphere").join("lan"))
        .ok_or_else(|| NodeError::Usage("this system has no home folder; name one with --lan-dir".to_owned()))
}

/// Reads the authority from a folder, or makes it there, and issues a fresh certificate for these hosts (names or addresses).
///
/// # Errors
/// The folder cannot be used, or a host is neither a name nor an address.
pub fn certificate(folder: &Path, hosts: &[String]) -> Result<LanCertificate, NodeError> {
    let named = |h: &String| h.parse::<IpAddr>().is_ok() || (!h.is_empty() && h.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.'));
    if hosts.is_empty() || !hosts.iter().all(named) {
        return Err(NodeError::Usage(format!("\"{}\" are not all names or addresses of a computer", hosts.join(", "))));
    }
    let foreign = hosts.iter().filter_map(|h| h.parse().ok()).find(|ip| !is_private(*ip));
    let (ca, issuer) = match foreign {
        None => authority(folder, None)?,
        Some(address) => authority(&folder.join(address.to_string().replace(':', "-")), Some(address))?,
    };
    let key = KeyPair::generate().map_err(failed)?;
    let mut params = CertificateParams::new(hosts.to_vec()).map_err(failed)?;
    params.distinguished_name = name("EcoSphere node");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    // Phones refuse certificates that hold for more than 398 days.
    set_validity(&mut params, 397)?;
    let certificate = params.signed_by(&key, &issuer).map_err(failed)?;
    Ok(LanCertificate { certificate: format!("{}{ca}", certificate.pem()), ca, key: key.serialize_pem() })
}

/// This computer's address in its local network, if it has one. Nothing is sent to find out.
#[must_use]
pub fn local_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    // Connecting a datagram socket only picks the address it would be sent from (192.0.2.0/24 is for documentation, RFC 5737).
    socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9)).ok()?;
    socket.local_addr().ok().map(|a| a.ip()).filter(|ip| !ip.is_loopback() && !ip.is_unspecified())
}

/// A QR code in characters, for a terminal. Empty when the text is too long for one.
#[must_use]
pub fn terminal_code(text: &str) -> String {
    let draw = |code: qrcode::QrCode| code.render::<qrcode::render::unicode::Dense1x2>().quiet_zone(true).build();
    qrcode::QrCode::new(text).map(draw).unwrap_or_default()
}

/// The addresses that every authority of ours may speak for.
fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(a) => a.is_private() || a.is_link_local() || a.is_loopback(),
        IpAddr::V6(a) => a.is_unique_local() || a.is_unicast_link_local() || a.is_loopback(),
    }
}

fn authority(folder: &Path, extra: Option<IpAddr>) -> Result<(String, Issuer<'static, KeyPair>), NodeError> {
    let (certificate, key) = (folder.join("ca.crt"), folder.join("ca.key"));
    let params = authority_params(extra)?;
    if key.exists() && certificate.exists() {
        let text = std::fs::read_to_string(&key).map_err(NodeError::file(&key))?;
        let pair =
            KeyPair::from_pem(&text).map_err(|_| NodeError::Usage(format!("{} is not a key; remove the folder to start anew", key.display())))?;
        let ca = std::fs::read_to_string(&certificate).map_err(NodeError::file(&certificate))?;
        return Ok((ca, Issuer::new(params, pair)));
    }
    std::fs::create_dir_all(folder).map_err(NodeError::file(folder))?;
    let pair = KeyPair::generate().map_err(failed)?;
    let ca = params.self_signed(&pair).map_err(failed)?.pem();
    if key.exists() {
        return Err(NodeError::Usage(format!("{} is there without its certificate; remove the folder to start anew", key.display())));
    }
    secret(&key, pair.serialize_pem().as_bytes())?;
    replace(&certificate, ca.as_bytes())?;
    Ok((ca, Issuer::new(params, pair)))
}

/// The same every time but for the dates, so that a certificate can be issued without reading the authority's own back.
fn authority_params(extra: Option<IpAddr>) -> Result<CertificateParams, NodeError> {
    let mut params = CertificateParams::default();
    params.distinguished_name = name("EcoSphere local authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let v4 = |a, b, prefix| GeneralSubtree::IpAddress(CidrSubnet::from_v4_prefix([a, b, 0, 0], prefix));
    let v6 = |first, prefix| {
        let mut address = [0; 16];
        address[0] = first;
        address[1] = if first == 0xfe { 0x80 } else { 0 };
        GeneralSubtree::IpAddress(CidrSubnet::from_v6_prefix(address, prefix))
    };
    let mut loopback = [0; 16];
    loopback[15] = 1;
    let mut permitted_subtrees = vec![
        v4(10, 0, 8),
        v4(172, 16, 12),
        v4(192, 168, 16),
        v4(169, 254, 16),
        v4(127, 0, 8),
        v6(0xfc, 7),
        v6(0xfe, 10),
        GeneralSubtree::IpAddress(CidrSubnet::from_v6_prefix(loopback, 128)),
        GeneralSubtree::DnsName("local".to_owned()),
        GeneralSubtree::DnsName("localhost".to_owned()),
    ];
    permitted_subtrees.extend(extra.map(|ip| GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(ip, if ip.is_ipv4() { 32 } else { 128 }))));
    params.name_constraints = Some(NameConstraints { permitted_subtrees, excluded_subtrees: Vec::new() });
    set_validity(&mut params, 5 * 365)?;
    Ok(params)
}

fn name(common: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, common);
    name
}

/// Makes a certificate hold from yesterday (clocks differ) for this many days.
fn set_validity(params: &mut CertificateParams, days: i64) -> Result<(), NodeError> {
    let at = |days: i64| {
        let second = now().0 / 1_000 + days * 86_400;
        OffsetDateTime::from_unix_timestamp(second - second % 86_400).map_err(|e| NodeError::Usage(format!("this computer's clock is wrong ({e})")))
    };
    params.not_before = at(-1)?;
    params.not_after = at(days)?;
    Ok(())
}

fn failed(error: rcgen::Error) -> NodeError {
    NodeError::Usage(format!("the certificate could not be made: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_authority_is_made_once_and_signs_for_the_hosts_it_is_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let first = certificate(folder.path(), &["192.168.1.20".to_owned(), "localhost".to_owned()]).unwrap();
        let second = certificate(folder.path(), &["192.168.1.21".to_owned()]).unwrap();
        assert_eq!(first.ca, second.ca);
        assert_ne!(first.key, second.key);
        assert!(first.certificate.contains(&first.ca));
        assert!(certificate(folder.path(), &["not a host!".to_owned()]).is_err());
    }
}
