/** {@code gatun bench quality}: how often the predictions of {@code gatun classify} are right. */
package dev.gatun.bench.quality;
