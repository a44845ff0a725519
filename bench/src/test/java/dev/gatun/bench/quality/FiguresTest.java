package dev.gatun.bench.quality;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.bench.quality.Figures.Bin;
import dev.gatun.bench.quality.Figures.Scored;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Figures against examples that were computed by hand. */
class FiguresTest {
  private static final double EXACT = 1e-12;

  @Test
  void aurocCountsPairsInOrderAndTiesHalf() {
    // Positives 0.9, 0.5, 0.2 against negatives 0.5, 0.1: above in 1 + 1, 0.5 + 1, 0 + 1 of six.
    List<Scored> scored = List.of(yes(0.9), yes(0.5), yes(0.2), no(0.5), no(0.1));
    assertEquals(4.5 / 6, Figures.auroc(scored), EXACT);
    assertEquals(1, Figures.auroc(List.of(no(0.1), yes(0.2))), EXACT);
    assertEquals(0, Figures.auroc(List.of(yes(0.1), no(0.2))), EXACT);
    assertEquals(0.5, Figures.auroc(List.of(yes(0.3), no(0.3), no(0.3))), EXACT);
  }

  @Test
  void aurocOfOneKindIsUnknownAndWrittenAsNothing() {
    double unknown = Figures.auroc(List.of(yes(0.3), yes(0.4)));
    assertTrue(Double.isNaN(unknown));
    assertEquals(0, Figures.rounded(unknown));
  }

  @Test
  void equalValuesShareTheirMeanRank() {
    assertArrayEquals(
        new double[] {4, 1.5, 1.5, 3}, Figures.ranks(new double[] {9, -1, -1, 2}), EXACT);
  }

  @Test
  void spearmanSeesOrderAlone() {
    double[] rising = {1, 2, 3, 4};
    assertEquals(1, Figures.spearman(rising, new double[] {1, 10, 100, 1000}), EXACT);
    assertEquals(-1, Figures.spearman(rising, new double[] {4, 3, 2, 1}), EXACT);
    // Ranks 1 2 3 4 against 2 1 4 3: 1 − 6 · 4 / (4 · 15).
    assertEquals(0.6, Figures.spearman(rising, new double[] {20, 10, 40, 30}), EXACT);
    // With a tie, ranks 1 2 3 against 1.5 1.5 3: covariance 1.5, variances 2 and 1.5.
    assertEquals(
        1.5 / Math.sqrt(2 * 1.5),
        Figures.spearman(new double[] {1, 2, 3}, new double[] {5, 5, 7}),
        EXACT);
  }

  @Test
  void calibrationErrorIsTheDistanceOfABinWeightedByItsRows() {
    // Bin 14 holds 0.95 and 0.99 (mean 0.97, half right); bin 7 holds 0.5 (wrong).
    List<Scored> scored = List.of(yes(0.95), no(0.99), no(0.5));
    assertEquals((2 * 0.47 + 1 * 0.5) / 3, Figures.calibrationError(scored), EXACT);
    assertEquals(0, Figures.calibrationError(List.of(yes(1), no(0))), EXACT);
    assertEquals(0, Figures.calibrationError(List.of()), EXACT);
  }

  @Test
  void binsAreOfEqualWidthAndThoseWithoutRowsAreLeftOut() {
    List<Bin> bins = Figures.bins(List.of(yes(1), yes(0.06), no(0.02)));
    assertEquals(2, bins.size());
    assertEquals(new Bin(0, 1.0 / Figures.BINS, 2, 0.04, 0.5), bins.getFirst());
    assertEquals(1, bins.getLast().to(), EXACT);
    assertEquals(1, bins.getLast().right(), EXACT);
  }

  @Test
  void theCutLeavesNoMoreNegativesAboveThanAllowed() {
    List<Scored> scored =
        List.of(no(0.1), no(0.2), no(0.3), no(0.4), yes(0.35), yes(0.25), yes(0.45));
    // A quarter of four negatives is one: 0.4 may lie above.
    double cut = Figures.cut(scored, 0.25);
    assertEquals(0.3, cut, EXACT);
    assertEquals(2.0 / 3, Figures.recallAbove(scored, cut), EXACT);
    assertEquals(0.4, Figures.cut(scored, 0.24), EXACT);
    assertEquals(1, Figures.recallAbove(scored, Figures.cut(scored, 1)), EXACT);
  }

  @Test
  void sharesAndF1OfNothingAreNothing() {
    assertEquals(0, Figures.share(0, 0));
    assertEquals(0, Figures.f1(0, 0, 0));
    // Precision 2/4, recall 2/3.
    assertEquals(4.0 / 7, Figures.f1(2, 4, 3), EXACT);
    assertEquals(0.1235, Figures.rounded(0.12345678), EXACT);
  }

  private static Scored yes(double score) {
    return new Scored(score, true);
  }

  private static Scored no(double score) {
    return new Scored(score, false);
  }
}
