package dev.gatun.router.config;

import dev.gatun.router.model.Image;
import java.util.List;

/** Files that a configuration refers to by a path of their own. */
@FunctionalInterface
public interface Attachments {
  /** Reads one. */
  Attachment read(String path);

  /** Reads an image. */
  default Picture picture(String path) {
    return new Picture.Unknown();
  }

  /** For a configuration without a place of its own, whose relative paths mean nothing. */
  static Attachments none() {
    return path -> new Attachment.Unknown();
  }

  /** What is at the path of an image. */
  sealed interface Picture {
    /** An image. */
    record Found(Image image) implements Picture {}

    /**
     * Something else.
     *
     * @param reason in words that follow its path
     */
    record Broken(String reason) implements Picture {}

    /**
     * Nothing.
     *
     * @param places where it was looked for
     */
    record Missing(List<String> places) implements Picture {
      public Missing {
        places = List.copyOf(places);
      }
    }

    /** Nobody can tell. */
    record Unknown() implements Picture {}
  }

  /** What is at a path. */
  sealed interface Attachment {
    /** A document, as the tree of its text. */
    record Found(Node root) implements Attachment {}

    /** Something that cannot be read as a document. */
    record Broken(List<Diagnostic> problems) implements Attachment {
      public Broken {
        problems = List.copyOf(problems);
      }
    }

    /**
     * Nothing.
     *
     * @param places where it was looked for
     */
    record Missing(List<String> places) implements Attachment {
      public Missing {
        places = List.copyOf(places);
      }
    }

    /** Nobody can tell. */
    record Unknown() implements Attachment {}
  }
}
