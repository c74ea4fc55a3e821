//! The claim table: what each claim means for topics and hard lines, in groups that each state their basis.
//!
//! A row reads: code, plain text, `(topic, score -100..=100, confidence 0..=100 if it were attested)`, `(hard line, kept?)`.
//! `bot` lowers the confidence for claims that are less than attested. Rows say only what the label or score itself says: a row
//! without topics stands here so that a person sees it and learns that it changes nothing.

use super::ClaimDef;
use crate::{
    measure::{Confidence, Score},
    values::{HardLine as L, Topic as T},
};
use std::{collections::BTreeMap, sync::OnceLock};

struct Group {
    basis: &'static str,
    rows: &'static [Row],
}

struct Row(&'static str, &'static str, &'static [(T, i8, u8)], &'static [(L, bool)]);

/// The claim table, in a fixed order (versioned with the code; append only).
#[must_use]
pub fn claim_table() -> &'static [ClaimDef] {
    static TABLE: OnceLock<Vec<ClaimDef>> = OnceLock::new();
    TABLE.get_or_init(|| GROUPS.iter().flat_map(|group| group.rows).map(Row::def).collect())
}

/// The row with this code.
#[must_use]
pub fn claim_def(code: &str) -> Option<&'static ClaimDef> {
    static BY_CODE: OnceLock<BTreeMap<&str, &ClaimDef>> = OnceLock::new();
    BY_CODE.get_or_init(|| claim_table().iter().map(|def| (def.code.as_str(), def)).collect()).get(code).copied()
}

/// Why a row's scores are what they are, in a sentence or two, with the rule or method they rest on.
#[must_use]
pub fn claim_basis(code: &str) -> Option<&'static str> {
    GROUPS.iter().find(|group| group.rows.iter().any(|row| row.0 == code)).map(|group| group.basis)
}

impl Row {
    fn def(&self) -> ClaimDef {
        ClaimDef {
            code: self.0.to_owned(),
            text: self.1.to_owned(),
            topics: self
                .2
                .iter()
                .map(|&(topic, score, sure)| (topic, Score::clamped(i32::from(score)), Confidence::clamped(u32::from(sure))))
                .collect(),
            lines: self.3.to_vec(),
        }
    }
}

