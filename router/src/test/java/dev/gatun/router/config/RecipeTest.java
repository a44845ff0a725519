package dev.gatun.router.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.config.Diagnostic.Severity;
import dev.gatun.router.decision.Decision;
import dev.gatun.router.decision.Strategy;
import dev.gatun.router.signal.Domain;
import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.Keyword;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Several profiles in one file (spec config §9). */
class RecipeTest {
  private static final String SHARED =
      """
      version: v0.3
      providers:
        defaults: {default_model: small}
        models:
          - {name: small, backend_refs: [{endpoint: "127.0.0.1:8000"}]}
          - {name: large, backend_refs: [{endpoint: "127.0.0.1:8001"}]}
      """;

  private static final String TOP =
      """
      routing:
        modelCards: [{name: small, loras: [{name: sql}]}, {name: large}]
        signals:
          keywords: [{name: words, operator: OR, keywords: [urgent]}]
        decisions:
          - {name: route, rules: {type: keyword, name: words}, modelRefs: [{model: large}]}
      """;

  private static final String RECIPES =
      """
      recipes:
        - name: private
          description: Stays at home
          routing:
            strategy: confidence
            signals:
              keywords: [{name: words, operator: OR, keywords: [passport]}]
            decisions:
              - {name: route, rules: {type: keyword, name: words}, modelRefs: [{model: small}]}
        - name: subjects
          routing:
            decisions:
              - {name: law, rules: {type: domain, name: law}, modelRefs: [{model: large}]}
      """;

  private static final String ENTRIES =
      """
      entrypoints:
        - {model_names: [house/private, house/home], recipe: private}
        - {model_names: [house/subjects], recipe: subjects}
        - {model_names: [house/auto], recipe: default}
      """;

  private static final String SECOND = "{name: more, operator: OR, keywords: [visa]}";
  private static final String EITHER =
      "{operator: OR, conditions: [{type: keyword, name: words}, {type: keyword, name: more}]},"
          + " modelRefs: [{model: small}]";
  private static final String AR = "\n        modality: [{name: AR}]";

  private static final String FILE = SHARED + TOP + RECIPES + ENTRIES;

  @Test
  void everyRecipeIsAProfileOfItsOwn() {
    RouterConfig config = Documents.config(FILE);

    assertEquals(
        List.of("default", "private", "subjects"),
        config.profiles().stream().map(Profile::name).toList());
    Profile usual = config.profiles().getFirst();
    Profile home = config.profiles().get(1);
    Profile subjects = config.profiles().get(2);
    assertEquals(usual.routing(), config.routing());
    assertEquals(List.of("house/auto"), usual.modelNames());
    assertEquals(List.of("house/private", "house/home"), home.modelNames());
    assertEquals("Stays at home", home.description());
    assertEquals(List.of("urgent"), words(usual));
    assertEquals(List.of("passport"), words(home));
    assertEquals(Strategy.PRIORITY, config.strategy(usual.routing()));
    assertEquals(Strategy.CONFIDENCE, config.strategy(home.routing()));
    assertEquals(Set.of(Family.KEYWORD), home.routing().families());
    assertEquals(Set.of(Family.DOMAIN), subjects.routing().families());
  }

  @Test
  void aFileInOrderIsNotWarnedOf() {
    assertEquals("", Documents.render(Documents.decode(FILE).diagnostics()));
  }

  /** A domain that a decision names is implied in its own recipe only. */
  @Test
  void impliedDomainsBelongToOneRecipe() {
    RouterConfig config = Documents.config(FILE);

    assertEquals(List.of(), config.routing().domains());
    assertEquals(
        List.of("law"),
        config.profiles().get(2).routing().domains().stream().map(Domain::name).toList());
  }

  @Test
  void aFileWithoutRecipesHasOneProfile() {
    RouterConfig config = Documents.config(SHARED + TOP);

    assertEquals(List.of("default"), config.profiles().stream().map(Profile::name).toList());
    assertEquals(List.of(), config.profiles().getFirst().modelNames());
  }

  @Test
  void signalsOfOneRecipeAreUnknownToAnother() {
    Diagnostic error =
        onlyError(
            FILE.replace(
                "rules: {type: domain, name: law}", "rules: {type: keyword, name: words}"));

    assertEquals("recipes[1].routing.decisions[0].rules.name", error.key());
    assertTrue(error.message().contains("words"), error.render());
  }

  @Test
  void namesOfEntryPointsAreNotThoseOfModels() {
    for (String model : List.of("small", "large", "sql")) {
      Diagnostic error = onlyError(FILE.replace("house/home", model));

      assertEquals("entrypoints[0].model_names[1]", error.key());
      assertTrue(error.message().contains("\"" + model + "\" is also a model"), error.render());
    }
  }

