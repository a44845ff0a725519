package dev.gatun.inference.ffm;

import dev.gatun.inference.abi.gatun_h;

/** Numbers of {@code gatun.h} that the layer above translates. */
public final class Codes {

  public static final int ERROR_ARGUMENT = gatun_h.GATUN_ERROR_ARGUMENT();
  public static final int ERROR_IO = gatun_h.GATUN_ERROR_IO();
  public static final int ERROR_FORMAT = gatun_h.GATUN_ERROR_FORMAT();
  public static final int ERROR_UNSUPPORTED = gatun_h.GATUN_ERROR_UNSUPPORTED();
  public static final int ERROR_MEMORY = gatun_h.GATUN_ERROR_MEMORY();
  public static final int ERROR_BUSY = gatun_h.GATUN_ERROR_BUSY();
  public static final int ERROR_INTERNAL = gatun_h.GATUN_ERROR_INTERNAL();

  public static final int FAMILY_BERT = gatun_h.GATUN_FAMILY_BERT();
  public static final int FAMILY_MODERNBERT = gatun_h.GATUN_FAMILY_MODERNBERT();
  public static final int FAMILY_QWEN3 = gatun_h.GATUN_FAMILY_QWEN3();
  public static final int FAMILY_GEMMA3 = gatun_h.GATUN_FAMILY_GEMMA3();

  public static final int HEAD_NONE = gatun_h.GATUN_HEAD_NONE();
  public static final int HEAD_SEQUENCE = gatun_h.GATUN_HEAD_SEQUENCE();
  public static final int HEAD_TOKEN = gatun_h.GATUN_HEAD_TOKEN();

  public static final int POOLING_NONE = gatun_h.GATUN_POOLING_NONE();
  public static final int POOLING_CLS = gatun_h.GATUN_POOLING_CLS();
  public static final int POOLING_MEAN = gatun_h.GATUN_POOLING_MEAN();
  public static final int POOLING_LAST = gatun_h.GATUN_POOLING_LAST();

  public static final int PRECISION_FP32 = gatun_h.GATUN_PRECISION_FP32();
  public static final int PRECISION_BF16 = gatun_h.GATUN_PRECISION_BF16();
  public static final int PRECISION_INT8 = gatun_h.GATUN_PRECISION_INT8();

  public static final int TASK_LOW_RANK = gatun_h.GATUN_TASK_LOW_RANK();
  public static final int TASK_MERGED = gatun_h.GATUN_TASK_MERGED();
  public static final int TASK_BOTH = gatun_h.GATUN_TASK_BOTH();

  private Codes() {}
}
