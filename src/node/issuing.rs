//! Issuing many passports at a time, on all cores. How one is issued is [`crate::organisation::issue`]'s.

use super::{NodeError, check::Checked};
use crate::{
    provenance::Record,
    statement::{self, Digest},
};

pub use crate::organisation::issue::{Issuer, Made};

impl Issuer<'_> {
    /// Signs many, each with its nonce, on all cores, ready for the ledger. In their order.
    ///
    /// Each statement is verified as if somebody else had sent it, and each credential must read back as the record it was made of. Its text is not
    /// parsed again, nor its signature checked: both were made here a moment ago, and every auditor checks them.
    ///
    /// # Errors
    /// The first that cannot be issued: then none should be.
    pub fn make_all(&self, records: &[(Record, [u8; 16])]) -> Result<Vec<(Checked, Digest)>, NodeError> {
        let one = |(record, nonce): &(Record, [u8; 16])| {
            let (Made { entry, body, digest }, signed) = self.compose(record, *nonce, &|_| ())?;
            if Record::from_credential(&signed)? != *record {
                return Err(NodeError::Data(format!("the passport of {} would not say what its record says", record.id)));
            }
            let statement = statement::verify(&entry)?;
            Ok((Checked { statement, entry, bodies: vec![(digest, body)] }, digest))
        };
        on_all_cores(records, &one)
    }

    /// The links of many, on all cores. In their order; those without a link are left out.
    ///
    /// # Errors
    /// None.
    pub fn links(&self, passports: &[(u32, String, Digest)], base: &str) -> Result<Vec<(u32, String, String)>, NodeError> {
        let one =
            |(number, subject, digest): &(u32, String, Digest)| Ok(self.link(*number, subject, *digest, base).map(|l| (*number, subject.clone(), l)));
        Ok(on_all_cores(passports, &one)?.into_iter().flatten().collect())
    }
}

/// Does something to each, spread over the cores, and gives the results in order, or the first error.
fn on_all_cores<T: Sync, R: Send>(items: &[T], one: &(dyn Fn(&T) -> Result<R, NodeError> + Sync)) -> Result<Vec<R>, NodeError> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let share = items.len().div_ceil(cores).max(1);
    std::thread::scope(|scope| {
        let parts: Vec<_> = items.chunks(share).map(|part| scope.spawn(move || part.iter().map(one).collect::<Result<Vec<R>, _>>())).collect();
        let mut all = Vec::with_capacity(items.len());
        for part in parts {
            // Signing does not panic; if it did, that belongs to whoever called.
            all.extend(part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?);
        }
        Ok(all)
    })
}
