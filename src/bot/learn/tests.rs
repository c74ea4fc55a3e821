//! Simulated people: whoever they are is known, so what is learned can be held against it.

use super::*;
use proptest::prelude::*;

/// Numbers that look random and are the same every time.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) as f64 / u64::MAX as f64
    }

    pub(super) fn normal(&mut self) -> f64 {
        (-2.0 * self.uniform().max(1e-300).ln()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos()
    }

    fn alternative<const D: usize>(&mut self) -> Vector<D> {
        std::array::from_fn(|_| 2.0 * self.uniform() - 1.0)
    }

    /// What somebody with these weights picks, noise and all.
    fn picks<const D: usize>(&mut self, weights: &Vector<D>, shown: &[Vector<D>]) -> usize {
        let noisy = |x: &Vector<D>, dice: &mut Self| linear::dot(x, weights) - (-dice.uniform().max(1e-300).ln()).ln();
        let utilities: Vec<f64> = shown.iter().map(|x| noisy(x, self)).collect();
        (0..shown.len()).max_by(|a, b| utilities[*a].total_cmp(&utilities[*b])).unwrap()
    }
}

const D: usize = 8;

/// Half of what people care for they share, and neighbours go together.
fn prior() -> Prior<D> {
    let mut covariance = [[0.0; D]; D];
    for (i, row) in covariance.iter_mut().enumerate() {
        for (j, place) in row.iter_mut().enumerate() {
            *place = 0.5 * 0.7_f64.powi(i.abs_diff(j) as i32) + if i == j { 0.5 } else { 0.0 };
        }
    }
    Prior { mean: [1.0, 0.5, 1.5, 0.0, 1.0, -0.5, 2.0, 0.5], covariance, one_sided: [false; D] }
}

/// Somebody from among those the prior describes.
fn somebody(dice: &mut Dice, prior: &Prior<D>) -> Vector<D> {
    let factor = linear::cholesky(&prior.covariance).unwrap();
    let z: Vector<D> = std::array::from_fn(|_| dice.normal());
    std::array::from_fn(|i| prior.mean[i] + linear::dot(&factor[i], &z))
}

fn pair(dice: &mut Dice) -> Vec<Vector<D>> {
    vec![dice.alternative(), dice.alternative()]
}

fn after(dice: &mut Dice, weights: &Vector<D>, choices: usize) -> Model<D> {
    let mut model = Model::new(&prior()).unwrap();
    for _ in 0..choices {
        let shown = pair(dice);
        let picked = dice.picks(weights, &shown);
        model.learn(Choice::new(shown, picked).unwrap());
    }
    model
}

proptest! {
    #[test]
    fn at_the_posterior_nothing_pulls_but_against_a_bound(
        numbers in proptest::collection::vec(-1.5_f64..1.5, 3 * 3 * 12), picked in proptest::collection::vec(0_usize..3, 12), one_sided in any::<[bool; 3]>(),
    ) {
        let prior = Prior { mean: [0.5, 0.2, -0.3], covariance: [[1.0, 0.4, 0.1], [0.4, 1.0, 0.0], [0.1, 0.0, 0.5]], one_sided };
        let mut model = Model::new(&prior).unwrap();
        for (shown, picked) in numbers.chunks(9).zip(picked) {
            let shown = shown.chunks(3).map(|x| x.try_into().unwrap()).collect();
            model.learn(Choice::new(shown, picked).unwrap());
        }
        // The slope by small steps, not by the formula under test.
        let cost = |w: &Vector<3>| {
            let off: Vector<3> = std::array::from_fn(|i| w[i] - prior.mean[i]);
            let precision = linear::inverse(&linear::cholesky(&prior.covariance).unwrap());
            let mut cost = 0.5 * linear::form(&precision, &off);
            for (shown, at) in numbers.chunks(9).zip(model_picks(&model)) {
                let utilities: Vec<f64> = shown.chunks(3).map(|x| linear::dot(x.try_into().unwrap(), w)).collect();
                cost -= choice::softmax(&utilities)[at].ln();
            }
            cost
        };
        let at = model.posterior().mean;
        for i in 0..3 {
            let moved = |by: f64| { let mut w = at; w[i] += by; cost(&w) };
            let slope = (moved(1e-4) - moved(-1e-4)) / 2e-4;
            if one_sided[i] && at[i] == 0.0 {
                prop_assert!(slope > -1e-3, "weight {i} is held though it would rise: {slope}");
            } else {
                prop_assert!(!one_sided[i] || at[i] > 0.0);
                prop_assert!(slope.abs() < 1e-3, "weight {i} is pulled by {slope}");
            }
        }
    }

    #[test]
    fn no_numbers_make_it_panic_or_lose_its_footing(
        shown in proptest::collection::vec(any::<[f64; 3]>(), 0..6), picked in 0_usize..6, huge in -1e300_f64..1e300,
    ) {
        let prior = Prior { mean: [1.0; 3], covariance: [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]], one_sided: [true, false, true] };
        let mut model = Model::new(&prior).unwrap();
        for _ in 0..3 {
            if let Ok(choice) = Choice::new(shown.clone(), picked) {
                model.learn(choice);
            }
            model.learn(Choice::new(vec![[huge; 3], [-huge, huge, 0.0]], 1).unwrap());
        }
        let belief = model.belief();
        prop_assert!(belief.mean.iter().chain(belief.covariance.iter().flatten()).all(|x| x.is_finite()));
        prop_assert!((0.0..=1.0).contains(&model.randomness()));
        prop_assert!(information(&belief, &[[huge; 3], [f64::NAN; 3], [1.0; 3]]) >= 0.0);
    }

    #[test]
    fn chances_add_up_to_one_and_a_question_tells_no_more_than_its_answer_holds(seed in any::<u64>(), count in 2_usize..7) {
        let mut dice = Dice(seed);
        let weights = somebody(&mut dice, &prior());
        let model = after(&mut dice, &weights, 3);
        let shown: Vec<Vector<D>> = (0..count).map(|_| dice.alternative()).collect();
        let chances = model.posterior().chances(&shown);
        prop_assert!((chances.iter().sum::<f64>() - 1.0).abs() < 1e-9 && chances.iter().all(|c| *c >= 0.0));
        let told = information(model.posterior(), &shown);
        prop_assert!((0.0..=(count as f64).ln()).contains(&told));
    }
}