const GROUPS: &[Group] = &[
    Group {
        basis: "Organic rules (EU 2018/848, USDA 7 CFR 205, Nature & Progres) forbid synthetic pesticides, mineral nitrogen and GMOs and set \
                housing rules for animals. The evidence is strong on pollution and field biodiversity, weaker on animal welfare, and contested \
                on climate and health per kilogram, so those two are left out.",
        rows: &[Row(
            "label:organic",
            "Organic label",
            &[(T::Pollution, 70, 70), (T::Nature, 50, 60), (T::AnimalWelfare, 25, 30)],
            &[(L::Organic, true), (L::NoGmo, true)],
        )],
    },
    Group {
        basis: "BDIH, NATRUE, COSMOS, Ecocert and Ecocontrol limit synthetic and petrochemical ingredients in cosmetics. Natural is not organic: \
                only some of their grades ask for organic ingredients, so the hard line on organic stays unknown.",
        rows: &[Row("label:natural-cosmetics", "Certified natural cosmetics", &[(T::Pollution, 50, 50), (T::Nature, 20, 25)], &[])],
    },
    Group {
        basis: "Fairtrade, Fair for Life and WFTO ask for minimum prices, a premium, and freedom from forced and child labour, and audit it; \
                studies find higher and steadier incomes for farmers and less clear effects on hired workers.",
        rows: &[Row(
            "label:fair-trade",
            "Fair trade label",
            &[(T::FairTrade, 85, 75), (T::Community, 40, 40), (T::DecentWork, 40, 45), (T::Freedom, 30, 40)],
            &[(L::FairTrade, true)],
        )],
    },
    Group {
        basis: "An ethical-trade wording or award without a named, audited standard: it names a good intention and proves little.",
        rows: &[Row("label:ethical-trade", "Ethical trade wording", &[(T::DecentWork, 10, 15)], &[])],
    },
    Group {
        basis: "Rainforest Alliance and UTZ audit farm practice on forests and labour, without a minimum price; audits have missed child labour.",
        rows: &[Row(
            "label:rainforest-alliance",
            "Rainforest Alliance or UTZ label",
            &[(T::Nature, 50, 55), (T::DecentWork, 25, 30), (T::Freedom, 20, 30), (T::FairTrade, 15, 25)],
            &[],
        )],
    },
    Group {
        basis: "MSC (wild catch) and ASC (farmed) audit stocks, by-catch and sites against public standards; critics question some certified gear.",
        rows: &[Row("label:sustainable-fishing", "Sustainable fishing label (MSC or ASC)", &[(T::Nature, 50, 55)], &[])],
    },
    Group {
        basis: "FSC and PEFC audit forests and follow wood through the chain; most packs carry the Mix grade, part of which is only controlled wood.",
        rows: &[Row("label:responsible-forestry", "Responsible forestry label (FSC or PEFC)", &[(T::Nature, 40, 55)], &[])],
    },
    Group {
        basis: "Vegan: no ingredient from animals. Vegetarian: none from killed animals. Both lower animal use; the climate effect depends on the \
                product and is not scored.",
        rows: &[
            Row("label:vegan", "Vegan label", &[(T::AnimalWelfare, 85, 75)], &[(L::Vegan, true), (L::Vegetarian, true)]),
            Row("label:vegetarian", "Vegetarian label", &[(T::AnimalWelfare, 30, 55)], &[(L::Vegetarian, true)]),
            Row("label:not-vegan", "Says it is not vegan", &[(T::AnimalWelfare, -30, 40)], &[(L::Vegan, false)]),
        ],
    },
    Group {
        basis: "Without GMOs (Non-GMO Project, Ohne Gentechnik) is a matter of the person's line; the effect on nature runs through herbicide use \
                and is modest either way.",
        rows: &[
            Row("label:no-gmo", "Label: without GMOs", &[(T::Nature, 15, 25)], &[(L::NoGmo, true)]),
            Row("label:contains-gmo", "Contains GMOs", &[(T::Nature, -15, 25)], &[(L::NoGmo, false)]),
        ],
    },
    Group {
        basis: "Facts about health or faith that a person needs as such; they carry no score. The pack must always be checked.",
        rows: &[
            Row("label:gluten-free", "Label: gluten free", &[], &[(L::GlutenFree, true)]),
            Row("label:lactose-free", "Label: lactose free", &[], &[(L::LactoseFree, true)]),
            Row("label:kosher", "Kosher label", &[], &[(L::Kosher, true)]),
            Row("label:halal", "Halal label", &[], &[(L::Halal, true)]),
            Row("label:alcohol-free", "Label: without alcohol", &[], &[(L::AlcoholFree, true)]),
        ],
    },
    Group {
        basis: "Leaping Bunny audits the whole chain for animal tests. Other cruelty-free wording is the maker's own; in the EU tests of cosmetics \
                are banned anyway (1223/2009), so the wording alone adds little.",
        rows: &[
            Row("label:leaping-bunny", "Leaping Bunny: no animal testing", &[(T::AnimalWelfare, 65, 75)], &[(L::NoAnimalTesting, true)]),
            Row("label:not-tested-on-animals", "Says it is not tested on animals", &[(T::AnimalWelfare, 35, 40)], &[(L::NoAnimalTesting, true)]),
        ],
    },
    Group {
        basis: "Oil palm is a main driver of tropical forest loss; leaving it out says little about what replaced it, and RSPO-certified oil is \
                still palm oil with a lower, not zero, forest risk.",
        rows: &[
            Row("label:palm-oil-free", "Label: without palm oil", &[(T::Nature, 20, 25)], &[(L::NoPalmOil, true)]),
            Row("label:sustainable-palm-oil", "Sustainable palm oil label", &[(T::Nature, 5, 40)], &[(L::NoPalmOil, false)]),
        ],
    },
    Group {
        basis: "EU Ecolabel, Nordic Swan and Blue Angel are type I ecolabels (ISO 14024): multi-criteria, third-party, among the better products \
                of their group.",
        rows: &[Row(
            "label:ecolabel",
            "Official ecolabel (EU Ecolabel, Nordic Swan)",
            &[(T::Pollution, 60, 65), (T::Climate, 35, 45), (T::Waste, 30, 40), (T::Water, 30, 35)],
            &[],
        )],
    },
    Group {
        basis: "Marks that are often taken for more than they are: the Green Dot says that a packaging fee was paid, Triman how to sort the pack, \
                and words such as sustainable, eco-friendly or natural without a named standard say nothing that can be checked (EU 2024/825). \
                They change nothing.",
        rows: &[
            Row("label:green-dot", "Green Dot: a packaging fee was paid, no more", &[], &[]),
            Row("label:sorting-mark", "Sorting mark for waste", &[], &[]),
            Row("label:vague-green", "Says sustainable or natural without a named standard", &[], &[]),
        ],
    },
    Group {
        basis: "A protected name (PDO, PGI) ties the making to its region by an inspected specification: income and craft stay there.",
        rows: &[Row("label:protected-origin", "Protected origin (PDO or PGI)", &[(T::Community, 40, 45), (T::Transparency, 25, 35)], &[])],
    },
    Group {
        basis: "The pack says where it, or its main ingredient, comes from: a small step of openness, whatever the place.",
        rows: &[Row("label:origin-stated", "Says where it comes from", &[(T::Transparency, 20, 25)], &[])],
    },
    Group {
        basis: "Asthma Allergy Nordic assesses each ingredient independently. Dermatologically tested, hypoallergenic and the like have no legal \
                threshold: a weak sign of care.",
        rows: &[
            Row("label:allergy-assessed", "Asthma Allergy Nordic label", &[(T::Safety, 55, 60), (T::Health, 20, 30)], &[]),
            Row("label:skin-tested", "Says it is tested on skin or eyes", &[(T::Safety, 10, 15)], &[]),
        ],
    },
    Group {
        basis: "Warnings printed by law (flammable, not for pregnant women and the like): care is needed in use.",
        rows: &[Row("label:use-warning", "Carries a warning for its use", &[(T::Safety, -10, 20)], &[])],
    },
    Group {
        basis: "Free-from wording on cosmetics: parabens, phthalates and perfumes are legal within limits and disputed as endocrine or allergy \
                risks (SCCS opinions); mineral oil, silicones, EDTA and phosphates persist or burden water. Leaving them out is a small plus.",
        rows: &[
            Row("label:without-parabens", "Says: without parabens", &[(T::Health, 10, 20)], &[]),
            Row("label:without-phthalates", "Says: without phthalates", &[(T::Health, 20, 25)], &[]),
            Row("label:without-perfume", "Says: without perfume", &[(T::Health, 15, 20)], &[]),
            Row("label:without-harsh-agents", "Says: without sulfates, ammonia or acetone", &[(T::Health, 5, 15)], &[]),
            Row("label:without-persistent-substances", "Says: without mineral oil, silicones, EDTA or phosphates", &[(T::Pollution, 15, 20)], &[]),
        ],
    },
    Group {
        basis: "Bleaching without chlorine avoids chlorinated organic residues in mill effluent; bio-based content replaces fossil carbon.",
        rows: &[
            Row("label:chlorine-free", "Bleached without chlorine", &[(T::Pollution, 30, 35)], &[]),
            Row("label:biobased", "Certified bio-based content", &[(T::Climate, 15, 25)], &[]),
        ],
    },
    Group {
        basis: "Wording on recipes: fewer additives or no added sugar points the right way for health, but the Nutri-Score of the whole recipe \
                tells more.",
        rows: &[
            Row("label:no-additives", "Says: without additives, colours or preservatives", &[(T::Health, 10, 20)], &[]),
            Row("label:no-added-sugar", "Says: no added sugar", &[(T::Health, 25, 35)], &[]),
        ],
    },
    Group {
        basis: "Nutri-Score, computed by Open Food Facts from the printed nutrition table (2021 and 2023 algorithms): five even steps of \
                nutritional quality, validated against diet-related disease in cohort studies. It does not judge portions or processing.",
        rows: &[
            Row("nutriscore:a", "Nutri-Score A", &[(T::Health, 90, 70)], &[]),
            Row("nutriscore:b", "Nutri-Score B", &[(T::Health, 50, 70)], &[]),
            Row("nutriscore:c", "Nutri-Score C", &[(T::Health, 0, 70)], &[]),
            Row("nutriscore:d", "Nutri-Score D", &[(T::Health, -50, 70)], &[]),
            Row("nutriscore:e", "Nutri-Score E", &[(T::Health, -90, 70)], &[]),
        ],
    },
    Group {
        basis: "Eco-Score, computed by Open Food Facts from the life-cycle average of the category (Agribalyse, 16 impact categories, climate the \
                largest) with corrections for labels, origin and packaging. An average of the category, so the confidence is moderate.",
        rows: &[
            Row("ecoscore:a-plus", "Eco-Score A+", ECO_A_PLUS, &[]),
            Row("ecoscore:a", "Eco-Score A", ECO_A, &[]),
            Row("ecoscore:b", "Eco-Score B", ECO_B, &[]),
            Row("ecoscore:c", "Eco-Score C", ECO_C, &[]),
            Row("ecoscore:d", "Eco-Score D", ECO_D, &[]),
            Row("ecoscore:e", "Eco-Score E", ECO_E, &[]),
            Row("ecoscore:f", "Eco-Score F", ECO_F, &[]),
        ],
    },
    Group {
        basis: "NOVA sorts foods by processing; many ultra-processed foods (4) go with worse health in large cohorts and one controlled trial, with \
                wide differences inside the group, hence the moderate confidence.",
        rows: &[
            Row("nova:1", "Unprocessed or little processed (NOVA 1)", &[(T::Health, 40, 40)], &[]),
            Row("nova:2", "Cooking ingredient (NOVA 2)", &[(T::Health, 0, 30)], &[]),
            Row("nova:3", "Processed (NOVA 3)", &[(T::Health, -10, 40)], &[]),
            Row("nova:4", "Ultra-processed (NOVA 4)", &[(T::Health, -60, 50)], &[]),
        ],
    },
    Group {
        basis: "Read by Open Food Facts from the ingredient list word by word. Certain where every ingredient is known; maybe and may contain \
                stay open and therefore keep or cross no line.",
        rows: &[
            Row("ingredients:palm-oil", "Contains palm oil", &[(T::Nature, -60, 50), (T::Climate, -25, 30)], &[(L::NoPalmOil, false)]),
            Row("ingredients:may-contain-palm-oil", "May contain palm oil", &[(T::Nature, -20, 20)], &[]),
            Row("ingredients:palm-oil-free", "No palm oil among the ingredients", &[(T::Nature, 15, 20)], &[(L::NoPalmOil, true)]),
            Row("ingredients:vegan", "Only plant ingredients", &[(T::AnimalWelfare, 80, 65)], &[(L::Vegan, true), (L::Vegetarian, true)]),
            Row("ingredients:maybe-vegan", "May hold ingredients from animals", &[], &[]),
            Row("ingredients:non-vegan", "Holds ingredients from animals", &[(T::AnimalWelfare, -30, 40)], &[(L::Vegan, false)]),
            Row("ingredients:vegetarian", "No ingredient from killed animals", &[(T::AnimalWelfare, 20, 40)], &[(L::Vegetarian, true)]),
            Row("ingredients:maybe-vegetarian", "May hold ingredients from killed animals", &[], &[]),
            Row(
                "ingredients:non-vegetarian",
                "Holds ingredients from killed animals",
                &[(T::AnimalWelfare, -60, 60)],
                &[(L::Vegetarian, false), (L::Vegan, false)],
            ),
        ],
    },
    Group {
        basis: "FashionChecker's Supply Chain Transparency Score, 0 to 10: what a brand publishes of its suppliers against the Transparency Pledge \
                (names, addresses, parents, products, workers).",
        rows: &[
            Row("wikirate:transparency:none", "Publishes nothing about its suppliers", &[(T::Transparency, -80, 80)], &[]),
            Row("wikirate:transparency:low", "Publishes little about its suppliers", &[(T::Transparency, -30, 80)], &[]),
            Row("wikirate:transparency:medium", "Publishes part of its suppliers", &[(T::Transparency, 20, 80)], &[]),
            Row("wikirate:transparency:good", "Publishes most of its suppliers", &[(T::Transparency, 60, 80)], &[]),
            Row("wikirate:transparency:high", "Publishes its suppliers as pledged", &[(T::Transparency, 90, 80)], &[]),
        ],
    },
    Group {
        basis: "FashionChecker: has the brand publicly committed to a living wage in its whole chain, has it a plan with dates, and does it set \
                labour cost apart when it buys? Words before deeds, so they weigh less than wages shown to be paid.",
        rows: &[
            Row("wikirate:living-wage-commitment:yes", "Commits itself to a living wage", &[(T::DecentWork, 40, 50)], &[]),
            Row("wikirate:living-wage-commitment:partial", "Commits itself in part to a living wage", &[(T::DecentWork, 10, 45)], &[]),
            Row("wikirate:living-wage-commitment:no", "No commitment to a living wage", &[(T::DecentWork, -40, 50)], &[]),
            Row("wikirate:action-plan:yes", "Has a dated plan for living wages", &[(T::DecentWork, 45, 50)], &[]),
            Row("wikirate:action-plan:partial", "Has part of a plan for living wages", &[(T::DecentWork, 10, 45)], &[]),
            Row("wikirate:action-plan:no", "No plan for living wages", &[(T::DecentWork, -30, 50)], &[]),
            Row("wikirate:labour-cost:yes", "Sets labour cost apart when it buys", &[(T::DecentWork, 30, 45)], &[]),
            Row(
                "wikirate:labour-cost:fair-wear",
                "Sets labour cost apart with the Fair Wear Foundation",
                &[(T::DecentWork, 40, 50), (T::Freedom, 20, 30)],
                &[],
            ),
            Row("wikirate:labour-cost:no", "Does not set labour cost apart when it buys", &[(T::DecentWork, -20, 45)], &[]),
        ],
    },
    Group {
        basis: "FashionChecker's Living Wages Paid Score: A all workers in the chain, B more than half, C a quarter to half, D some, E none shown. \
                Only A keeps the line on living wages; with B to E the brand was asked and could not show it for all.",
        rows: &[
            Row("wikirate:living-wage-paid:a", "Shows living wages for all workers (A)", &[(T::DecentWork, 100, 80)], &[(L::LivingWage, true)]),
            Row("wikirate:living-wage-paid:b", "Shows living wages for most workers (B)", &[(T::DecentWork, 60, 80)], &[(L::LivingWage, false)]),
            Row(
                "wikirate:living-wage-paid:c",
                "Shows living wages for a part of its workers (C)",
                &[(T::DecentWork, 10, 75)],
                &[(L::LivingWage, false)],
            ),
            Row("wikirate:living-wage-paid:d", "Shows living wages for few workers (D)", &[(T::DecentWork, -30, 75)], &[(L::LivingWage, false)]),
            Row("wikirate:living-wage-paid:e", "Shows living wages for no worker (E)", &[(T::DecentWork, -80, 70)], &[(L::LivingWage, false)]),
        ],
    },
    Group {
        basis: "What a maker or retailer says of itself and a certifier may attest; each row is a plain fact about how things are made or sold.",
        rows: &[
            Row("own:traceable", "Every step from farm to shelf is signed", &[(T::Transparency, 85, 80)], &[]),
            Row(
                "own:living-wage-paid",
                "Pays a living wage at every step",
                &[(T::DecentWork, 85, 80), (T::Freedom, 30, 40)],
                &[(L::LivingWage, true)],
            ),
            Row("own:no-forced-labour", "Audited: no forced or child labour", &[(T::Freedom, 85, 80)], &[(L::NoForcedLabour, true)]),
            Row("own:equal-pay", "Reports equal pay for equal work", &[(T::Equality, 65, 65)], &[]),
            Row("own:no-collective-agreement", "Staff without a collective agreement", &[(T::DecentWork, -40, 50)], &[]),
            Row("own:renewable-power", "Runs on renewable power", &[(T::Energy, 80, 75), (T::Climate, 50, 60)], &[]),
            Row("own:fossil-heat", "Heats with fossil gas", &[(T::Energy, -50, 60), (T::Climate, -40, 50)], &[]),
            Row("own:drip-irrigation", "Watered drop by drop, metered", &[(T::Water, 65, 70)], &[]),
            Row("own:closed-water", "Cleans and reuses its water", &[(T::Water, 60, 65), (T::Pollution, 40, 50)], &[]),
            Row("own:vegetable-tanning", "Tanned with plants, without chrome", &[(T::Pollution, 60, 70)], &[]),
            Row("own:deforestation-free", "From land not cleared since 2020", &[(T::Nature, 65, 70), (T::Climate, 30, 40)], &[]),
            Row("own:pasture-raised", "Cattle kept on pasture", &[(T::AnimalWelfare, 30, 50)], &[]),
            Row(
                "own:leather",
                "Made of animal skin",
                &[(T::AnimalWelfare, -55, 70), (T::Climate, -35, 45)],
                &[(L::Vegan, false), (L::Vegetarian, false)],
            ),
            Row("own:plant-only", "Only plant ingredients", &[(T::AnimalWelfare, 80, 75)], &[(L::Vegan, true), (L::Vegetarian, true)]),
            Row("own:repair-service", "Repaired by its maker for life", &[(T::Waste, 65, 65)], &[]),
            Row("own:returnable-pack", "Returnable or refilled packs", &[(T::Waste, 65, 65)], &[]),
            Row("own:throwaway-pack", "Mostly throw-away packs", &[(T::Waste, -45, 55)], &[]),
            Row("own:tested-batch", "Every batch tested for residues", &[(T::Safety, 65, 70)], &[]),
            Row("own:local-sourcing", "Buys from its own region first", &[(T::Community, 60, 60)], &[]),
            Row("own:member-owned", "Owned by its members", &[(T::Community, 55, 65), (T::Ethics, 40, 50)], &[]),
            Row("own:open-tax", "Publishes its taxes country by country", &[(T::Ethics, 60, 65), (T::Transparency, 40, 55)], &[]),
            Row("own:no-tracking", "Does not track its customers", &[(T::Privacy, 75, 65)], &[]),
            Row("own:loyalty-tracking", "Tracks purchases through its loyalty card", &[(T::Privacy, -60, 65)], &[]),
        ],
    },
    Group {
        basis: "What a project sets out to do, by the topic it serves directly; effects further away are left out.",
        rows: &[
            Row("project:restores-nature", "Restores nature", &[(T::Nature, 80, 70), (T::Climate, 25, 35)], &[]),
            Row("project:clean-water", "Brings clean water", &[(T::Water, 85, 70), (T::Health, 40, 45)], &[]),
            Row("project:shared-energy", "Builds shared renewable energy", &[(T::Energy, 80, 70), (T::Climate, 50, 55)], &[]),
            Row("project:repairs", "Keeps things in use", &[(T::Waste, 75, 70), (T::Community, 35, 45)], &[]),
            Row("project:cleans-up", "Cleans up pollution", &[(T::Pollution, 80, 70)], &[]),
            Row("project:animals", "Cares for animals", &[(T::AnimalWelfare, 85, 70)], &[]),
            Row("project:health", "Helps people to be well", &[(T::Health, 75, 65)], &[]),
            Row("project:product-testing", "Tests products and publishes the results", &[(T::Safety, 70, 65), (T::Transparency, 40, 50)], &[]),
            Row("project:frees-people", "Helps people out of forced labour", &[(T::Freedom, 90, 70), (T::DecentWork, 40, 45)], &[]),
            Row("project:equal-chances", "Works for equal chances", &[(T::Equality, 80, 70)], &[]),
            Row("project:neighbourhood", "Strengthens a neighbourhood", &[(T::Community, 80, 65)], &[]),
            Row("project:fair-prices", "Gets producers a fair price", &[(T::FairTrade, 80, 65), (T::DecentWork, 30, 40)], &[]),
            Row("project:open-books", "Opens books and budgets", &[(T::Ethics, 75, 65), (T::Transparency, 60, 60)], &[]),
            Row("project:data-rights", "Defends privacy and data rights", &[(T::Privacy, 85, 70)], &[]),
        ],
    },
];

