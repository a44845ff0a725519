package dev.gatun.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Lines over a horizontal axis as an SVG picture that reads on light and dark pages: no background,
 * colours of middle lightness, and markers for those who cannot tell colours apart.
 *
 * @param scales of both axes
 */
public record Chart(
    String title,
    String horizontalLabel,
    String verticalLabel,
    Scales scales,
    List<Series> series) {

  private static final int WIDTH = 820;
  private static final int HEIGHT = 460;
  private static final int LEFT = 72;
  private static final int RIGHT = 600;
  private static final int TOP = 44;
  private static final int BOTTOM = 400;
  private static final List<String> COLOURS =
      List.of(
          "#2f86d0", "#e0772f", "#2fa36f", "#cc5a9a", "#8f7ad6", "#b8960c", "#3fa9bf", "#d24c56",
          "#7d8a99", "#7ba32c");
  private static final List<String> MARKERS =
      List.of(
          "M-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0",
          "M-3.5,-3.5h7v7h-7z",
          "M0,-5l5,5l-5,5l-5,-5z",
          "M0,-5l5,8h-10z",
          "M0,5l5,-8h-10z");
  private static final String STYLE =
      """
      <style>
      text { font: 12px system-ui, sans-serif; fill: #3a4048 }
      .title { font-size: 15px; font-weight: 600 }
      .grid { stroke: #d3d8de; stroke-width: 1 }
      .axis { stroke: #7d8590; stroke-width: 1.2; fill: none }
      .line { fill: none; stroke-width: 2 }
      @media (prefers-color-scheme: dark) {
      text { fill: #d5dae0 }
      .grid { stroke: #3a4149 }
      }
      </style>
      """;

  /** One line: points by rising x. */
  public record Series(String name, List<Point> points) {
    public Series {
      points = List.copyOf(points);
    }
  }

  /** What the axes are. */
  public enum Scales {
    /** Values over a logarithmic axis; both above 0. */
    VALUES,
    /** The same with a logarithmic vertical axis. */
    LOGARITHMIC,
    /** From 0 to 1 both. */
    SHARES
  }

  /** One point. */
  public record Point(double x, double y) {}

  public Chart {
    series = List.copyOf(series);
    if (series.isEmpty() || series.stream().anyMatch(one -> one.points().isEmpty())) {
      throw new IllegalArgumentException("a chart needs series, and each of them points");
    }
  }

  /** Lines over a logarithmic axis of values such as lengths. */
  public Chart(
      String title,
      String horizontalLabel,
      String verticalLabel,
      boolean logarithmic,
      List<Series> series) {
    this(
        title,
        horizontalLabel,
        verticalLabel,
        logarithmic ? Scales.LOGARITHMIC : Scales.VALUES,
        series);
  }

  /** Lines over a share, such as a threshold. */
  public static Chart ofShares(
      String title, String horizontalLabel, String verticalLabel, List<Series> series) {
    return new Chart(title, horizontalLabel, verticalLabel, Scales.SHARES, series);
  }

  /** The picture as an SVG document. */
  public String svg() {
    List<Point> all = series.stream().flatMap(one -> one.points().stream()).toList();
    List<Double> widths = all.stream().map(Point::x).toList();
    List<Double> heights = all.stream().map(Point::y).toList();
    Axis across =
        switch (scales) {
          case VALUES, LOGARITHMIC -> Axis.ofValues(horizontalLabel, widths, LEFT, RIGHT);
          case SHARES -> Axis.ofShares(horizontalLabel, LEFT, RIGHT);
        };
    Axis up =
        switch (scales) {
          case VALUES -> Axis.linear(verticalLabel, heights, BOTTOM, TOP);
          case LOGARITHMIC -> Axis.logarithmic(verticalLabel, heights, BOTTOM, TOP);
          case SHARES -> Axis.ofShares(verticalLabel, BOTTOM, TOP);
        };
    StringBuilder out = new StringBuilder();
    int height = Math.max(HEIGHT, TOP + 30 + 20 * series.size());
    out.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" role="
                + "\"img\">%n",
            WIDTH,
            height,
            WIDTH));
    out.append("<title>").append(escaped(title)).append("</title>\n").append(STYLE);
    text(out, LEFT, TOP - 20, "start", "title", title);
    axes(out, across, up);
    for (int i = 0; i < series.size(); i++) {
      line(out, series.get(i), i, across, up);
    }
    return out.append("</svg>\n").toString();
  }

  private static void axes(StringBuilder out, Axis across, Axis up) {
    for (double tick : up.ticks()) {
      path(out, "grid", LEFT, up.at(tick), RIGHT, up.at(tick));
      text(out, LEFT - 8, up.at(tick) + 4, "end", "tick", Axis.text(tick));
    }
    for (double tick : across.ticks()) {
      path(out, "grid", across.at(tick), TOP, across.at(tick), BOTTOM);
      text(out, across.at(tick), BOTTOM + 18, "middle", "tick", plain(tick, across));
    }
    path(out, "axis", LEFT, TOP, LEFT, BOTTOM);
    path(out, "axis", LEFT, BOTTOM, RIGHT, BOTTOM);
    text(out, (LEFT + RIGHT) / 2.0, BOTTOM + 42, "middle", "label", across.label());
    out.append(
        String.format(
            Locale.ROOT,
            "<text class=\"label\" text-anchor=\"middle\" transform=\"translate(18 %d)"
                + " rotate(-90)\">%s</text>%n",
            (TOP + BOTTOM) / 2,
            escaped(up.label())));
  }

  private static void line(StringBuilder out, Series series, int index, Axis across, Axis up) {
    String colour = COLOURS.get(index % COLOURS.size());
    String marker = MARKERS.get(index % MARKERS.size());
    List<String> points = new ArrayList<>();
    for (Point point : series.points()) {
      points.add(String.format(Locale.ROOT, "%.1f,%.1f", across.at(point.x()), up.at(point.y())));
    }
    stroke(out, colour, String.join(" ", points));
    for (String point : points) {
      marker(out, point.replace(',', ' '), marker, colour);
    }
    double y = TOP + 8.0 + 20 * index;
    stroke(out, colour, (RIGHT + 20) + "," + y + " " + (RIGHT + 44) + "," + y);
    marker(out, (RIGHT + 32) + " " + y, marker, colour);
    text(out, RIGHT + 52.0, y + 4, "start", "legend", series.name());
  }

  private static void stroke(StringBuilder out, String colour, String points) {
    out.append(
        String.format(
            Locale.ROOT,
            "<polyline class=\"line\" stroke=\"%s\" points=\"%s\"/>%n",
            colour,
            points));
  }

  private static void marker(StringBuilder out, String place, String shape, String colour) {
    out.append(
        String.format(
            Locale.ROOT,
            "<path transform=\"translate(%s)\" d=\"%s\" fill=\"%s\"/>%n",
            place,
            shape,
            colour));
  }

  private static void path(
      StringBuilder out, String style, double x1, double y1, double x2, double y2) {
    out.append(
        String.format(
            Locale.ROOT,
            "<path class=\"%s\" d=\"M%.1f,%.1fL%.1f,%.1f\"/>%n",
            style,
            x1,
            y1,
            x2,
            y2));
  }

  private static void text(
      StringBuilder out, double x, double y, String anchor, String style, String words) {
    out.append(
        String.format(
            Locale.ROOT,
            "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n",
            style,
            x,
            y,
            anchor,
            escaped(words)));
  }

  /** Lengths in full: 1024 is clearer than 1k. */
  private static String plain(double value, Axis axis) {
    return axis.high() <= 1 ? Axis.text(value) : String.format(Locale.ROOT, "%.0f", value);
  }

  private static String escaped(String words) {
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
