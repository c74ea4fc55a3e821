//! Open Food Facts label tags, in any language, and the rows of the claim table they mean.
//!
//! Contributors type labels freely and the taxonomy knows only some of them, so one label has many tags. A tag that is in neither list
//! is reported by the importer and left out.

use std::{collections::BTreeMap, sync::OnceLock};

/// What a tag means: some rows of the claim table, or nothing that any topic is about.
#[must_use]
pub(super) fn meaning(tag: &str) -> Option<&'static [&'static str]> {
    static MAP: OnceLock<BTreeMap<&str, &[&str]>> = OnceLock::new();
    let map = MAP.get_or_init(|| {
        let said = LABELS.iter().flat_map(|(codes, tags)| tags.iter().map(move |tag| (*tag, *codes)));
        said.chain(NOTHING.iter().map(|tag| (*tag, &[][..]))).collect()
    });
    map.get(tag).copied().or_else(|| by_prefix(tag))
}

/// Families of tags that carry a number or a country in their name.
fn by_prefix(tag: &str) -> Option<&'static [&'static str]> {
    let (_, name) = tag.split_once(':')?;
    let starts = |prefix: &str| name.starts_with(prefix);
    if starts("fsc-") || starts("pefc-") {
        Some(&["label:responsible-forestry"])
    } else if starts("made-in-") || starts("fabrique-en-") || starts("cooked-in-") {
        Some(&["label:origin-stated"])
    } else if is_control_body(name) {
        Some(&["label:organic"])
    } else if starts("nutriscore") || starts("spf-") || starts("lsf-") {
        Some(&[])
    } else {
        None
    }
}

/// `fr-bio-01`, `de-oko-006`: the code of an organic control body (EU 2018/848, Annex V).
fn is_control_body(name: &str) -> bool {
    let parts: Vec<&str> = name.split('-').collect();
    matches!(parts.as_slice(), [country, kind, number]
        if country.len() == 2 && matches!(*kind, "bio" | "oko" | "org" | "eko" | "eco" | "öko") && number.bytes().all(|b| b.is_ascii_digit()))
}

const LABELS: &[(&[&str], &[&str])] = &[
    (
        &["label:organic"],
        &[
            "en:organic",
            "en:eu-organic",
            "en:usda-organic",
            "en:soil-association-organic",
            "en:canada-organic",
            "en:naturland",
            "en:demeter",
            "en:bioland",
            "en:ab-agriculture-biologique",
            "fr:ab-agriculture-biologique",
            "fr:nature-progres",
            "fr:cosmetique-bio-charte-cosmebio",
            "fr:cosmetique-bio-ecologique",
            "fr:bio-coherence",
            "de:natrue-biokosmetik",
            "de:bio",
        ],
    ),
    (
        &["label:natural-cosmetics"],
        &[
            "en:bdih",
            "de:kontrollierte-natur-kosmetik-bdih",
            "en:natrue",
            "fr:ecocert",
            "en:ecocert",
            "fr:ecocert-greenlife",
            "fr:eco-control",
            "fr:ecocontrol",
            "en:cosmos-natural",
        ],
    ),
    (
        &["label:fair-trade"],
        &[
            "en:fair-trade",
            "en:fairtrade-international",
            "en:max-havelaar",
            "fr:max-havelaar",
            "de:fair-for-life",
            "en:fair-for-life",
            "de:world-fair-trade-organization",
            "en:world-fair-trade-organization",
            "en:fair-trade-usa",
        ],
    ),
    (&["label:ethical-trade"], &["en:ethical-trade", "en:ethical-award"]),
    (&["label:rainforest-alliance"], &["en:rainforest-alliance", "en:utz-certified", "en:utz"]),
    (&["label:sustainable-fishing"], &["en:sustainable-fishery", "en:sustainable-seafood-msc", "en:msc", "en:responsible-aquaculture-asc", "en:asc"]),
    (&["label:responsible-forestry"], &["en:fsc", "en:fsc-mix", "en:fsc-recycled", "en:pefc"]),
    (&["label:vegan"], &["en:vegan", "en:the-vegan-society", "en:european-vegetarian-union-vegan"]),
    (&["label:vegetarian"], &["en:vegetarian", "en:vegetarian-society", "en:european-vegetarian-union", "en:european-vegetarian-union-vegetarian"]),
    (&["label:not-vegan"], &["fr:no-vegan", "en:not-vegan"]),
    (&["label:no-gmo"], &["en:no-gmos", "en:non-gmo-project", "de:non-gmo-projekt", "en:gmo-free", "de:ohne-gentechnik"]),
    (&["label:contains-gmo"], &["en:contains-gmos"]),
    (&["label:gluten-free"], &["en:no-gluten", "en:gluten-free", "fr:sans-gluten", "en:crossed-grain-trademark", "en:dzg-gluten-free"]),
    (&["label:lactose-free"], &["en:no-lactose", "en:lactose-free"]),
    (&["label:kosher"], &["en:kosher", "en:orthodox-union-kosher"]),
    (&["label:halal"], &["en:halal"]),
    (&["label:alcohol-free"], &["fr:sans-alcool", "en:no-alcohol", "en:alcohol-free"]),
    (&["label:leaping-bunny"], &["de:leaping-bunny", "en:leaping-bunny"]),
    (
        &["label:not-tested-on-animals"],
        &["en:not-tested-on-animals", "en:cruelty-free", "fr:cruelty-free", "fr:crueltyfree", "fr:palmer-s-est-contre-les-tests-sur-les-animaux"],
    ),
    (&["label:not-tested-on-animals", "label:vegan"], &["fr:crueltyfreeandvegan"]),
    (&["label:palm-oil-free"], &["en:no-palm-oil", "en:palm-oil-free", "fr:sans-huile-de-palme"]),
    (&["label:sustainable-palm-oil"], &["en:sustainable-palm-oil", "en:roundtable-on-sustainable-palm-oil"]),
    (&["label:ecolabel"], &["en:ecolabel", "en:eu-ecolabel", "en:nordic-swan-ecolabel", "en:nordic-ecolabel", "en:blue-angel"]),
    (&["label:green-dot"], &["en:green-dot", "en:green-point"]),
    (&["label:sorting-mark"], &["fr:triman", "en:triman", "en:tidyman"]),
    (&["label:vague-green"], &["en:sustainable", "en:eco-friendly", "en:100-natural", "en:natural-flavors", "en:natural"]),
    (&["label:protected-origin"], &["en:pdo", "en:pgi", "en:igp", "en:tsg"]),
    (
        &["label:origin-stated"],
        &["en:eu-agriculture", "en:non-eu-agriculture", "en:eu-non-eu-agriculture", "en:french-meat", "en:french-pork", "fr:origine-france-garantie"],
    ),
    (&["label:allergy-assessed"], &["en:astma-allergi-danmark", "en:asthma-allergy-nordic"]),
    (
        &["label:skin-tested"],
        &[
            "en:dermatologically-tested",
            "en:hypoallergenic",
            "fr:teste-sous-controle-ophtalmologique",
            "fr:teste-ophtalmologiquement",
            "en:midwife-approved",
        ],
    ),
    (
        &["label:use-warning"],
        &[
            "fr:facilement-inflammable",
            "en:easily-flammable",
            "fr:danger-aerosol-extremement-inflammable",
            "en:not-advised-for-specific-people",
            "en:not-advised-for-pregnant-women",
        ],
    ),
    (&["label:without-parabens"], &["en:without-paraben", "en:paraben-free"]),
    (&["label:without-phthalates"], &["en:without-phthalates"]),
    (&["label:without-perfume"], &["en:without-perfume", "en:synthetic-scent-free"]),
    (
        &["label:without-harsh-agents"],
        &[
            "en:sulfate-free",
            "en:sls-free",
            "fr:sans-sls-sles",
            "fr:sans-sodium-laureth-sulfates",
            "fr:sans-sodium-lauryl-sulfates",
            "en:without-ammonia",
            "en:without-acetone",
        ],
    ),
    (
        &["label:without-persistent-substances"],
        &[
            "fr:sans-huile-minerale",
            "fr:sans-ingredients-issus-du-petrol",
            "en:without-silicon",
            "fr:sans-huile-de-silicone",
            "fr:sans-edta",
            "fr:sans-phosphates",
        ],
    ),
    (&["label:chlorine-free"], &["fr:sans-blanchissement-au-chlore"]),
    (&["label:biobased"], &["en:usda-certified-biobased-product"]),
    (
        &["label:no-additives"],
        &[
            "en:no-additives",
            "en:no-preservatives",
            "en:no-colorings",
            "en:no-colorants",
            "fr:sans-colorant-de-synthese",
            "en:no-artificial-flavors",
            "en:without-phenoxyethanol",
        ],
    ),
    (&["label:no-added-sugar"], &["en:no-added-sugar"]),
];

