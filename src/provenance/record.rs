//! A record: everything a passport says about one subject, whoever says it, and the credential it travels in.

use super::{ClaimRef, ClaimState, credential};
use crate::{
    measure::Millis,
    passport::SubjectForm,
    statement::{DidKey, SubjectKind},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Everything a passport says about one subject. The text of every member is as the source has it; nothing is invented to fill a gap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// What kind of subject.
    pub kind: SubjectKind,
    /// Which: a GS1 element string such as `(01)03017620422003` or `(01)09520000000011(10)T1(21)7` for products, else
    /// `<registry>:<id>`, e.g. `wikirate:57356`, `retailer:greenbasket`, `openbeautyfacts:2000000000007` (a product that has no valid GTIN).
    pub id: String,
    /// Name for a person.
    pub name: String,
    /// Brand name of a product, or empty.
    pub brand: String,
    /// Id of the organisation it belongs to (a product's brand, a brand's owner).
    pub owner: Option<String>,
    /// Categories from general to specific; empty when unknown.
    pub categories: Vec<CategoryName>,
    /// Net quantity as printed, e.g. `350 g`, or empty.
    pub quantity: String,
    /// What it is and, for a project, what it needs, in plain words; may be empty.
    pub about: String,
    /// Where it is, for a person (a project's place, an organisation's country), or empty.
    pub place: String,
    /// Languages on the pack, ISO 639-1, sorted.
    pub languages: Vec<String>,
    /// What is said of it. Codes of the claim table, each at most once.
    pub claims: Vec<ClaimRef>,
    /// Who attests the claims in state [`ClaimState::Attested`]; must sign the credential too (see [`Record::demote_unsigned`]).
    pub certifier: Option<Party>,
    /// Where the facts come from.
    pub source: Source,
    /// Whose word it is.
    pub form: SubjectForm,
    /// Who made it, where and when: needed for the own passport of a product, unknown in a steward's record.
    pub making: Option<Making>,
    /// Made up, for the sample.
    pub fictional: bool,
}

/// A category with its name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CategoryName {
    /// Stable id, e.g. `en:chocolates`.
    pub id: String,
    /// Name for a person, e.g. "Chocolates".
    pub name: String,
}

/// Where facts come from, and on what terms they may be passed on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Name, e.g. "Open Food Facts".
    pub name: String,
    /// Address of this very subject at the source.
    pub url: String,
    /// Licence, e.g. "ODbL 1.0 (database), DbCL 1.0 (contents)".
    pub licence: String,
    /// Whom to name, e.g. "(c) Open Food Facts contributors".
    pub attribution: String,
}

/// A party with its key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// Its key.
    pub key: DidKey,
    /// Its name.
    pub name: String,
}

/// Who made a product, where and when (UNTP requires these of a Digital Product Passport).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Making {
    /// The facility's id, a URI.
    pub facility: String,
    /// The facility's name and place.
    pub facility_name: String,
    /// ISO 3166-1 alpha-2 code, e.g. `IT`.
    pub country: String,
    /// RFC 3339 date, e.g. `2026-08-20`.
    pub date: String,
}

/// Why a credential could not be read as a record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// Neither a record nor a passport of ours.
    #[error("this credential is of type {0}; EcoSphere reads ProductRecord, OrganisationRecord, ProjectRecord and UNTP DigitalProductPassport")]
    Type(String),
    /// A member is missing or of the wrong shape.
    #[error("the credential's \"{member}\" is wrong: {why}")]
    Shape {
        /// Which member.
        member: &'static str,
        /// What is wrong with it.
        why: String,
    },
}

/// The longest name, brand or quantity, in characters.
pub const MAX_NAME: usize = 300;
/// The longest plain text, in characters.
pub const MAX_ABOUT: usize = 2_000;
/// The most claims, categories or languages of one subject.
pub const MAX_LIST: usize = 64;

impl Record {
    /// The unsigned W3C VC 2.0 credential. `issuer` is whoever will sign: for [`SubjectForm::Record`] the data steward, never the brand.
    #[must_use]
    pub fn to_credential(&self, issuer: &DidKey, issuer_name: &str, issued: Millis, valid_until: Option<Millis>) -> Value {
        credential::write(self, issuer, issuer_name, issued, valid_until)
    }

    /// Reads back what [`Record::to_credential`] wrote, signed or not. Proofs are not looked at here.
    ///
    /// # Errors
    /// The first member that is missing or wrong.
    pub fn from_credential(credential: &Value) -> Result<Self, RecordError> {
        credential::read(credential)
    }

    /// Attested claims hold only if the certifier's own proof is on the credential: where `signers` lacks it, they become self-declared.
    pub fn demote_unsigned(&mut self, signers: &[DidKey]) {
        if self.certifier.as_ref().is_some_and(|c| signers.contains(&c.key)) {
            return;
        }
        for claim in &mut self.claims {
            if claim.state == ClaimState::Attested {
                claim.state = ClaimState::SelfDeclared;
            }
        }
    }

    /// Holds a record to the bounds that keep packs small and screens whole: lengths, no empty id or name, each claim at most once.
    ///
    /// # Errors
    /// The first member that is out of bounds.
    pub fn check(&self) -> Result<(), RecordError> {
        let wrong = |member, why: &str| Err(RecordError::Shape { member, why: why.to_owned() });
        if self.id.is_empty() || self.name.trim().is_empty() {
            return wrong("name", "a subject needs an id and a name");
        }
        let short = [("id", &self.id), ("name", &self.name), ("brand", &self.brand), ("quantity", &self.quantity), ("place", &self.place)];
        if let Some((member, _)) = short.into_iter().find(|(_, text)| text.chars().count() > MAX_NAME) {
            return wrong(member, "it is longer than 300 characters");
        }
        if self.about.chars().count() > MAX_ABOUT {
            return wrong("about", "it is longer than 2 000 characters");
        }
        if self.claims.len().max(self.categories.len()).max(self.languages.len()) > MAX_LIST {
            return wrong("claims", "no subject has more than 64 claims, categories or languages");
        }
        let named = self.categories.iter().all(|c| !c.id.is_empty() && c.id.len().max(c.name.len()) <= MAX_NAME);
        if !named {
            return wrong("categories", "a category needs an id and a name of at most 300 bytes");
        }
        let codes: std::collections::BTreeSet<_> = self.claims.iter().map(|c| &c.code).collect();
        if codes.len() != self.claims.len() || codes.iter().any(|code| code.is_empty() || code.len() > 100) {
            return wrong("claims", "each claim code stands once and has at most 100 bytes");
        }
        Ok(())
    }
}