/// One Eco-Score grade over the impacts it weighs, climate with the greatest confidence.
macro_rules! eco {
    ($name:ident, $score:literal) => {
        const $name: &[(T, i8, u8)] = &[(T::Climate, $score, 60), (T::Nature, $score, 40), (T::Pollution, $score, 30), (T::Water, $score, 30)];
    };
}
eco!(ECO_A_PLUS, 95);
eco!(ECO_A, 80);
eco!(ECO_B, 40);
eco!(ECO_C, 0);
eco!(ECO_D, -40);
eco!(ECO_E, -70);
eco!(ECO_F, -95);

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_code_stands_once_and_every_number_is_in_range() {
        let codes: BTreeSet<_> = claim_table().iter().map(|d| d.code.as_str()).collect();
        assert_eq!(codes.len(), claim_table().len());
        for group in GROUPS {
            assert!(group.basis.len() > 60, "a basis is a sentence");
            for Row(code, text, topics, lines) in group.rows {
                assert!(!text.is_empty() && text.chars().count() <= 60, "{code}");
                assert!(topics.iter().all(|(_, score, sure)| (-100..=100).contains(score) && *sure <= 100), "{code}");
                let once: BTreeSet<_> = topics.iter().map(|(t, ..)| t).collect();
                assert_eq!(once.len(), topics.len(), "{code} names a topic twice");
                let once: BTreeSet<_> = lines.iter().map(|(l, _)| l).collect();
                assert_eq!(once.len(), lines.len(), "{code} names a line twice");
                assert!(claim_basis(code).is_some());
            }
        }
    }

    #[test]
    fn every_topic_and_every_line_can_be_spoken_to() {
        for topic in T::ALL {
            assert!(claim_table().iter().any(|d| d.topics.iter().any(|(t, ..)| *t == topic)), "{topic:?}");
        }
        for line in L::ALL {
            assert!(claim_table().iter().any(|d| d.lines.iter().any(|(l, _)| *l == line)), "{line:?}");
        }
    }
}