/// Tags that speak of use, feel, nutrients or trade standards, not of anything a topic is about.
const NOTHING: &[&str] = &[
    "en:neutral-ph-for-the-skin",
    "en:low-or-no-fat",
    "en:no-fat",
    "en:source-of-proteins",
    "en:high-proteins",
    "en:smoked-with-beech-wood",
    "en:unfrozen",
    "en:with-soothing-oat-and-rich-emollients",
    "en:oil-free",
    "fr:palmer-s-ne-fabrique-pas-de-marque-distributeur",
    "fr:non-comedogene",
    "fr:non-gras",
    "fr:100-coton",
    "fr:compatible-avec-les-preservatifs",
    "fr:nf",
    "fr:teste-sur-les-anglais",
    "fr:resiste-a-l-eau",
    "fr:avec-filtre-uv",
    "fr:anti-rides",
    "fr:liftan",
    "fr:peau-ferme",
    "fr:2-epaisseurs",
    "fr:anti-traces",
    "fr:efficacite-longue-duree",
    "fr:fdi",
    "fr:ufsbd",
    "es:cuidado-intensivo-para-manos-castigadas",
    "es:pieles-secas",
    "ru:добровольная-сертификация-рст",
    "ru:рст",
    "ru:ту-9158-070-20680882-05-изм-№1",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provenance::claim_def;
    use std::collections::BTreeSet;

    #[test]
    fn every_label_names_rows_that_exist_and_no_tag_means_two_things() {
        let mut seen = BTreeSet::new();
        for (codes, tags) in LABELS {
            assert!(codes.iter().all(|code| claim_def(code).is_some()), "{codes:?}");
            assert!(tags.iter().all(|tag| seen.insert(*tag)), "{tags:?}");
        }
        assert!(NOTHING.iter().all(|tag| seen.insert(*tag)));
    }

    #[test]
    fn families_of_tags_are_read_by_their_form() {
        assert_eq!(meaning("en:fr-bio-01"), Some(&["label:organic"][..]));
        assert_eq!(meaning("en:de-oko-006"), Some(&["label:organic"][..]));
        assert_eq!(meaning("fr:fsc-c121567"), Some(&["label:responsible-forestry"][..]));
        assert_eq!(meaning("en:made-in-portugal"), Some(&["label:origin-stated"][..]));
        assert_eq!(meaning("de:lsf-30"), Some(&[][..]));
        for unknown in ["", "organic", "en:organicish", "en:a-bio-01", "en:fr-bio-xx"] {
            assert_eq!(meaning(unknown), None, "{unknown}");
        }
    }
}
