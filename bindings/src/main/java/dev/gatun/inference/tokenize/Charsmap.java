package dev.gatun.inference.tokenize;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.BitSet;
import java.util.Deque;

/**
 * The table of a Precompiled normaliser, as SentencePiece writes it: a double-array trie of byte
 * sequences (<a href="https://github.com/s-yata/darts-clone">darts-clone</a>), and the texts that
 * replace them, each ended by a NUL. The engine follows it without looking where it leads, and ends
 * the process when it leads outside.
 */
final class Charsmap {

  /** No byte of UTF-8 is larger. */
  private static final int BYTE_MAX = 0xF4;

  private final int[] units;
  private final byte[] texts;

  private Charsmap(int[] units, byte[] texts) {
    this.units = units;
    this.texts = texts;
  }

  /** Whether the engine can follow a table, given in Base64, wherever a text leads it. */
  static boolean isSound(String base64) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      return false;
    }
    // The engine's decoder knows one form of each text only.
    return Base64.getEncoder().encodeToString(bytes).equals(base64) && isSound(bytes);
  }

  private static boolean isSound(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (buffer.remaining() < Integer.BYTES) {
      return false;
    }
    long size = Integer.toUnsignedLong(buffer.getInt());
    if (size < Integer.BYTES || size % Integer.BYTES != 0 || size > buffer.remaining()) {
      return false;
    }
    int[] units = new int[(int) size / Integer.BYTES];
    buffer.asIntBuffer().get(units);
    byte[] texts = new byte[buffer.remaining() - (int) size];
    buffer.position(buffer.position() + (int) size).get(texts);
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(texts));
    } catch (CharacterCodingException e) {
      return false;
    }
    return new Charsmap(units, texts).isClosed();
  }

  /** Whether no sequence of bytes leads out of the trie or to a place that begins no text. */
  private boolean isClosed() {
    Deque<Integer> bases = new ArrayDeque<>();
    BitSet seen = new BitSet(units.length);
    bases.push(offset(units[0]));
    while (!bases.isEmpty()) {
      int base = bases.pop();
      for (int label = 1; label <= BYTE_MAX; label++) {
        int at = base ^ label;
        if (at >= units.length) {
          return false;
        }
        if (label(units[at]) != label || seen.get(at)) {
          continue;
        }
        seen.set(at);
        int next = at ^ offset(units[at]);
        if (hasLeaf(units[at]) && !(next < units.length && beginsText(value(units[next])))) {
          return false;
        }
        bases.push(next);
      }
    }
    return true;
  }

  private boolean beginsText(int at) {
    boolean inside = at < texts.length;
    return at == texts.length || (inside && (texts[at] & 0xC0) != 0x80);
  }

  private static int offset(int unit) {
    return unit >>> 10 << ((unit & (1 << 9)) >>> 6);
  }

  private static int label(int unit) {
    return unit & (1 << 31 | 0xFF);
  }

  private static boolean hasLeaf(int unit) {
    return (unit >>> 8 & 1) == 1;
  }

  private static int value(int unit) {
    return unit & Integer.MAX_VALUE;
  }
}
