#!/usr/bin/env python3
"""Minimax polynomials of cpu/ops/functions.h (weighted Remez exchange; needs mpmath).

Prints each table, lowest power first, with the largest weighted error before rounding to fp32.
"""

from mpmath import mp, mpf

mp.dps = 40


def remez(f, weight, low, high, degree, rounds=12, grid=1500):
    """Polynomial p of `degree` that minimises max |weight·(f − p)| on [low, high]."""
    count = degree + 2
    nodes = [
        (low + high) / 2 - (high - low) / 2 * mp.cos(mp.pi * i / (count - 1)) for i in range(count)
    ]
    points = [low + (high - low) * mpf(i) / grid for i in range(grid + 1)]
    exact = [f(x) for x in points]
    weights = [weight(x) for x in points]
    for _ in range(rounds):
        rows = [
            [x**power for power in range(degree + 1)] + [(-1) ** i / weight(x)]
            for i, x in enumerate(nodes)
        ]
        solution = mp.lu_solve(mp.matrix(rows), mp.matrix([f(x) for x in nodes]))
        table = [solution[i] for i in range(degree + 1)]
        errors = [
            w * (y - mp.polyval(table[::-1], x)) for x, y, w in zip(points, exact, weights)
        ]
        peaks = []
        for i, error in enumerate(errors):
            if peaks and (error > 0) == (errors[peaks[-1]] > 0):
                if abs(error) > abs(errors[peaks[-1]]):
                    peaks[-1] = i
            else:
                peaks.append(i)
        while len(peaks) > count:
            peaks.pop(0 if abs(errors[peaks[0]]) < abs(errors[peaks[-1]]) else -1)
        if len(peaks) < count:
            break
        nodes = [points[i] for i in peaks]
    return table, max(abs(error) for error in errors)


def show(name, fit):
    table, error = fit
    print(f"{name}: error {mp.nstr(error, 3)}")
    print("  " + ", ".join(mp.nstr(value, 10) + "f" for value in table))


def main():
    tiny = mpf(10) ** -12
    near, far, small = mpf("1.5"), mpf(6), mpf("0.625")
    phi = lambda x: mp.erfc(-x / mp.sqrt(2)) / 2
    half_ln2 = mp.log(2) / 2
    show("exp: (eʳ − 1 − r)/r², |r| ≤ ln2/2",
         remez(lambda r: (mp.exp(r) - 1 - r) / r**2 if abs(r) > tiny else mpf(1) / 2,
               lambda r: r * r + tiny, -half_ln2, half_ln2, 4))
    show("Φ: (Φ(x) − 1/2)/x in u = x², |x| ≤ 1.5",
         remez(lambda u: (phi(mp.sqrt(u)) - mpf(1) / 2) / mp.sqrt(u) if u > tiny
               else 1 / mp.sqrt(2 * mp.pi),
               lambda u: mp.sqrt(u) + mpf("0.05"), mpf(0), near**2, 5))
    show("Φ: ln Φ(−t), 1.5 ≤ t ≤ 6",
         remez(lambda t: mp.log(phi(-t)), lambda t: phi(-t), near, far, 5))
    show("tanh: (tanh(x)/x − 1)/u in u = x², |x| ≤ 0.625",
         remez(lambda u: (mp.tanh(mp.sqrt(u)) / mp.sqrt(u) - 1) / u if u > tiny else -mpf(1) / 3,
               lambda u: u + tiny, mpf(0), small**2, 4))
    show("2ˣ, 0 ≤ x ≤ 1", remez(lambda x: mpf(2) ** x, lambda x: mpf(2) ** -x, mpf(0), mpf(1), 3))


if __name__ == "__main__":
    main()
