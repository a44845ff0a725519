package dev.gatun.server.models;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class TensorTest {
  @Test
  void transposesRowsAndColumns() {
    Tensor matrix = Tensor.of(List.of(2, 3), 1, 2, 3, 4, 5, 6);

    assertEquals(Tensor.of(List.of(3, 2), 1, 4, 2, 5, 3, 6), matrix.transposed());
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
