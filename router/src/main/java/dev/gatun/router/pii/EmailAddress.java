package dev.gatun.router.pii;

/** Mailboxes of the Internet: a dot-atom at a host name (RFC 5322 §3.4.1, RFC 1035 §2.3.1). */
final class EmailAddress {
  private static final String TYPE = "EMAIL_ADDRESS";

  private static final String LABEL = "[\\p{L}\\p{N}](?:[\\p{L}\\p{N}-]{0,61}[\\p{L}\\p{N}])?";

  private EmailAddress() {}

  static Recognizer recognizer() {
    return Recognizer.of(
        TYPE,
        Recognizer.Sign.of("@"),
        "[\\p{L}\\p{N}_%+'-]+(?:\\.[\\p{L}\\p{N}_%+'-]+)*@(?:" + LABEL + "\\.)+\\p{L}{2,24}",
        Candidate::whole);
  }
}
