//! Open Food Facts category tags: English ids and names a person can read.

use super::CategoryName;

/// The chain of a product's categories, general to specific, with foreign tags brought to their English ones where there is one, so that
/// products of one kind stand together. Tags that name no kind of product are left out, unless nothing else is there. Also how many were left out
/// because they are longer than any real tag, or more than a product has.
pub(super) fn chain<'t>(tags: impl Iterator<Item = &'t str>) -> (Vec<CategoryName>, usize) {
    let mut ids: Vec<&str> = Vec::new();
    let mut out_of_bounds = 0;
    for tag in tags.map(str::trim).filter(|t| !t.is_empty()) {
        if tag.len() > super::MAX_NAME {
            out_of_bounds += 1;
            continue;
        }
        let english = || ENGLISH.iter().find(|(foreign, _)| *foreign == tag).map_or(tag, |(_, english)| english);
        let id = if tag.starts_with("en:") { tag } else { english() };
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    if ids.iter().any(|id| !NO_KIND.contains(id)) {
        ids.retain(|id| !NO_KIND.contains(id));
    }
    out_of_bounds += ids.len().saturating_sub(super::MAX_LIST);
    ids.truncate(super::MAX_LIST);
    (ids.into_iter().map(|id| CategoryName { id: id.to_owned(), name: name(id) }).collect(), out_of_bounds)
}

/// `en:chocolate-candies` as "Chocolate candies".
fn name(id: &str) -> String {
    let words = id.split_once(':').map_or(id, |(_, rest)| rest).replace('-', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Tags about the database or the buyer, not about what the product is.
const NO_KIND: &[&str] = &["en:non-food-products", "en:open-beauty-facts", "en:for-men", "en:for-children", "en:for-babies", "en:groceries"];

const ENGLISH: &[(&str, &str)] = &[
    ("de:duschgel", "en:shower-gels"),
    ("de:gesichtsreinigung", "en:facial-cleansers"),
    ("de:körperlotion", "en:body-milks"),
    ("de:main", "en:hand-creams"),
    ("de:rasierschäume", "en:shaving-foams"),
    ("de:reinigungsmilch", "en:cleansing-milks"),
    ("de:schutzfaktor-30-hoch", "en:sunscreen"),
    ("es:crema-de-manos", "en:hand-creams"),
    ("fr:allaitement", "en:breastfeeding"),
    ("fr:anneaux-d-encornet", "en:squid-rings"),
    ("fr:apres-shampoings-pour-cheveux-secs", "en:hair-conditioners"),
    ("fr:apres-solaires", "en:after-sun-care"),
    ("fr:baumes-a-levres", "en:lip-balms"),
    ("fr:baumes-capillaires", "en:hair-balms"),
    ("fr:bebe", "en:for-babies"),
    ("fr:charcuteries-cuites", "en:cooked-meats"),
    ("fr:coiffants", "en:hair-styling"),
    ("fr:contours-des-yeux", "en:eye-creams"),
    ("fr:coquillettes", "en:elbow-macaroni"),
    ("fr:creme-fesses-bebe", "en:nappy-creams"),
    ("fr:creme-fouettee", "en:whipped-creams"),
    ("fr:cremes-adhesives-pour-protheses-dentaires", "en:denture-adhesives"),
    ("fr:cremes-douche", "en:shower-creams"),
    ("fr:cremes-hydratantes", "en:moisturizing-creams"),
    ("fr:dairies", "en:dairies"),
    ("fr:dentifrices", "en:toothpastes"),
    ("fr:dentifrices-anti-tartre", "en:tartar-control-toothpastes"),
    ("fr:dentifrices-dents-sensibles", "en:sensitive-toothpastes"),
    ("fr:dentifrices-pour-enfants", "en:toothpastes-for-children"),
    ("fr:dish-soap", "en:dish-soaps"),
    ("fr:enfant", "en:for-children"),
    ("fr:gel-de-massage", "en:massage-gels"),
    ("fr:gel-de-rasage", "en:shaving-gels"),
    ("fr:gels-externe", "en:skin-gels"),
    ("fr:grossesse", "en:pregnancy-care"),
    ("fr:huile-de-massage", "en:massage-oils"),
    ("fr:huiles-pour-les-ongles", "en:nail-oils"),
    ("fr:lotions-de-massage", "en:massage-lotions"),
    ("fr:lotions-pour-le-corps", "en:body-milks"),
    ("fr:medicament", "en:medicines"),
    ("fr:medicaments", "en:medicines"),
    ("fr:milks", "en:milks"),
    ("fr:non-alimentaire", "en:non-food-products"),
    ("fr:non-food-products", "en:non-food-products"),
    ("fr:open-beauty-facts", "en:open-beauty-facts"),
    ("fr:pain-a-l-epeautre", "en:spelt-breads"),
    ("fr:papier-toilette", "en:toilet-papers"),
    ("fr:pates-a-tartiner", "en:spreads"),
    ("fr:poudres-libres", "en:loose-powders"),
    ("fr:produits-marketes-pour-les-hommes", "en:for-men"),
    ("fr:savons-liquides", "en:liquid-soaps"),
    ("fr:serum", "en:serums"),
    ("fr:stickers-a-levres", "en:lip-balms"),
    ("fr:tampons-hygieniques", "en:tampons"),
    ("ru:средства-по-уходу-за-волосами", "en:hair-products"),
    ("ru:твёрдый-шампунь", "en:solid-shampoos"),
    ("tr:cc-crèmes", "en:cc-creams"),
    ("tr:maquillage", "en:makeup"),
    ("tr:maquillage-pour-le-teint", "en:face-makeup"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_tags_join_their_english_kin_and_names_can_be_read() {
        let (chain, _) = chain(["fr:open-beauty-facts", "en:oral-hygiene", "fr:dentifrices", "en:toothpastes"].into_iter());
        let shown: Vec<_> = chain.iter().map(|c| (c.id.as_str(), c.name.as_str())).collect();
        assert_eq!(shown, [("en:oral-hygiene", "Oral hygiene"), ("en:toothpastes", "Toothpastes")]);
    }

    #[test]
    fn a_product_with_no_better_category_keeps_what_it_has() {
        let (chain, _) = chain(["fr:open-beauty-facts"].into_iter());
        assert_eq!(chain.first().map(|c| c.name.as_str()), Some("Open beauty facts"));
        assert_eq!(super::chain(["", &"x".repeat(400)].into_iter()), (Vec::new(), 1));
    }
}
