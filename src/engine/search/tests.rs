//! What a person means is found, however they type it.

use super::*;
use crate::engine::fold::fold;
use proptest::{collection::vec, prelude::*};

fn index(names: &[&str], areas: &[(&str, Option<u16>)]) -> Index {
    let mut builder = Builder::default();
    for (row, name) in (0..).zip(names) {
        builder.add(row, &fold(name));
    }
    builder.finish(areas.iter().map(|(name, parent)| Area { folded: fold(name), parent: *parent }).collect())
}

fn search(index: &Index, typed: &str, category: &[Option<u16>]) -> Vec<u32> {
    index.first(&index.find(&fold(typed), category), 10, &|_| true)
}

#[test]
fn names_are_found_by_beginnings_insides_slips_and_without_accents() {
    let names = ["Nutella Ferrero", "Crème brûlée", "Vollmilchschokolade", "Nutmeg", "Dark chocolate 70 %", "Milk chocolate"];
    let index = index(&names, &[]);
    let found = |typed: &str| search(&index, typed, &[]);
    assert_eq!(found("nut"), [3, 0]);
    assert_eq!(found("creme brulee"), [1]);
    assert_eq!(found("BRÛLÉE crème"), [1]);
    assert_eq!(found("schokolade"), [2]);
    assert_eq!(found("nutela"), [0]);
    assert_eq!(found("nutlela"), [0]);
    assert_eq!(found("choclate dark"), [4]);
    assert_eq!(found("chocolate"), [5, 4]);
    assert_eq!(found("chocolate milk dark"), [0; 0]);
    assert_eq!(found("xyz"), [0; 0]);
    assert_eq!(found(""), [0; 0]);
    assert_eq!(found(" \u{301} % "), [0; 0]);
}

#[test]
fn a_category_is_found_with_all_that_is_below_it() {
    let index = index(&["Lindt Excellence", "Ritter Sport", "Peas"], &[("Chocolates", None), ("Dark chocolates", Some(0)), ("Vegetables", None)]);
    let category = [Some(1), Some(0), Some(2)];
    assert_eq!(search(&index, "chocolate", &category), [1, 0]);
    assert_eq!(search(&index, "chocolate excellence", &category), [0]);
    assert_eq!(search(&index, "dark", &category), [0]);
    assert_eq!(search(&index, "vegtables", &category), [2]);
}

#[test]
fn categories_in_a_circle_are_left_soon() {
    let index = index(&["a"], &[("Soup", Some(1)), ("Stew", Some(0))]);
    assert_eq!(search(&index, "soup", &[Some(1)]), [0]);
}

proptest! {
    #[test]
    fn without_slips_it_finds_just_the_names_that_hold_every_word(
        names in vec("[a-e]{1,4}( [a-e]{1,4}){0,2}", 1..40), typed in "[a-e]{1,3}( [a-e]{1,3}){0,2}",
    ) {
        let lines: Vec<&str> = names.iter().map(String::as_str).collect();
        let index = index(&lines, &[]);
        let words: Vec<&str> = typed.split(' ').collect();
        let holds = |name: &str| words.iter().all(|w| name.split(' ').any(|n| n.starts_with(w) || w.len() > 2 && n.contains(w)));
        let found = index.look(&words, &[], false);
        for (row, name) in names.iter().enumerate() {
            prop_assert_eq!(found.off(row).is_some(), holds(name), "{} in {}", typed, name);
        }
        prop_assert_eq!(found.count(), names.iter().filter(|n| holds(n)).count());
        let first = index.first(&found, 5, &|_| true);
        prop_assert_eq!(first.len(), found.count().min(5));
        prop_assert!(first.is_sorted_by_key(|row| (found.off(*row as usize), names[*row as usize].len())));
    }

    #[test]
    fn whatever_is_typed_it_answers(names in vec(any::<String>(), 0..10), typed in any::<String>()) {
        let lines: Vec<&str> = names.iter().map(String::as_str).collect();
        let _ = search(&index(&lines, &[("Soup", None)]), &typed, &[Some(0), None]);
        let mut raw = Builder::default();
        names.iter().enumerate().for_each(|(row, name)| raw.add(row as u32 * 300, name));
        let _ = raw.finish(vec![]).find(&typed, &[]);
    }
}
