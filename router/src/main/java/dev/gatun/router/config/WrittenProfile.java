package dev.gatun.router.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Where a profile stands in the file.
 *
 * @param name of the recipe; empty when it has none, which is reported
 * @param place the item of {@code recipes}; of the top-level {@code routing} the whole document
 */
record WrittenProfile(String name, String description, Section place, Section routing) {
  /** What only one profile of the name default can have. */
  private static final List<String> OWN =
      List.of("signals", "projections", "decisions", "strategy");

  /** The profiles of a file, first the default one, then the others in their order. */
  static List<WrittenProfile> of(Section root) {
    Section top = root.section("routing");
    List<WrittenProfile> others = new ArrayList<>();
    Optional<WrittenProfile> usual = Optional.empty();
    Set<String> names = new HashSet<>();
    for (Section recipe : root.sections("recipes")) {
      String name = RuleNames.unique(recipe, names, "recipe").orElse("");
      String description = recipe.text("description").orElse("");
      WrittenProfile profile =
          new WrittenProfile(name, description, recipe, recipe.section("routing"));
      if (!recipe.has("routing")) {
        recipe.error(
            "routing", "a recipe needs a routing", "write its signals and decisions under routing");
      }
      if (!name.equals(Profile.DEFAULT)) {
        others.add(profile);
      } else if (OWN.stream().anyMatch(top::has)) {
        recipe.error(
            "name",
            "the top-level routing is the recipe \"" + Profile.DEFAULT + "\" already",
            "rename this recipe, or leave at the top level nothing but modelCards");
      } else {
        usual = Optional.of(profile);
      }
    }
    WrittenProfile first =
        usual.orElseGet(() -> new WrittenProfile(Profile.DEFAULT, "", root, top));
    return Stream.concat(Stream.of(first), others.stream()).toList();
  }
}
