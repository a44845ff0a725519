/** What measurements share: statistics, cost of a forward pass, facts about the machine. */
package dev.gatun.bench.measure;
