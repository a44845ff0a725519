package dev.gatun.router.signal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.model.Identity;
import dev.gatun.router.signal.RoleBinding.Group;
import dev.gatun.router.signal.RoleBinding.Unidentified;
import dev.gatun.router.signal.RoleBinding.User;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoleBindingTest {
  private static final RoleBinding PREMIUM =
      RoleBinding.of("premium-users", "premium", new Group("gold"), new Group("silver"));
  private static final RoleBinding ADMIN = RoleBinding.of("root", "admin", new User("root"));
  private static final RoleBinding VIP = RoleBinding.of("vip", "premium", new User("ada"));

  @Test
  void rolesAreGivenOnceInTheOrderOfTheBindings() {
    SignalHits hits = evaluate(List.of(PREMIUM, ADMIN, VIP), false, "ada", "gold");
    assertEquals(List.of("premium"), roles(hits));
    hits = evaluate(List.of(PREMIUM, ADMIN), false, "root", "silver");
    assertEquals(List.of("premium", "admin"), roles(hits));
    assertEquals(List.of(), roles(evaluate(List.of(PREMIUM, ADMIN), false, "Root", "Gold")));
  }

  @Test
  void somebodyUnknownIsRefused() {
    SignalHits hits = evaluate(List.of(PREMIUM, ADMIN), false, "", "gold");
    assertTrue(hits.denial().orElseThrow().contains("user_id_header"));
    assertEquals(List.of(), roles(hits));
  }

  @Test
  void somebodyUnknownPassesWithoutARoleWhereAuthorizationFailsOpen() {
    SignalHits hits = evaluate(List.of(PREMIUM, ADMIN), true, "", "gold");
    assertTrue(hits.denial().isEmpty());
    assertEquals(List.of(), roles(hits));
  }

  @Test
  void groupsAreEnoughWhenOnlyGroupsHaveRoles() {
    assertEquals(List.of("premium"), roles(evaluate(List.of(PREMIUM), false, "", "gold")));
    assertTrue(evaluate(List.of(PREMIUM), false, "", "").denial().isPresent());
    assertTrue(
        evaluate(List.of(PREMIUM), false, "ada", "")
            .denial()
            .orElseThrow()
            .contains("user_groups_header"));
    assertTrue(evaluate(List.of(PREMIUM), true, "ada", "").denial().isEmpty());
    SignalHits upstream = evaluate(List.of(PREMIUM), false, Compatibility.UPSTREAM_0_3, "", "gold");
    assertTrue(upstream.denial().isPresent());
  }

  @Test
  void aBindingMaySayWhatBecomesOfSomebodyUnknown() {
    RoleBinding guest = with(Unidentified.HAS_ROLE);
    assertEquals(List.of("premium"), roles(evaluate(List.of(guest), false, "", "")));
    assertEquals(List.of(), roles(evaluate(List.of(with(Unidentified.LACKS_ROLE)), false, "", "")));
    RoleBinding strict = with(Unidentified.REFUSED);
    assertTrue(evaluate(List.of(strict), true, "", "").denial().isPresent());
    assertFalse(evaluate(List.of(strict), true, "ada", "").denial().isPresent());
  }

  @Test
  void scoresMayNameTheBindingUnlessThatNameIsARole() {
    RoleBinding confusing = RoleBinding.of("admin", "premium", new User("ada"));
    SignalHits hits = evaluate(List.of(confusing, ADMIN), false, "ada", "");
    assertTrue(hits.confidence(key("premium")).isPresent());
    assertTrue(hits.confidence(key("admin")).isEmpty());
    hits = evaluate(List.of(VIP), false, "ada", "");
    assertTrue(hits.confidence(key("vip")).isPresent());
    assertEquals(List.of("premium"), roles(hits));
  }

  @Test
  void withoutBindingsEverybodyPasses() {
    assertTrue(evaluate(List.of(), false, "", "").denial().isEmpty());
    assertThrows(IllegalArgumentException.class, () -> RoleBinding.of("b", "r"));
  }

  private static RoleBinding with(Unidentified unidentified) {
    return new RoleBinding("b", "premium", List.of(new User("root")), unidentified);
  }

  private static SignalKey key(String name) {
    return new SignalKey(Family.AUTHZ, name);
  }

  private static List<String> roles(SignalHits hits) {
    return hits.matched().stream().map(hit -> hit.key().name()).toList();
  }

  private static SignalHits evaluate(
      List<RoleBinding> bindings, boolean failOpen, String user, String groups) {
    return evaluate(bindings, failOpen, Compatibility.GATUN, user, groups);
  }

  private static SignalHits evaluate(
      List<RoleBinding> bindings,
      boolean failOpen,
      Compatibility compatibility,
      String user,
      String groups) {
    List<SignalKey> keys = List.of(key("premium"), key("admin"), key("vip"));
    SignalHits.Recorder recorder = new SignalHits.Recorder(SignalTable.of(keys));
    new RoleBinding.Evaluator(bindings, failOpen, compatibility)
        .evaluate(new Identity(user, Identity.groups(groups)), recorder);
    return recorder.finish();
  }
}
