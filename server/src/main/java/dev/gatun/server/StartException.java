package dev.gatun.server;

import dev.gatun.router.config.Diagnostic;
import java.util.List;

/** The server cannot start. The message is one line that says why and what to do. */
public abstract sealed class StartException extends Exception {
  private static final long serialVersionUID = 1L;

  StartException(String message) {
    super(message, null, false, false);
  }

  /** The configuration cannot be used. */
  public static final class InvalidConfig extends StartException {
    private static final long serialVersionUID = 1L;
    private final transient List<Diagnostic> diagnostics;

    InvalidConfig(List<Diagnostic> diagnostics) {
      super(message(diagnostics));
      this.diagnostics = List.copyOf(diagnostics);
    }

    /** Every problem, in the order of the file. */
    public List<Diagnostic> diagnostics() {
      return diagnostics;
    }

    private static String message(List<Diagnostic> diagnostics) {
      return "the configuration cannot be used: " + diagnostics.size() + " problem(s)";
    }
  }

  /** A port is taken or an address is not of this machine. */
  public static final class NoSocket extends StartException {
    private static final long serialVersionUID = 1L;

    NoSocket(String message) {
      super(message);
    }
  }

  /** A model that the configuration needs cannot be loaded. */
  public static final class NoModel extends StartException {
    private static final long serialVersionUID = 1L;

    NoModel(String message) {
      super(message);
    }
  }

  /** Starting would expose something that must not be exposed. */
  public static final class Unsafe extends StartException {
    private static final long serialVersionUID = 1L;

    Unsafe(String message) {
      super(message);
    }
  }
}