fn model_picks<const N: usize>(model: &Model<N>) -> Vec<usize> {
    model.recent().map(Choice::picked).collect()
}

#[test]
fn ten_choices_foretell_the_next_better_than_the_prior_alone() {
    let mut dice = Dice(1);
    let (mut before, mut learned, mut loss_before, mut loss_learned) = (0, 0, 0.0, 0.0);
    const PEOPLE: usize = 200;
    for _ in 0..PEOPLE {
        let weights = somebody(&mut dice, &prior());
        let model = after(&mut dice, &weights, 10);
        for _ in 0..10 {
            let shown = pair(&mut dice);
            let picked = dice.picks(&weights, &shown);
            let (old, new) = (model.prior().chances(&shown), model.posterior().chances(&shown));
            before += usize::from(old[picked] > 0.5);
            learned += usize::from(new[picked] > 0.5);
            loss_before -= old[picked].ln();
            loss_learned -= new[picked].ln();
        }
    }
    assert!(learned > before + PEOPLE / 5, "{learned} against {before} of {}", PEOPLE * 10);
    assert!(loss_learned < 0.98 * loss_before, "{loss_learned} against {loss_before}");
}

#[test]
fn questions_chosen_for_what_they_tell_teach_more_than_as_many_at_random() {
    let mut dice = Dice(2);
    let (mut random, mut chosen) = (0.0, 0.0);
    for _ in 0..60 {
        let weights = somebody(&mut dice, &prior());
        let candidates: Vec<Vec<Vector<D>>> = (0..60).map(|_| pair(&mut dice)).collect();
        let mut models = [Model::new(&prior()).unwrap(), Model::new(&prior()).unwrap()];
        for turn in 0..4 {
            let (best, told) = best_question(models[0].posterior(), candidates.iter().map(Vec::as_slice)).unwrap();
            assert!(candidates.iter().all(|c| information(models[0].posterior(), c) <= told));
            for (model, at) in models.iter_mut().zip([best, turn]) {
                let shown = candidates[at].clone();
                let picked = dice.picks(&weights, &shown);
                model.learn(Choice::new(shown, picked).unwrap());
            }
        }
        let off = |m: &Model<D>| -> f64 { m.posterior().mean.iter().zip(&weights).map(|(a, b)| (a - b).powi(2)).sum() };
        chosen += off(&models[0]);
        random += off(&models[1]);
    }
    assert!(chosen < 0.95 * random, "{chosen} against {random}");
}

#[test]
fn among_several_alternatives_the_question_that_tells_most_is_found_too() {
    let mut dice = Dice(3);
    let posterior = Model::new(&prior()).unwrap().posterior().clone();
    let dull: Vec<Vector<D>> = vec![[0.0; D]; 4];
    let telling: Vec<Vector<D>> = (0..4).map(|_| dice.alternative()).collect();
    assert!(information(&posterior, &dull) < 1e-12);
    let (best, told) = best_question(&posterior, [dull.as_slice(), telling.as_slice()]).unwrap();
    assert_eq!(best, 1);
    assert!(told > 0.05, "{told}");
    assert_eq!(best_question(&posterior, std::iter::empty()), None);
}

