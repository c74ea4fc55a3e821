//! Linear algebra of a fixed, small size: a Cholesky factor and what follows from it.

/// A column of `D` numbers.
pub type Vector<const D: usize> = [f64; D];
/// `D` rows of `D` numbers.
pub type Matrix<const D: usize> = [[f64; D]; D];

/// `Σ a·b`.
pub(super) fn dot<const D: usize>(a: &Vector<D>, b: &Vector<D>) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// `M v`.
pub(super) fn times<const D: usize>(m: &Matrix<D>, v: &Vector<D>) -> Vector<D> {
    m.each_ref().map(|row| dot(row, v))
}

/// `vᵀ M v`.
pub(super) fn form<const D: usize>(m: &Matrix<D>, v: &Vector<D>) -> f64 {
    dot(&times(m, v), v)
}

/// `M += f · v vᵀ`.
pub(super) fn add_outer<const D: usize>(m: &mut Matrix<D>, f: f64, v: &Vector<D>) {
    for (row, x) in m.iter_mut().zip(v) {
        let fx = f * x;
        for (place, y) in row.iter_mut().zip(v) {
            *place += fx * y;
        }
    }
}

/// The lower triangle `L` with `L Lᵀ = M`; `None` when `M` is not positive definite, or holds what is not a number.
pub(super) fn cholesky<const D: usize>(m: &Matrix<D>) -> Option<Matrix<D>> {
    let mut l = [[0.0; D]; D];
    for i in 0..D {
        for j in 0..=i {
            let known: f64 = (0..j).map(|k| l[i][k] * l[j][k]).sum();
            let left = m[i][j] - known;
            if i != j {
                l[i][j] = left / l[j][j];
            } else if left > 0.0 && left.is_finite() {
                l[i][i] = left.sqrt();
            } else {
                return None;
            }
        }
    }
    Some(l)
}

/// The `x` with `L Lᵀ x = b`.
pub(super) fn solve<const D: usize>(l: &Matrix<D>, b: &Vector<D>) -> Vector<D> {
    let mut x = *b;
    for i in 0..D {
        let known: f64 = (0..i).map(|k| l[i][k] * x[k]).sum();
        x[i] = (x[i] - known) / l[i][i];
    }
    for i in (0..D).rev() {
        let known: f64 = (i + 1..D).map(|k| l[k][i] * x[k]).sum();
        x[i] = (x[i] - known) / l[i][i];
    }
    x
}

/// The inverse of `L Lᵀ`.
pub(super) fn inverse<const D: usize>(l: &Matrix<D>) -> Matrix<D> {
    let mut inverse = [[0.0; D]; D];
    for (i, column) in inverse.iter_mut().enumerate() {
        let mut unit = [0.0; D];
        unit[i] = 1.0;
        *column = solve(l, &unit);
    }
    // Symmetric, so that columns are rows; rounding aside.
    for i in 0..D {
        for j in 0..i {
            let both = f64::midpoint(inverse[i][j], inverse[j][i]);
            (inverse[i][j], inverse[j][i]) = (both, both);
        }
    }
    inverse
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_matrix_times_its_inverse_is_one(entries in proptest::collection::vec(-2.0_f64..2.0, 25), ridge in 0.1_f64..2.0) {
            let mut m = [[0.0; 5]; 5];
            for row in entries.chunks(5) {
                add_outer(&mut m, 1.0, row.try_into().unwrap());
            }
            for (i, row) in m.iter_mut().enumerate() {
                row[i] += ridge;
            }
            let inverse = inverse(&cholesky(&m).unwrap());
            for i in 0..5 {
                for j in 0..5 {
                    let product: f64 = (0..5).map(|k| m[i][k] * inverse[k][j]).sum();
                    prop_assert!((product - f64::from(u8::from(i == j))).abs() < 1e-8);
                }
            }
        }
    }

    #[test]
    fn what_is_not_positive_definite_is_refused() {
        assert_eq!(cholesky(&[[1.0, 2.0], [2.0, 1.0]]), None);
        assert_eq!(cholesky(&[[f64::NAN, 0.0], [0.0, 1.0]]), None);
        assert_eq!(cholesky(&[[f64::INFINITY, 0.0], [0.0, 1.0]]), None);
        assert_eq!(cholesky(&[[4.0, 2.0], [2.0, 2.0]]), Some([[2.0, 0.0], [1.0, 1.0]]));
    }
}
