package dev.gatun.server.cli;

/** What the process's exit status says, the same for every command. */
final class ExitStatus {
  /** Everything asked for was done. */
  static final int OK = 0;

  /** The command failed; standard error says why. */
  static final int FAILED = 1;

  /** The command line is wrong. */
  static final int USAGE = 2;

  /** The configuration file has errors. */
  static final int CONFIGURATION = 3;

  /** No router answers at the address. */
  static final int UNREACHABLE = 4;

  private ExitStatus() {}
}