/// Of pairs told with some confidence, how many hold: by tenths from 50 % up, `(told, held, pairs)`.
fn calibration(choices: usize) -> Vec<(f64, f64, u32)> {
    let mut dice = Dice(4);
    let mut bins = vec![(0.0, 0.0, 0_u32); 5];
    for _ in 0..150 {
        let weights = somebody(&mut dice, &prior());
        let belief = after(&mut dice, &weights, choices).belief();
        for _ in 0..20 {
            let shown = pair(&mut dice);
            let sure = belief.surely_better(&shown[0], &shown[1]);
            let right = linear::dot(&shown[0], &weights) > linear::dot(&shown[1], &weights);
            let (told, held) = if sure >= 0.5 { (sure, right) } else { (1.0 - sure, !right) };
            let bin = &mut bins[(((told - 0.5) * 10.0) as usize).min(4)];
            *bin = (bin.0 + told, bin.1 + f64::from(u8::from(held)), bin.2 + 1);
        }
    }
    bins.into_iter().map(|(told, held, n)| (told / f64::from(n), held / f64::from(n), n)).collect()
}

#[test]
fn of_what_is_said_with_eighty_percent_confidence_eighty_percent_hold() {
    for choices in [0, 10, 40] {
        for (told, held, pairs) in calibration(choices) {
            assert!(pairs > 100, "{choices} choices: only {pairs} pairs told with {told:.2}");
            assert!((told - held).abs() < 0.05, "after {choices} choices, told {told:.3}, held {held:.3} of {pairs}");
        }
    }
}

#[test]
fn whoever_picks_at_random_is_not_known_however_often_they_pick() {
    let mut dice = Dice(5);
    let (mut random, mut true_to_self) = (Vec::new(), Vec::new());
    for _ in 0..40 {
        let weights = somebody(&mut dice, &prior());
        for (at_random, told) in [(true, &mut random), (false, &mut true_to_self)] {
            let mut model = Model::new(&prior()).unwrap();
            for _ in 0..60 {
                let shown = pair(&mut dice);
                let picked = if at_random { usize::from(dice.uniform() < 0.5) } else { dice.picks(&weights, &shown) };
                model.learn(Choice::new(shown, picked).unwrap());
            }
            let open: f64 =
                (0..D).map(|i| model.belief().covariance[i][i]).sum::<f64>() / (0..D).map(|i| model.prior().covariance[i][i]).sum::<f64>();
            told.push((model.randomness(), open));
        }
    }
    let median = |told: &mut Vec<(f64, f64)>| {
        told.sort_by(|a, b| a.0.total_cmp(&b.0));
        told[told.len() / 2]
    };
    let (random, true_to_self) = (median(&mut random), median(&mut true_to_self));
    assert!(random.0 > 0.5 && random.1 > 0.5, "{random:?}");
    assert!(true_to_self.0 < 0.01 && true_to_self.1 < 0.5, "{true_to_self:?}");
}

#[test]
fn older_choices_count_though_they_are_no_longer_held() {
    let mut dice = Dice(6);
    let weights = somebody(&mut dice, &prior());
    let model = after(&mut dice, &weights, 200);
    let open = |m: &Model<D>| (0..D).map(|i| m.posterior().covariance[i][i]).sum::<f64>();
    let few = after(&mut Dice(6), &weights, WINDOW);
    assert_eq!((model.made(), model.recent().count()), (200, WINDOW));
    assert!(open(&model) < 0.4 * open(&few), "{} {}", open(&model), open(&few));
    for (i, w) in weights.iter().enumerate() {
        let (mean, sd) = (model.posterior().mean[i], model.posterior().covariance[i][i].sqrt());
        assert!((mean - w).abs() < 4.0 * sd, "weight {i}: {mean} ± {sd}, in truth {w}");
    }
}

#[test]
fn choices_learned_together_lead_where_they_lead_one_by_one() {
    let mut dice = Dice(8);
    let weights = somebody(&mut dice, &prior());
    let one_by_one = after(&mut dice, &weights, 20);
    let mut together = Model::new(&prior()).unwrap();
    together.learn_together(one_by_one.recent().cloned());
    for i in 0..D {
        assert!((together.posterior().mean[i] - one_by_one.posterior().mean[i]).abs() < 1e-5);
    }
    assert_eq!(together.made(), 20);
}

