package dev.gatun.router.signal;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.model.Facts;
import dev.gatun.router.model.Identity;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Coverage;
import dev.gatun.router.port.Ports;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A rule that gives users and groups a role. Conditions name the role, not the rule.
 *
 * @param name unique among role bindings
 * @param role several bindings may give the same
 * @param subjects who has the role; not empty
 * @param unidentified what becomes of requests of which nobody says who asks
 */
public record RoleBinding(
    String name, String role, List<Subject> subjects, Unidentified unidentified)
    implements SignalRule {
  public RoleBinding {
    subjects = List.copyOf(subjects);
    if (subjects.isEmpty()) {
      throw new IllegalArgumentException("a role binding needs at least one subject");
    }
  }

  /** Somebody who may have a role; compared letter by letter. */
  public sealed interface Subject {}

  public record User(String id) implements Subject {}

  public record Group(String name) implements Subject {}

  /** What a binding does when the identity it needs is missing. */
  public enum Unidentified {
    /** {@link #LACKS_ROLE} where authorization fails open, else {@link #REFUSED}. */
    AS_CONFIGURED,
    HAS_ROLE,
    LACKS_ROLE,
    /** The whole request is refused. */
    REFUSED
  }

  public static RoleBinding of(String name, String role, Subject... subjects) {
    return new RoleBinding(name, role, List.of(subjects), Unidentified.AS_CONFIGURED);
  }

  @Override
  public Family family() {
    return Family.AUTHZ;
  }

  public SignalKey key() {
    return new SignalKey(Family.AUTHZ, role);
  }

  @Override
  public List<SignalKey> outputs() {
    return List.of(key());
  }

  private boolean includes(Identity identity) {
    return subjects.stream()
        .anyMatch(subject ->
            switch (subject) {
              case User(String id) -> id.equals(identity.user());
              case Group(String group) -> identity.groups().contains(group);
            });
  }

  private boolean namesUser() {
    return subjects.stream().anyMatch(User.class::isInstance);
  }

  /** All role bindings of a configuration. Immutable and safe to share. */
  public static final class Evaluator implements FamilyEvaluator {
    private final List<RoleBinding> bindings;
    private final boolean failOpen;
    private final boolean needsUser;
    private final Set<String> roles = new HashSet<>();

    /**
     * An evaluator.
     *
     * @param failOpen whether somebody unknown is let pass without a role
     * @param compatibility upstream asks for a user id even when only groups have roles
     */
    public Evaluator(List<RoleBinding> bindings, boolean failOpen, Compatibility compatibility) {
      this.bindings = List.copyOf(bindings);
      this.failOpen = failOpen;
      needsUser =
          compatibility == Compatibility.UPSTREAM_0_3
              || bindings.stream().anyMatch(RoleBinding::namesUser);
      bindings.forEach(binding -> roles.add(binding.role));
    }

    @Override
    public Answer<Coverage> evaluate(Facts facts, Ports ports, SignalHits.Recorder recorder) {
      return evaluate(facts.identity(), recorder);
    }

    /** Records the roles of somebody in the order of the bindings, or denies the request. */
    public Answer<Coverage> evaluate(Identity identity, SignalHits.Recorder recorder) {
      boolean isKnown = isKnown(identity);
      Set<String> given = new LinkedHashSet<>();
      List<String> names = new ArrayList<>();
      for (RoleBinding binding : bindings) {
        if (isKnown ? binding.includes(identity) : isGivenUnknown(binding)) {
          given.add(binding.role);
          names.add(binding.name);
        }
      }
      Optional<RoleBinding> refusing =
          bindings.stream().filter(binding -> !isKnown && isRefused(binding)).findFirst();
      if (refusing.isPresent()) {
        recorder.deny(reason());
        return Answer.of(Coverage.NONE);
      }
      given.forEach(role -> recorder.match(new SignalKey(Family.AUTHZ, role), 1));
      // Scores may also name a binding; but a name that is a role means the role.
      names.stream()
          .filter(name -> !roles.contains(name))
          .forEach(name -> recorder.holds(new SignalKey(Family.AUTHZ, name), 1));
      return Answer.of(Coverage.NONE);
    }

    /** Whether the request says of its sender what the bindings look at. */
    private boolean isKnown(Identity identity) {
      return bindings.isEmpty()
          || (needsUser ? !identity.user().isEmpty() : !identity.groups().isEmpty());
    }

    private static boolean isGivenUnknown(RoleBinding binding) {
      return switch (binding.unidentified) {
        case HAS_ROLE -> true;
        case AS_CONFIGURED, LACKS_ROLE, REFUSED -> false;
      };
    }

    private boolean isRefused(RoleBinding binding) {
      return switch (binding.unidentified) {
        case AS_CONFIGURED -> !failOpen;
        case REFUSED -> true;
        case HAS_ROLE, LACKS_ROLE -> false;
      };
    }

    private String reason() {
      String header = needsUser ? "user_id_header" : "user_groups_header";
      return "role_bindings are configured, but the request carries no "
          + (needsUser ? "user id" : "groups")
          + "; check global.services.authz.identity."
          + header
          + " and trust_identity_headers of the listener";
    }
  }
}
