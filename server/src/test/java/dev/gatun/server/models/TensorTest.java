package dev.gatun.server.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class TensorTest {
  @Test
  void transposesRowsAndColumns() {
    Tensor matrix = Tensor.of(List.of(2, 3), 1, 2, 3, 4, 5, 6);

    assertEquals(Tensor.of(List.of(3, 2), 1, 4, 2, 5, 3, 6), matrix.transposed());
  }

  @Test
  void addsTheScaledProductOfTheFactors() {
    Tensor weight = Tensor.of(List.of(2, 3), 10, 20, 30, 40, 50, 60);
    Tensor up = Tensor.of(List.of(2, 2), 1, 2, 3, 4);
    Tensor down = Tensor.of(List.of(2, 3), 1, 0, -1, 2, 5, 0.5f);

    // up · down = (5 10 0, 11 20 -1), by hand.
    assertEquals(Tensor.of(List.of(2, 3), 20, 40, 30, 62, 90, 58), weight.plusLowRank(2, up, down));
  }

  @Test
  void refusesFactorsOfOtherShapes() {
    Tensor weight = Tensor.of(List.of(2, 3), 10, 20, 30, 40, 50, 60);
    Tensor up = Tensor.of(List.of(2, 1), 1, 2);
    Tensor down = Tensor.of(List.of(1, 2), 1, 0);

    var refused =
        assertThrows(IllegalArgumentException.class, () -> weight.plusLowRank(2, up, down));

    assertEquals("factors [2, 1] and [1, 2] do not make [2, 3]", refused.getMessage());
  }

  @Test
  void countsElementsWithoutOverflow() {
    int huge = Integer.MAX_VALUE;

    assertEquals(6, Tensor.elements(List.of(2, 3)));
    assertEquals(1, Tensor.elements(List.of()));
    assertEquals(0, Tensor.elements(List.of(huge, huge, 0)));
    assertEquals(1L << 31, Tensor.elements(List.of(huge, huge, huge, huge)));
  }
}
