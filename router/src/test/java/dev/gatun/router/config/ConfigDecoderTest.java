package dev.gatun.router.config;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ConfigDecoderTest {
  @Test
  void anEmptyRoutingIsAConfiguration() {
    assertTrue(Documents.decode("routing: {}").config().isPresent());
  }
}
