package dev.gatun.router.config;

import java.util.ArrayList;
import java.util.List;

/** Tells addresses of IPv6 (RFC 4291 §2.2) from other texts with colons. */
final class Ipv6 {
  private static final int GROUPS = 8;

  private Ipv6() {}

  /** Whether this is one, with or without a zone. */
  static boolean isAddress(String text) {
    int zone = text.indexOf('%');
    String address = zone < 0 ? text : text.substring(0, zone);
    int gap = address.indexOf("::");
    if (gap < 0) {
      return groups(address) == GROUPS;
    }
    int before = gap == 0 ? 0 : groups(address.substring(0, gap));
    String rest = address.substring(gap + 2);
    int after = rest.isEmpty() ? 0 : groups(rest);
    return before >= 0 && after >= 0 && before + after < GROUPS;
  }

  /** How many groups of 16 bits a text without a gap has; negative when it has others. */
  private static int groups(String text) {
    List<String> parts = parts(text, ':');
    boolean endsWithIpv4 = parts.getLast().indexOf('.') >= 0;
    if (endsWithIpv4 && !isIpv4(parts.removeLast())) {
      return -GROUPS;
    }
    boolean isHex = parts.stream().allMatch(Ipv6::isGroup);
    return isHex ? parts.size() + (endsWithIpv4 ? 2 : 0) : -GROUPS;
  }

  private static boolean isGroup(String part) {
    return !part.isEmpty()
        && part.length() <= 4
        && part.chars().allMatch(c -> c < 0x80 && Character.digit(c, 16) >= 0);
  }

  private static boolean isIpv4(String text) {
    List<String> parts = parts(text, '.');
    return parts.size() == 4
        && parts.stream()
            .allMatch(part ->
                !part.isEmpty()
                    && part.length() <= 3
                    && part.chars().allMatch(c -> c >= '0' && c <= '9')
                    && Integer.parseInt(part) < 256);
  }

  private static List<String> parts(String text, char separator) {
    List<String> parts = new ArrayList<>();
    int start = 0;
    for (int i = 0; i <= text.length(); i++) {
      if (i == text.length() || text.charAt(i) == separator) {
        parts.add(text.substring(start, i));
        start = i + 1;
      }
    }
    return parts;
  }
}
