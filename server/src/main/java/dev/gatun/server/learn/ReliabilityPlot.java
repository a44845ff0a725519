package dev.gatun.server.learn;

import java.util.List;
import java.util.Locale;

/** The reliability diagram of a classifier as SVG, and as lines of text. */
public final class ReliabilityPlot {
  private static final int SIZE = 360;
  private static final int MARGIN = 48;
  private static final int BAR_CELLS = 40;

  private ReliabilityPlot() {}

  /** Bars of accuracy over confidence; on the diagonal a probability is what it says. */
  public static String svg(List<Calibration.Bin> bins, String title) {
    StringBuilder svg = new StringBuilder();
    int edge = SIZE + 2 * MARGIN;
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\"",
            edge,
            edge));
    svg.append(" font-family=\"sans-serif\" font-size=\"12\">\n");
    svg.append(
        String.format(
            Locale.ROOT, "<rect width=\"%d\" height=\"%d\" fill=\"white\"/>\n", edge, edge));
    svg.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%d\" y=\"24\" font-size=\"14\">%s</text>\n",
            MARGIN,
            escaped(title)));
    bins.forEach(bin -> svg.append(bar(bin)));
    int end = MARGIN + SIZE;
    svg.append(
        String.format(
            Locale.ROOT,
            "<path d=\"M%d %dL%d %d\" stroke=\"#b33\" stroke-dasharray=\"4\"/>\n",
            MARGIN,
            end,
            end,
            MARGIN));
    svg.append(
        String.format(
            Locale.ROOT,
            "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"none\" stroke=\"#888\"/>\n",
            MARGIN,
            MARGIN,
            SIZE,
            SIZE));
    svg.append(
        String.format(
            Locale.ROOT, "<text x=\"%d\" y=\"%d\">confidence 0 to 1</text>\n", MARGIN, end + 24));
    svg.append(
        String.format(
            Locale.ROOT,
            "<text transform=\"translate(28 %d) rotate(-90)\">accuracy 0 to 1</text>\n",
            end));
    return svg.append("</svg>\n").toString();
  }

  private static String bar(Calibration.Bin bin) {
    double height = bin.accuracy() * SIZE;
    return String.format(
        Locale.ROOT,
        "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"#3b6ea5\">"
            + "<title>%d examples, confidence %.3f, accuracy %.3f</title></rect>\n",
        MARGIN + bin.low() * SIZE + 1,
        MARGIN + SIZE - height,
        (bin.high() - bin.low()) * SIZE - 2,
        height,
        bin.count(),
        bin.confidence(),
        bin.accuracy());
  }

  /** One line per bin: its range, how many examples, confidence, accuracy and a bar of it. */
  public static List<String> lines(List<Calibration.Bin> bins) {
    return bins.stream()
        .map(bin ->
            String.format(
                Locale.ROOT,
                "%.2f-%.2f %7d  %.3f  %.3f  %s",
                bin.low(),
                bin.high(),
                bin.count(),
                bin.confidence(),
                bin.accuracy(),
                "#".repeat((int) Math.round(bin.accuracy() * BAR_CELLS))))
        .toList();
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
