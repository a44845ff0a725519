package dev.gatun.router.config;

import dev.gatun.router.decision.Decision;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A profile beside the part of the file it was read from, for checks that need both.
 *
 * @param root the whole document
 * @param section the profile's own {@code routing}
 */
record ReadProfile(Section root, Section section, RouterConfig config, Profile profile) {
  /** The profiles of a file in the order of the configuration. */
  static List<ReadProfile> all(Section root, List<WrittenProfile> written, RouterConfig config) {
    return IntStream.range(0, written.size())
        .mapToObj(
            i -> new ReadProfile(root, written.get(i).routing(), config, config.profiles().get(i)))
        .toList();
  }

  Routing routing() {
    return profile.routing();
  }

  List<Decision> decisions() {
    return routing().decisions();
  }

  Section signals() {
    return section.section("signals");
  }

  Section projections() {
    return section.section("projections");
  }

  /** Where the order of the decisions is written. */
  Section ordering() {
    return section.has("strategy") ? section : root.section("global").section("router");
  }

  /** The decisions that may win, in the order of {@link #decisions}. */
  List<Section> winning() {
    return section.sections("decisions").stream()
        .filter(decision -> !decision.has("boost"))
        .toList();
  }
}
