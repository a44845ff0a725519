package dev.gatun.router.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How often each word occurs in each of some sentences, as a share of the sentence's words. Words
 * are numbered, so that comparing sentences needs no hashing.
 */
final class TermVectors {
  /** A sentence that is less unlike the others than this is like them but for rounding. */
  private static final double ROUNDING = 1e-12;

  private final List<int[]> terms = new ArrayList<>();
  private final List<double[]> shares = new ArrayList<>();
  private final int vocabulary;

  TermVectors(List<String> sentences) {
    Map<String, Integer> numbers = new HashMap<>();
    for (String sentence : sentences) {
      List<String> words = SentenceWords.of(sentence);
      Map<Integer, Integer> counts = new HashMap<>();
      for (String word : words) {
        counts.merge(numbers.computeIfAbsent(word, _ -> numbers.size()), 1, Integer::sum);
      }
      int[] own = counts.keySet().stream().mapToInt(Integer::intValue).sorted().toArray();
      double[] share = new double[own.length];
      for (int i = 0; i < own.length; i++) {
        share[i] = counts.getOrDefault(own[i], 0) / (double) words.size();
      }
      terms.add(own);
      shares.add(share);
    }
    vocabulary = numbers.size();
  }

  int size() {
    return terms.size();
  }

  /** Cosines of all pairs, row by row; 0 for a sentence without words, and for itself. */
  double[][] cosines() {
    double[] lengths = new double[size()];
    for (int i = 0; i < size(); i++) {
      lengths[i] = length(shares.get(i));
    }
    double[][] cosines = new double[size()][size()];
    double[] dense = new double[vocabulary];
    for (int i = 0; i < size(); i++) {
      spread(i, dense, 1);
      for (int j = i + 1; j < size(); j++) {
        double product = lengths[i] * lengths[j];
        double cosine = product == 0 ? 0 : dot(j, dense) / product;
        cosines[i][j] = cosine;
        cosines[j][i] = cosine;
      }
      spread(i, dense, 0);
    }
    return cosines;
  }

  /** Per sentence 1 − cosine with the mean of all; 0 for a sentence without words. */
  double[] novelties() {
    double[] mean = new double[vocabulary];
    for (int i = 0; i < size(); i++) {
      for (int t = 0; t < terms.get(i).length; t++) {
        mean[terms.get(i)[t]] += shares.get(i)[t] / size();
      }
    }
    double length = length(mean);
    double[] novelties = new double[size()];
    for (int i = 0; i < size(); i++) {
      if (terms.get(i).length > 0) {
        double novelty = 1 - dot(i, mean) / (length(shares.get(i)) * length);
        novelties[i] = novelty < ROUNDING ? 0 : novelty;
      }
    }
    return novelties;
  }

  /** Per sentence the sum of share · ln((N + 1) / (n + 1)), with n of N sentences having a word. */
  double[] densities() {
    int[] sentences = new int[vocabulary];
    terms.forEach(own -> {
      for (int term : own) {
        sentences[term]++;
      }
    });
    double[] densities = new double[size()];
    for (int i = 0; i < size(); i++) {
      for (int t = 0; t < terms.get(i).length; t++) {
        double rarity = Math.log((size() + 1.0) / (sentences[terms.get(i)[t]] + 1.0));
        densities[i] += shares.get(i)[t] * rarity;
      }
    }
    return densities;
  }

  private void spread(int sentence, double[] dense, double factor) {
    int[] own = terms.get(sentence);
    for (int t = 0; t < own.length; t++) {
      dense[own[t]] = shares.get(sentence)[t] * factor;
    }
  }

  private double dot(int sentence, double[] dense) {
    int[] own = terms.get(sentence);
    double[] share = shares.get(sentence);
    double sum = 0;
    for (int t = 0; t < own.length; t++) {
      sum += share[t] * dense[own[t]];
    }
    return sum;
  }

  private static double length(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value * value;
    }
    return Math.sqrt(sum);
  }
}
