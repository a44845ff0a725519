package dev.gatun.router.text;

import java.util.Arrays;
import java.util.Collection;

/**
 * Numbers the characters that occur in keywords, so that tables over them are small; all others
 * share the number 0.
 */
final class CharacterClasses {
  private static final int PAGE = 256;
  private static final char[] EMPTY_PAGE = new char[PAGE];

  private final char[][] pages;
  private final int size;

  private CharacterClasses(char[][] pages, int size) {
    this.pages = pages;
    this.size = size;
  }

  /**
   * Numbers characters.
   *
   * @param foldsCase whether a capital of ASCII has the number of its small letter
   */
  static CharacterClasses of(Collection<Character> characters, boolean foldsCase) {
    char[][] pages = new char[PAGE][];
    Arrays.fill(pages, EMPTY_PAGE);
    boolean[] own = new boolean[PAGE];
    pages[0] = new char[PAGE];
    own[0] = true;
    int size = 1;
    for (char c : characters) {
      int page = c / PAGE;
      if (!own[page]) {
        pages[page] = new char[PAGE];
        own[page] = true;
      }
      if (pages[page][c % PAGE] == 0) {
        pages[page][c % PAGE] = (char) size;
        size++;
      }
    }
    if (foldsCase) {
      for (char c = 'A'; c <= 'Z'; c++) {
        pages[0][c] = pages[0][CaseFolding.ofAscii(c)];
      }
    }
    return new CharacterClasses(pages, size);
  }

  /** How many numbers there are, 0 included. */
  int size() {
    return size;
  }

  int of(char c) {
    return pages[c >> 8][c & 0xff];
  }
}
