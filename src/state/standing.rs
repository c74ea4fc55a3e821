//! Accreditation and standing: a chain of vouchers up to a registrar that the policy trusts.

use super::State;
use crate::statement::{DidKey, Role, SubjectKind};
use std::collections::BTreeSet;

/// Who may issue a passport for a kind of subject.
pub(super) const fn issuing_roles(kind: SubjectKind) -> &'static [Role] {
    match kind {
        SubjectKind::Product => &[Role::Supplier, Role::DataSteward],
        SubjectKind::Organisation => &[Role::DataSteward, Role::Supplier, Role::Retailer, Role::Ngo, Role::Certifier],
        SubjectKind::Project => &[Role::Ngo, Role::DataSteward],
        SubjectKind::Process => &[Role::Supplier, Role::Certifier],
        // A person's passport says only that a registrar knows the person; nothing about them is priced or scored.
        SubjectKind::Person => &[Role::Registrar],
    }
}

/// Who may record a step of a product's way.
pub(super) const STAGE_ROLES: &[Role] = &[Role::Supplier, Role::Retailer];
/// Who may publish prices.
pub(super) const LISTING_ROLES: &[Role] = &[Role::Retailer];

impl State {
    /// Whether an actor has standing in a role now: the policy names it a registrar, or somebody vouches for it who is
    /// itself in standing, as a registrar or in the same role. Withdrawing one link takes standing from all below it. The actor may be named
    /// by any key it ever had.
    #[must_use]
    pub fn in_standing(&self, actor: &DidKey, role: Role) -> bool {
        // Walks up from the actor; each (actor, role) pair is looked at once, so circles of vouchers end nowhere.
        let actor = self.actor_of(actor).unwrap_or(*actor);
        let mut seen = BTreeSet::from([(actor, role)]);
        let mut open = vec![(actor, role)];
        while let Some((who, role)) = open.pop() {
            if role == Role::Registrar && self.policy().registrars.contains(&who) {
                return true;
            }
            for voucher in self.vouchers(&who, role) {
                for as_role in [Role::Registrar, role] {
                    if seen.insert((voucher, as_role)) {
                        open.push((voucher, as_role));
                    }
                }
            }
        }
        false
    }

    /// All roles in which an actor has standing now, in the order of [`Role::ALL`].
    #[must_use]
    pub fn roles(&self, actor: &DidKey) -> Vec<Role> {
        Role::ALL.into_iter().filter(|r| self.in_standing(actor, *r)).collect()
    }
}
