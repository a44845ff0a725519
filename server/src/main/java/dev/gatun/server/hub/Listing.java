package dev.gatun.server.hub;

import java.util.List;

/**
 * The files of one commit.
 *
 * @param commit which stands for the same content for ever
 */
public record Listing(String commit, List<HubFile> files) {
  public Listing {
    if (!commit.matches("[0-9a-f]{40}|[0-9a-f]{64}")) {
      throw new HubException("the hub names no commit; is this the address of a hub?");
    }
    files = List.copyOf(files);
  }

  /** Sizes together. */
  public long bytes() {
    return files.stream().mapToLong(HubFile::bytes).sum();
  }
}
