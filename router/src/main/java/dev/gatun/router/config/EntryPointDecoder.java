package dev.gatun.router.config;

import dev.gatun.router.config.Node.Scalar;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads {@code entrypoints}: which requested models ask for which recipe. Such a name stands for no
 * model, so it must not be that of one.
 */
final class EntryPointDecoder {
  private final Set<String> models;
  private final Set<String> automatic;
  private final Map<String, Position> taken = new HashMap<>();
  private final Map<String, List<String>> byRecipe = new LinkedHashMap<>();

  /**
   * A reader.
   *
   * @param automatic names that ask for the default recipe in any case
   */
  EntryPointDecoder(CardDecoder cards, Providers providers, Set<String> automatic) {
    models = new HashSet<>(cards.names());
    providers.models().forEach(model -> models.add(model.name()));
    this.automatic = automatic;
  }

  /** The names by recipe, in the order of the file; everything that does not fit is reported. */
  Map<String, List<String>> modelNames(Section root, List<WrittenProfile> profiles) {
    List<String> recipes = profiles.stream().map(WrittenProfile::name).toList();
    for (Section entry : root.sections("entrypoints")) {
      String recipe = recipe(entry, recipes);
      List<Scalar> names = entry.scalars("model_names");
      if (names.isEmpty()) {
        entry.error(
            "model_names",
            "an entry point needs model names",
            "list what clients write as model to ask for its recipe");
      }
      for (int i = 0; i < names.size(); i++) {
        Scalar name = names.get(i);
        String path = entry.path() + ".model_names[" + i + "]";
        problem(name, recipe)
            .ifPresent(problem ->
                entry.report().error(name.position(), path, problem.message, problem.hint));
        byRecipe.computeIfAbsent(recipe, _ -> new ArrayList<>()).add(name.text());
      }
    }
    profiles.stream().filter(profile -> !byRecipe.containsKey(profile.name())).forEach(this::idle);
    return byRecipe;
  }

  private static String recipe(Section entry, List<String> recipes) {
    Optional<String> recipe = entry.text("recipe");
    if (recipe.isEmpty()) {
      entry.error(
          "recipe",
          "an entry point needs a recipe",
          "write recipe: with one of " + Report.quoted(recipes));
    } else if (!recipes.contains(recipe.get())) {
      entry.error(
          "recipe",
          "there is no recipe \"" + recipe.get() + "\"",
          Report.didYouMean(
              recipe.get(), recipes, "declare it in recipes; there are " + Report.quoted(recipes)));
    }
    return recipe.orElse("");
  }

  private record Problem(String message, String hint) {}

  private Optional<Problem> problem(Scalar written, String recipe) {
    String name = written.text();
    String shown = "\"" + written.shown() + "\"";
    Position first = taken.putIfAbsent(name, written.position());
    if (written.isNull() || name.isBlank()) {
      return Optional.of(new Problem("a model name is empty", "write a name, or remove it"));
    }
    if (first != null) {
      return Optional.of(
          new Problem(
              shown + " is already a name of an entry point in line " + first.line(),
              "a name asks for one recipe; keep one of the two"));
    }
    if (models.contains(name)) {
      return Optional.of(
          new Problem(
              shown + " is also a model, which could then not be asked for by name",
              "choose a name that no model card, adapter or provider model has"));
    }
    if (automatic.contains(name) && !recipe.equals(Profile.DEFAULT)) {
      return Optional.of(
          new Problem(
              shown + " is an automatic name, which asks for the top-level routing",
              "choose another name, or write this recipe as the top-level routing"));
    }
    return Optional.empty();
  }

  /** A recipe that nobody can ask for; automatic names ask for the default one. */
  private void idle(WrittenProfile profile) {
    if (!profile.name().isEmpty() && !profile.name().equals(Profile.DEFAULT)) {
      profile
          .place()
          .warning(
              "name",
              "no entry point names the recipe \"" + profile.name() + "\", so it is never used",
              "give it model_names in entrypoints, or remove it");
    }
  }
}
