//! Whom to believe (C2SP tlog-policy): a log's key, and which witnesses must have cosigned a checkpoint.
//!
//! ```text
//! log <vkey> [<url>]                         "Defining a log"             no key twice
//! witness <name> <vkey> [<url>]              "Defining a witness"         no key twice, no name twice
//! group <name> <all|any|k> <name>…           "Defining a witness group"   names of lines above, each a member of one group at most
//! quorum <name|none>                         "Defining the quorum"        exactly one; a name of a line above
//! ```
//! Lines end in LF; words are parted by spaces and tabs; empty lines and lines that start with `#` say nothing ("Structure"). The last
//! line must end too: otherwise a file that was cut short could ask for less than it did. Text is taken as UTF-8, names are compared
//! byte for byte ("Character set").

use super::{Checkpoint, CosignerKey, Hash, LogError, LogKey, note::SignedNote};
use sha2::{Digest as _, Sha256};
use std::{collections::BTreeSet, fmt};

/// Largest policy, in bytes: hundreds of lines ("Implementation limits" asks for 32 logs, witnesses and groups).
const MAX_POLICY: usize = 64 * 1024;
/// The quorum that nobody has to meet.
const NONE: &str = "none";

/// A policy: which logs are believed, and under which witnesses.
///
/// # Examples
/// ```
/// use ecosphere::log::{Checkpoint, Cosigner, LogSigner, Policy};
/// let log = LogSigner::from_seed("example.org/log", &[1; 32]).unwrap();
/// let witness = Cosigner::from_seed("witness.example/w1", &[2; 32]).unwrap();
/// let policy = Policy::parse(&format!("log {}\nwitness w1 {}\nquorum w1\n", log.key(), witness.key())).unwrap();
///
/// let mut note = Checkpoint { origin: "example.org/log".into(), size: 7, root: [9; 32] }.sign(&log);
/// assert!(policy.open(&note).is_err(), "the witness is missing");
/// note += &witness.cosign(&note, 1_679_315_147).unwrap();
/// assert_eq!(policy.open(&note).unwrap().witnessed, [("w1".to_owned(), 1_679_315_147)]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    logs: Vec<(LogKey, Option<String>)>,
    witnesses: Vec<Witness>,
    groups: Vec<Group>,
    quorum: Option<Member>,
}

/// A witness of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// Its name within the policy.
    pub name: String,
    /// Its key.
    pub key: CosignerKey,
    /// Where it takes checkpoints: its submission prefix (C2SP tlog-witness).
    pub url: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Group {
    name: String,
    threshold: usize,
    members: Vec<Member>,
}

/// An index into the policy's witnesses or groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Member {
    Witness(usize),
    Group(usize),
}

/// A checkpoint that a policy vouches for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trusted {
    /// The checkpoint.
    pub checkpoint: Checkpoint,
    /// The log's key that signed it.
    pub log: LogKey,
    /// The policy's witnesses that cosigned it, each once: name in the policy, and when, in seconds since 1970. In the policy's order.
    pub witnessed: Vec<(String, u64)>,
}

impl Policy {
    /// The policy that believes a log by its key alone, without witnesses.
    #[must_use]
    pub fn of_log(log: LogKey) -> Self {
        Self { logs: vec![(log, None)], witnesses: Vec::new(), groups: Vec::new(), quorum: None }
    }