  /** The place is that of the name, not that of the list. */
  @Test
  void problemsSayWhereTheNameIs() {
    Diagnostic error = onlyError(FILE.replace("house/home", "small"));

    int line = FILE.lines().toList().indexOf(ENTRIES.lines().toList().get(1)) + 1;
    assertEquals(line, error.position().line());
    assertEquals(35, error.position().column());
  }

  @Test
  void automaticNamesAskForTheDefaultRecipeOnly() {
    for (String name : List.of("auto", "MoM")) {
      Diagnostic error = onlyError(FILE.replace("house/home", name));

      assertTrue(error.message().contains("automatic name"), error.render());
      assertTrue(Documents.decode(FILE.replace("house/auto", name)).config().isPresent());
    }
    String listed = FILE + "global: {router: {auto_model_names: [clever]}}\n";
    assertTrue(onlyError(listed.replace("house/home", "clever")).message().contains("automatic"));
  }

  @Test
  void aNameAsksForOneRecipe() {
    Diagnostic other = onlyError(FILE.replace("house/subjects", "house/private"));
    assertEquals("entrypoints[1].model_names[0]", other.key());
    assertTrue(other.message().contains("already a name"), other.render());
    Diagnostic same = onlyError(FILE.replace("house/home", "house/private"));
    assertEquals("entrypoints[0].model_names[1]", same.key());
  }

  @Test
  void entryPointsNameARecipeThatIsThere() {
    Diagnostic unknown = onlyError(FILE.replace("recipe: private", "recipe: privat"));
    assertEquals("entrypoints[0].recipe", unknown.key());
    assertEquals("did you mean \"private\"?", unknown.hint());
    Diagnostic none = onlyError(FILE.replace(", recipe: private", ""));
    assertEquals("entrypoints[0].recipe", none.key());
    assertTrue(none.hint().contains("\"default\", \"private\", \"subjects\""), none.render());
  }

  @Test
  void entryPointsHaveNames() {
    assertEquals(
        "entrypoints[0].model_names",
        onlyError(FILE.replace("model_names: [house/private, house/home], ", "")).key());
    assertEquals(
        "entrypoints[0].model_names[1]", onlyError(FILE.replace("house/home", "''")).key());
  }

  @Test
  void aRecipeThatNobodyNamesIsNeverUsed() {
    List<Diagnostic> warnings =
        Documents.decode(
                FILE.replace("  - {model_names: [house/subjects], recipe: subjects}\n", ""))
            .diagnostics();

    assertEquals(1, warnings.size(), Documents.render(warnings));
    assertEquals(Severity.WARNING, warnings.getFirst().severity());
    assertEquals("recipes[1].name", warnings.getFirst().key());
    assertTrue(warnings.getFirst().message().contains("never used"));
  }

  @Test
  void recipesHaveNamesOfTheirOwn() {
    Decoded twice = Documents.decode(FILE.replace("name: subjects", "name: private"));
    assertTrue(keys(twice).contains("recipes[1].name"), Documents.render(twice.diagnostics()));
    Decoded none = Documents.decode(FILE.replace("  - name: subjects\n    ", "  - "));
    assertTrue(keys(none).contains("recipes[1].name"), Documents.render(none.diagnostics()));
  }

  @Test
  void theTopLevelRoutingIsTheDefaultRecipe() {
    Diagnostic error =
        onlyError(
            SHARED
                + TOP
                + RECIPES.replace("name: private", "name: default")
                + ENTRIES.replace("recipe: private", "recipe: default"));

    assertEquals("recipes[0].name", error.key());
    assertTrue(error.message().contains("top-level routing"), error.render());
  }

  /** Where the top level says nothing but which models there are, a recipe may take its place. */
  @Test
  void aRecipeCanBeTheDefaultOne() {
    String cards = TOP.lines().limit(2).reduce("", (a, b) -> a + b + "\n");
    RouterConfig config =
        Documents.config(
            SHARED
                + cards
                + RECIPES.replace("name: private", "name: default")
                + ENTRIES.replace("recipe: private", "recipe: default"));

    assertEquals(
        List.of("default", "subjects"), config.profiles().stream().map(Profile::name).toList());
    assertEquals(List.of("passport"), words(config.profiles().getFirst()));
    assertEquals(2, config.cards().size());
  }

  @Test
  void modelCardsAreDeclaredOnceForAll() {
    Diagnostic error =
        onlyError(FILE.replace("    strategy: confidence", "    modelCards: [{name: other}]"));

    assertEquals("recipes[0].routing.modelCards", error.key());
    assertTrue(error.hint().contains("top-level routing"), error.render());
  }

  @Test
  void aRecipeNeedsARouting() {
    String file =
        FILE.replace(ENTRIES, "")
            + "  - name: idle\n"
            + ENTRIES.replace("subjects]", "idle]").replace("recipe: subjects", "recipe: idle");

    assertTrue(
        keys(Documents.decode(file)).contains("recipes[2].routing"),
        Documents.render(Documents.decode(file).diagnostics()));
  }