#[test]
fn the_way_from_the_prior_is_made_of_what_each_choice_moved() {
    let mut dice = Dice(7);
    let weights = somebody(&mut dice, &prior());
    let model = after(&mut dice, &weights, 12);
    for i in 0..D {
        let moved: f64 = model.recent().map(|choice| model.share_of(choice)[i]).sum();
        assert!((model.posterior().mean[i] - model.prior().mean[i] - moved).abs() < 1e-5);
    }
}

#[test]
fn a_habit_of_taking_the_first_is_not_mistaken_for_a_value() {
    // The last attribute is the place: 1 for what is shown first.
    let mut covariance = [[0.0; 3]; 3];
    (0..3).for_each(|i| covariance[i][i] = 1.0);
    let prior = Prior { mean: [1.0, 1.0, 0.0], covariance, one_sided: [true, true, false] };
    let (mut with, mut blind) = (Model::new(&prior).unwrap(), Model::new(&prior).unwrap());
    for _ in 0..12 {
        with.learn(Choice::new(vec![[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]], 0).unwrap());
        blind.learn(Choice::new(vec![[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]], 0).unwrap());
    }
    let lead = |m: &Model<3>| m.posterior().mean[0] - m.posterior().mean[1];
    assert!(with.posterior().mean[2] > 0.5, "the habit shows");
    assert!(lead(&with) < 0.8 * lead(&blind), "{} {}", lead(&with), lead(&blind));
}

#[test]
fn contradictions_are_found_and_plain_choices_are_none() {
    let signs = [Sign::OneSided, Sign::OneSided, Sign::OneSided, Sign::Aside];
    let choice = |a: [f64; 3], b: [f64; 3]| Choice::new(vec![[a[0], a[1], a[2], 1.0], [b[0], b[1], b[2], 0.0]], 0).unwrap();
    let [x, y, z] = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    // Something worse in every way.
    assert_eq!(contradiction(&[choice([0.0; 3], x)], &signs), Some(vec![0]));
    // One thing and its reverse, with something else between.
    assert_eq!(contradiction(&[choice(x, y), choice(z, y), choice(y, x)], &signs), Some(vec![0, 2]));
    // A circle.
    assert_eq!(contradiction(&[choice(x, y), choice(y, z), choice(z, x)], &signs), Some(vec![0, 1, 2]));
    // Taste, not contradiction.
    assert_eq!(contradiction(&[choice(x, y), choice(y, z), choice(x, z)], &signs), None);
    assert_eq!(contradiction(&[choice(x, x)], &signs), None);
    assert_eq!(contradiction::<4>(&[], &signs), None);
}

#[test]
fn a_prior_that_is_none_is_refused() {
    let prior = |c: f64, m: f64| Prior { mean: [m, 0.0], covariance: [[1.0, c], [c, 1.0]], one_sided: [false; 2] };
    assert!(Model::new(&prior(0.5, 0.0)).is_ok());
    for (c, m) in [(1.5, 0.0), (f64::NAN, 0.0), (0.0, f64::NAN), (0.0, f64::INFINITY)] {
        assert_eq!(Model::new(&prior(c, m)).unwrap_err(), NotAPrior);
    }
    let alternatives = |n| vec![[0.0; 2]; n];
    assert_eq!(Choice::new(alternatives(1), 0), Err(ChoiceError::TooFew));
    assert_eq!(Choice::new(alternatives(2), 2), Err(ChoiceError::NotShown));
    assert_eq!(Choice::new(alternatives(MOST_SHOWN + 1), 2), Err(ChoiceError::TooMany));
    assert_eq!(Choice::new(vec![[f64::NAN, 0.0], [0.0; 2]], 0), Err(ChoiceError::NotANumber));
    assert_eq!(Choice::new(vec![[f64::INFINITY, 0.0], [0.0; 2]], 0).unwrap().shown()[0], [REACH, 0.0]);
}

#[test]
fn an_order_that_is_kept_is_told_from_one_that_is_turned() {
    let belief = |mean| Posterior { mean, covariance: [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]] };
    let alternatives = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    let before = belief([1.0, 2.0, 3.0]);
    assert_eq!(same_order(&before, &belief([0.1, 0.5, 0.6]), &alternatives), 1.0);
    assert_eq!(same_order(&before, &belief([3.0, 2.0, 1.0]), &alternatives), 0.0);
    assert_eq!(same_order(&before, &belief([2.0, 1.0, 3.0]), &alternatives), 2.0 / 3.0);
    assert_eq!(same_order(&before, &before, &[]), 1.0);
}