    /// Reads a policy.
    ///
    /// # Errors
    /// [`LogError::Policy`] with the line and what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, LogError> {
        let lines = text.split_inclusive('\n').count();
        let refused = |line: usize, why: String| LogError::Policy { line, why };
        if text.len() > MAX_POLICY {
            return Err(refused(lines, format!("a policy has at most {MAX_POLICY} bytes")));
        }
        let mut reading = Reading::default();
        for (number, line) in (1..).zip(text.split_inclusive('\n')) {
            let Some(line) = line.strip_suffix('\n') else {
                return Err(refused(number, "it does not end in a newline, so the file may have been cut short".into()));
            };
            if line.chars().any(|c| c.is_ascii_control() && c != '\t') {
                return Err(refused(number, "it holds a control character; only tabs and newlines are allowed".into()));
            }
            let mut words = line.split([' ', '\t']).filter(|w| !w.is_empty());
            if let Some(keyword) = words.next().filter(|w| !w.starts_with('#')) {
                reading.line(keyword, &words.collect::<Vec<_>>()).map_err(|why| refused(number, why))?;
            }
        }
        let Some(quorum) = reading.quorum else {
            return Err(refused(lines + 1, "there is no quorum line; write \"quorum none\" to ask for no witnesses".into()));
        };
        Ok(Self { logs: reading.logs, witnesses: reading.witnesses, groups: reading.groups, quorum })
    }

    /// Reads a signed note and checks that the policy vouches for it: one of its logs signed the checkpoint, and enough of its witnesses
    /// did. Signatures by keys that the policy does not name are not looked at; a wrong one by a key that it names spoils the note
    /// (C2SP signed-note, "Signatures").
    ///
    /// # Errors
    /// [`LogError::Checkpoint`], [`LogError::Cosignature`] or [`LogError::Quorum`].
    pub fn open(&self, note: &str) -> Result<Trusted, LogError> {
        let trusted = self.open_without_quorum(note)?;
        if self.met_by(trusted.witnessed.iter().map(|(name, _)| name.as_str())) {
            return Ok(trusted);
        }
        let quorum = self.quorum.map_or(NONE, |q| self.name(q)).to_owned();
        Err(LogError::Quorum { origin: trusted.checkpoint.origin, quorum, have: trusted.witnessed.into_iter().map(|(name, _)| name).collect() })
    }

    /// As [`Policy::open`], but whoever cosigned may be too few: for gathering cosignatures, and for evidence.
    ///
    /// # Errors
    /// [`LogError::Checkpoint`] or [`LogError::Cosignature`].
    pub fn open_without_quorum(&self, note: &str) -> Result<Trusted, LogError> {
        let origin = self.logs.first().map_or("a log that the policy names (it names none)", |(log, _)| log.origin());
        let refused = |why: &str| LogError::Checkpoint { origin: origin.into(), why: why.into() };
        let note = SignedNote::parse(note).ok_or_else(|| refused("it is not a signed note"))?;
        let checkpoint = Checkpoint::read(note.text).ok_or_else(|| refused("its text is not a checkpoint"))?;
        let mut logs = self.logs.iter().map(|(key, _)| key).filter(|key| key.origin() == checkpoint.origin).peekable();
        if logs.peek().is_none() {
            return Err(refused("it names another log"));
        }
        // Every key's lines are checked, also after one was found.
        let signed = logs.map(|key| Ok(key.signed(&note)?.then_some(key))).collect::<Result<Vec<_>, LogError>>()?;
        let log = signed.into_iter().flatten().next().ok_or_else(|| refused("the log's signature is missing"))?.clone();
        let mut witnessed = Vec::new();
        for witness in &self.witnesses {
            if let Some(time) = witness.key.cosigned(&note)? {
                witnessed.push((witness.name.clone(), time));
            }
        }
        Ok(Trusted { checkpoint, log, witnessed })
    }

    /// Whether these witnesses (names in the policy; others count for nothing) are enough.
    #[must_use]
    pub fn met_by<'n>(&self, names: impl IntoIterator<Item = &'n str>) -> bool {
        let names: BTreeSet<&str> = names.into_iter().collect();
        let mut groups: Vec<bool> = Vec::new();
        let met = |groups: &[bool], member: &Member| match member {
            Member::Witness(n) => self.witnesses.get(*n).is_some_and(|w| names.contains(w.name.as_str())),
            Member::Group(n) => groups.get(*n).copied().unwrap_or(false),
        };
        // A group names only groups above it.
        for group in &self.groups {
            groups.push(group.members.iter().filter(|m| met(&groups, m)).count() >= group.threshold);
        }
        self.quorum.is_none_or(|quorum| met(&groups, &quorum))
    }

    /// The logs it believes.
    pub fn logs(&self) -> impl Iterator<Item = &LogKey> {
        self.logs.iter().map(|(key, _)| key)
    }

    /// The witnesses it knows.
    #[must_use]
    pub fn witnesses(&self) -> &[Witness] {
        &self.witnesses
    }

    /// Whether it asks for a cosignature at all.
    #[must_use]
    pub const fn asks_for_witnesses(&self) -> bool {
        self.quorum.is_some()
    }

    /// The witnesses and the quorum of this policy over a log.
    pub(super) fn watching(&self, log: LogKey) -> Self {
        Self { logs: vec![(log, None)], ..self.clone() }
    }

    /// The same policy with another key in the place of one of its logs', and with the witnesses of `watched` if there are to be others; `None`
    /// when it does not name the one key, or names the other already.
    pub(super) fn handed_over(&self, from: &LogKey, to: &LogKey, watched: Option<&Self>) -> Option<Self> {
        if self.logs.iter().any(|(key, _)| key.public() == to.public()) {
            return None;
        }
        let mut after = Self { logs: self.logs.clone(), ..watched.unwrap_or(self).clone() };
        // The old operator's address is not the new one's.
        *after.logs.iter_mut().find(|(key, _)| key == from)? = (to.clone(), None);
        Some(after)
    }

    /// SHA-256 of the policy as [`Display`](fmt::Display) writes it: what two people compare to know that they mean the same policy,
    /// whatever comments and spaces it was written with.
    #[must_use]
    pub fn fingerprint(&self) -> Hash {
        Sha256::digest(self.to_string()).into()
    }

    fn name(&self, member: Member) -> &str {
        match member {
            Member::Witness(n) => self.witnesses.get(n).map(|w| w.name.as_str()),
            Member::Group(n) => self.groups.get(n).map(|g| g.name.as_str()),
        }
        .unwrap_or_default()
    }
}