  /** What is checked of the top-level routing is checked of every recipe, with its own place. */
  @Test
  void everyProfileIsCheckedAtItsOwnPlace() {
    String recipe =
        """
        recipes:
          - name: private
            routing:
              signals:
                keywords:
                  - {name: words, operator: OR, keywords: [passport]}
                  - {name: spare, operator: OR, keywords: [x]}
                embeddings:
                  - {name: sound, candidates: [a], threshold: 0.5, query_modality: audio}
                jailbreak: [{name: attack, threshold: 0.5}]
              decisions:
                - {name: all, priority: 9, rules: {}, modelRefs: [{model: small}]}
                - {name: never, rules: {type: keyword, name: words}, modelRefs: [{model: small}]}
                - {name: nobody, priority: 10, rules: {type: modality, name: BOTH}}
        entrypoints: [{model_names: [house/private], recipe: private}]
        """;
    String shared = SHARED.replace("defaults: {default_model: small}", "defaults: {}");
    List<String> keys = keys(Documents.decode(shared + TOP + recipe));
    String routing = "recipes[0].routing.";

    // No model, no guard, no pictures, no ears.
    assertTrue(keys.contains(routing + "decisions[2].name"), keys.toString());
    assertTrue(keys.contains(routing + "signals.jailbreak[0].name"), keys.toString());
    assertTrue(keys.contains(routing + "decisions[2].modelRefs"), keys.toString());
    assertTrue(keys.contains(routing + "signals.embeddings[0].query_modality"), keys.toString());
    assertTrue(keys.stream().noneMatch(key -> key.startsWith("routing.")), keys.toString());

    // What is said of a policy without errors only.
    String sound =
        recipe.replace("query_modality: audio", "query_modality: text").replace("BOTH", "AR");
    List<String> policy =
        keys(Documents.decode(SHARED + TOP + sound.replace("signals:", "signals:" + AR)));
    assertTrue(policy.contains(routing + "decisions[1].name"), policy.toString());
    assertTrue(policy.contains(routing + "signals.keywords[1].name"), policy.toString());
    assertTrue(policy.stream().noneMatch(key -> key.startsWith("routing.")), policy.toString());
  }

  @Test
  void aCardThatOneRecipeNamesIsUsed() {
    String file = FILE.replace("modelRefs: [{model: large}]}", "modelRefs: [{model: small}]}");
    assertEquals(List.of("routing.modelCards[1].name"), keys(Documents.decode(file)));
    String subjects =
        file.replace(
            "name: law}, modelRefs: [{model: small}]", "name: law}, modelRefs: [{model: large}]");
    assertEquals(List.of(), keys(Documents.decode(subjects)));
  }

  @Test
  void decisionsOfTwoRecipesMayHaveOneName() {
    List<String> names =
        Documents.config(FILE).profiles().stream()
            .flatMap(profile -> profile.routing().decisions().stream())
            .map(Decision::name)
            .toList();

    assertEquals(List.of("route", "route", "law"), names);
  }

  @Test
  void severalAutomaticNames() {
    RouterConfig config =
        Documents.config(
            SHARED + TOP + "global: {router: {auto_model_names: [clever, MoM, quick]}}\n");

    assertEquals(List.of("MoM", "clever", "quick"), config.global().router().autoModelNames());
    assertTrue(config.global().router().automaticNames().contains("auto"));
    Decoded shadowed =
        Documents.decode(SHARED + TOP + "global: {router: {auto_model_names: [clever, large]}}\n");
    assertEquals(List.of("global.router.auto_model_names"), keys(shadowed));
    assertEquals(
        "global.router.auto_model_names",
        onlyError(SHARED + TOP + "global: {router: {auto_model_names: ['']}}\n").key());
  }

  /** Rules that give another result in v0.3 are found in every recipe. */
  @Test
  void semanticDifferencesOfAllProfiles() {
    String two =
        FILE.replace("keywords: [passport]}]", "keywords: [passport]}, " + SECOND + "]")
            .replace("{type: keyword, name: words}, modelRefs: [{model: small}]", EITHER);
    assertEquals(
        List.of("recipes[0].routing", "recipes[0].routing.signals.keywords[1]"),
        Documents.decode(two).differences().stream().map(SemanticDifference::key).toList());
  }

  private static List<String> words(Profile profile) {
    return profile.routing().keywords().stream()
        .map(Keyword::keywords)
        .flatMap(List::stream)
        .toList();
  }

  private static List<String> keys(Decoded decoded) {
    return decoded.diagnostics().stream().map(Diagnostic::key).toList();
  }

  private static Diagnostic onlyError(String text) {
    List<Diagnostic> errors =
        Documents.decode(text).diagnostics().stream()
            .filter(d -> d.severity() == Severity.ERROR)
            .toList();
    assertEquals(1, errors.size(), Documents.render(errors));
    return errors.getFirst();
  }
}
