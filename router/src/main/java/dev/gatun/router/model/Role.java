package dev.gatun.router.model;

/** Who speaks in a message, the same for every client protocol. */
public enum Role {
  SYSTEM,
  DEVELOPER,
  USER,
  ASSISTANT,
  TOOL
}