/// The policy as text that reads back as the same policy.
impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (key, at) in &self.logs {
            writeln!(f, "log {key}{}", url(at))?;
        }
        self.write_watch(f)
    }
}

/// An address behind a key, if there is one.
fn url(url: &Option<String>) -> String {
    url.as_ref().map(|u| format!(" {u}")).unwrap_or_default()
}

impl Policy {
    /// Its lines but those of its logs.
    pub(super) fn write_watch(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for witness in &self.witnesses {
            writeln!(f, "witness {} {}{}", witness.name, witness.key, url(&witness.url))?;
        }
        for group in &self.groups {
            write!(f, "group {} {}", group.name, group.threshold)?;
            for member in &group.members {
                write!(f, " {}", self.name(*member))?;
            }
            writeln!(f)?;
        }
        writeln!(f, "quorum {}", self.quorum.map_or(NONE, |q| self.name(q)))
    }
}

impl std::str::FromStr for Policy {
    type Err = LogError;
    fn from_str(text: &str) -> Result<Self, LogError> {
        Self::parse(text)
    }
}

/// A policy of which some lines are read.
#[derive(Default)]
struct Reading {
    logs: Vec<(LogKey, Option<String>)>,
    witnesses: Vec<Witness>,
    groups: Vec<Group>,
    /// Who is a member of a group already.
    taken: BTreeSet<Member>,
    quorum: Option<Option<Member>>,
}

impl Reading {
    fn line(&mut self, keyword: &str, words: &[&str]) -> Result<(), String> {
        match (keyword, words) {
            ("log", [vkey, rest @ ..]) if rest.len() <= 1 => {
                let key = LogKey::parse(vkey).map_err(|e| e.to_string())?;
                if self.logs.iter().any(|(known, _)| known.public() == key.public()) {
                    return Err("a log with this key is named above already".into());
                }
                self.logs.push((key, rest.first().map(ToString::to_string)));
            }
            ("witness", [name, vkey, rest @ ..]) if rest.len() <= 1 => {
                self.free(name)?;
                let key = CosignerKey::parse(vkey).map_err(|e| e.to_string())?;
                if let Some(known) = self.witnesses.iter().find(|known| known.key.public() == key.public()) {
                    return Err(format!("{} has this key already, and one witness counts once", known.name));
                }
                self.witnesses.push(Witness { name: (*name).into(), key, url: rest.first().map(ToString::to_string) });
            }
            ("group", [name, threshold, members @ ..]) if !members.is_empty() => self.group(name, threshold, members)?,
            ("quorum", [name]) => {
                if self.quorum.is_some() {
                    return Err("there is a quorum line already".into());
                }
                self.quorum = Some(if *name == NONE { None } else { Some(self.find(name)?) });
            }
            ("log" | "witness" | "group" | "quorum", _) => {
                return Err("write: log <vkey> [<url>], witness <name> <vkey> [<url>], group <name> <all|any|k> <name>…, quorum <name|none>".into());
            }
            (other, _) => return Err(format!("\"{}\" is none of log, witness, group and quorum", other.chars().take(40).collect::<String>())),
        }
        Ok(())
    }

    fn group(&mut self, name: &str, threshold: &str, members: &[&str]) -> Result<(), String> {
        self.free(name)?;
        let threshold = match threshold {
            "all" => members.len(),
            "any" => 1,
            k => {
                let k = k.parse().ok().filter(|n: &usize| n.to_string() == k && (1..=members.len()).contains(n));
                k.ok_or_else(|| format!("a group of {0} needs \"all\", \"any\" or a number from 1 to {0}", members.len()))?
            }
        };
        let mut found = Vec::new();
        for member in members {
            let which = self.find(member)?;
            if !self.taken.insert(which) {
                return Err(format!("{member} is a member of a group already, and may count in one way only"));
            }
            found.push(which);
        }
        self.groups.push(Group { name: name.into(), threshold, members: found });
        Ok(())
    }

    /// A name that is not given away yet.
    fn free(&self, name: &str) -> Result<(), String> {
        if name == NONE {
            return Err("\"none\" cannot be a name".into());
        }
        if self.find(name).is_ok() { Err(format!("{name} is named above already")) } else { Ok(()) }
    }

    fn find(&self, name: &str) -> Result<Member, String> {
        let witness = self.witnesses.iter().position(|w| w.name == name).map(Member::Witness);
        let found = witness.or_else(|| self.groups.iter().position(|g| g.name == name).map(Member::Group));
        found.ok_or_else(|| format!("no line above names a witness or group {}", name.chars().take(40).collect::<String>()))
    }
}

#[cfg(test)]
mod tests;
