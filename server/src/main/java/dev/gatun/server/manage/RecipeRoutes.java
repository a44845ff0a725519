package dev.gatun.server.manage;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.config.Expanded;
import dev.gatun.router.config.Node;
import dev.gatun.router.config.Profile;
import dev.gatun.router.config.RouterConfig;
import dev.gatun.server.config.NodeJson;
import dev.gatun.server.manage.Configurations.AtWork;
import dev.gatun.server.wire.Json;
import io.helidon.http.Method;
import io.helidon.webserver.http.ServerRequest;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The recipes of the configuration at work, and the names that ask for them (spec http-api §5.10).
 * They are changed with the configuration that they are a part of.
 */
final class RecipeRoutes {
  private static final String PATH = "/config/router/recipes";
  private static final String RECIPES = "recipes";
  private static final String ROUTING = "routing";

  private final Configurations configurations;

  RecipeRoutes(Configurations configurations) {
    this.configurations = configurations;
  }

  List<Route> all() {
    return List.of(
        new Route(
            Method.GET, PATH, "Recipes at work and the model names that ask for them", this::list),
        new Route(
            Method.GET,
            PATH + "/" + Route.NAME,
            "One of them with its routing, secrets hidden",
            this::one));
  }

  private Reply list(ServerRequest request) {
    AtWork now = configurations.atWork();
    ObjectNode json = Json.object();
    ArrayNode items = json.putArray("items");
    now.config().profiles().forEach(profile -> items.add(brief(profile, now)));
    return Reply.ok(json);
  }

  private Reply one(ServerRequest request) {
    String name = request.path().path().substring(PATH.length() + 1);
    AtWork now = configurations.atWork();
    Profile profile =
        now.config().profiles().stream()
            .filter(other -> other.name().equals(name))
            .findFirst()
            .orElseThrow(() ->
                new ManageException(
                    404, "RECIPE_NOT_FOUND", "there is no recipe of that name; see GET " + PATH));
    ObjectNode json = brief(profile, now);
    json.set(ROUTING, routing(now.document(), name).map(NodeJson::of).orElseGet(Json::object));
    return Reply.ok(json);
  }

  private static ObjectNode brief(Profile profile, AtWork now) {
    RouterConfig config = now.config();
    Expanded expanded = now.expanded();
    ObjectNode json =
        Json.object()
            .put("name", expanded.hideValue(profile.name()))
            .put("description", expanded.hideValue(profile.description()))
            .put("default", profile.isDefault());
    Set<String> names = new LinkedHashSet<>(profile.modelNames());
    if (profile.isDefault()) {
      names.addAll(config.global().router().automaticNames());
    }
    names.stream().map(expanded::hideValue).forEach(json.putArray("model_names")::add);
    json.put("strategy", config.strategy(profile.routing()).name().toLowerCase(Locale.ROOT));
    ArrayNode decisions = json.putArray("decisions");
    profile.routing().decisions().stream()
        .map(decision -> expanded.hideValue(decision.name()))
        .forEach(decisions::add);
    return json;
  }

  /** What the file says: the recipe of that name, or else, for the default one, the top level. */
  private static Optional<Node> routing(Node document, String name) {
    if (value(document, RECIPES).orElse(null) instanceof Node.Sequence recipes) {
      for (Node recipe : recipes.items()) {
        boolean isNamed =
            value(recipe, "name").orElse(null) instanceof Node.Scalar scalar
                && scalar.text().equals(name);
        if (isNamed) {
          return value(recipe, ROUTING);
        }
      }
    }
    return name.equals(Profile.DEFAULT) ? value(document, ROUTING) : Optional.empty();
  }

  private static Optional<Node> value(Node node, String key) {
    return node instanceof Node.Mapping mapping ? mapping.value(key) : Optional.empty();
  }
}
