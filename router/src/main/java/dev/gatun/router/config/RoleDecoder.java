package dev.gatun.router.config;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.signal.RoleBinding;
import dev.gatun.router.signal.RoleBinding.Group;
import dev.gatun.router.signal.RoleBinding.Subject;
import dev.gatun.router.signal.RoleBinding.Unidentified;
import dev.gatun.router.signal.RoleBinding.User;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads {@code routing.signals.role_bindings}. v0.3 looks at bindings only when it builds its
 * classifier (spec signals §1), so it loads a file with wrong ones and does not start with it.
 */
final class RoleDecoder {
  private RoleDecoder() {}

  static List<RoleBinding> bindings(Section signals, Compatibility compatibility) {
    List<RoleBinding> bindings = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Section section : signals.sections("role_bindings")) {
      Optional<String> name = RuleNames.atStart(section, names, "role_bindings rule");
      Optional<String> role = section.text("role");
      if (role.isEmpty()) {
        roleless(section, compatibility);
      }
      List<Subject> subjects = subjects(section);
      if (name.isPresent() && role.isPresent() && !subjects.isEmpty()) {
        bindings.add(new RoleBinding(name.get(), role.get(), subjects, unidentified(section)));
      }
    }
    return bindings;
  }

  /** v0.3 loads the file, but does not start with it: who would be let pass is not known. */
  private static void roleless(Section section, Compatibility compatibility) {
    String message = "a role binding needs a role";
    String hint = "write the name that conditions use for it";
    switch (compatibility) {
      case GATUN -> section.error("role", message, hint);
      case UPSTREAM_0_3 -> section.notRun("role", message, hint);
    }
  }

  private static List<Subject> subjects(Section binding) {
    List<Subject> subjects = new ArrayList<>();
    List<Section> sections = binding.sections("subjects");
    if (sections.isEmpty()) {
      binding.atStart(
          "subjects", "a role binding needs subjects", "write subjects: [{kind: User, name: …}]");
    }
    for (Section section : sections) {
      String name = section.text("name").orElse("").strip();
      if (name.isEmpty()) {
        section.atStart(
            "name", "a subject needs a name", "write the user id or group of the identity headers");
      }
      if (section.text("kind").isEmpty()) {
        section.atStart("kind", "a subject needs a kind", "write kind: User or kind: Group");
      }
      String kind = section.word("kind").orElse("");
      if (!name.isEmpty() && kind.equals("User")) {
        subjects.add(new User(name));
      } else if (!name.isEmpty() && kind.equals("Group")) {
        subjects.add(new Group(name));
      }
    }
    return subjects;
  }

  private static Unidentified unidentified(Section binding) {
    return switch (binding.word("on_error").orElse("")) {
      case "match" -> {
        binding.warning(
            "on_error",
            "on_error: match gives the role to everybody who sends no identity",
            "write on_error: no_match, or leave it out to refuse such requests");
        yield Unidentified.HAS_ROLE;
      }
      case "no_match" -> Unidentified.LACKS_ROLE;
      case "fail" -> Unidentified.REFUSED;
      default -> Unidentified.AS_CONFIGURED;
    };
  }
}
