package dev.gatun.inference;

/**
 * Facts about the native library and the machine it runs on.
 *
 * @param version of the library
 * @param abi version of its C interface
 * @param backend what computes, such as {@code cpu}
 * @param isa instruction set tier in use
 * @param isaDetected best tier this machine has; {@code isa} differs when {@code GATUN_ISA} caps it
 * @param cpus processors the library may use
 */
public record RuntimeInfo(
    String version, int abi, String backend, String isa, String isaDetected, int cpus) {}
