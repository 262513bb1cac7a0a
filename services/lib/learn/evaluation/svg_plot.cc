#include "lib/learn/evaluation/svg_plot.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

constexpr double kWidth = 640;
constexpr double kHeight = 420;
constexpr double kLeft = 80;
constexpr double kLeftOfNames = 190;
constexpr std::size_t kMaxName = 28;  // bytes
constexpr double kRight = 20;
constexpr double kTop = 44;
constexpr double kBottom = 56;

std::string Number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", value);
  return text;
}

/// A place on the page, to a tenth of a pixel.
std::string Place(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        // Control characters are no XML.
        if (static_cast<unsigned char>(c) >= 0x20) escaped += c;
    }
  }
  return escaped;
}

std::string TextAt(double x, double y, std::string_view anchor, std::string_view text, std::string_view more = "") {
  return Cat("<text x=\"", Place(x), "\" y=\"", Place(y), "\" text-anchor=\"", anchor, "\"", more, ">", Escaped(text),
             "</text>\n");
}

/// Without its middle when it is long, cut between characters of UTF-8: the ends of features' names tell them apart.
std::string Shortened(std::string_view name) {
  if (name.size() <= kMaxName) return std::string(name);
  const auto is_inside = [&](std::size_t at) { return (static_cast<unsigned char>(name[at]) & 0xC0) == 0x80; };
  std::size_t head = kMaxName / 3;
  while (head > 0 && is_inside(head)) --head;
  std::size_t tail = name.size() - (kMaxName - kMaxName / 3);
  while (tail < name.size() && is_inside(tail)) ++tail;
  return Cat(name.substr(0, head), "…", name.substr(tail));
}

/// The largest of 1, 2, 5 × 10ⁿ that parts the range into at least four steps.
double TickStep(double range) {
  const double power = std::pow(10, std::floor(std::log10(range / 4)));
  for (const double factor : {5.0, 2.0}) {
    if (range / (factor * power) >= 4) return factor * power;
  }
  return power;
}

std::vector<double> TicksOf(const PlotAxis& axis) {
  const double step = TickStep(axis.high - axis.low);
  std::vector<double> ticks;
  for (double k = std::ceil(axis.low / step - 1e-9); k * step <= axis.high + step * 1e-9 && ticks.size() < 20; ++k)
    ticks.push_back(k * step + 0.0);  // never -0
  return ticks;
}

}  // namespace

PlotAxis AxisOver(std::string label, std::initializer_list<std::span<const double>> values) {
  PlotAxis axis{.label = std::move(label), .low = INFINITY, .high = -INFINITY};
  for (const std::span<const double> some : values) {
    for (const double value : some) {
      if (!std::isfinite(value)) continue;
      axis.low = std::min(axis.low, value);
      axis.high = std::max(axis.high, value);
    }
  }
  if (axis.low > axis.high) axis.low = axis.high = 0;
  if (axis.low == axis.high) {
    const double half = axis.low == 0 ? 0.5 : std::abs(axis.low) / 2;
    axis.low -= half;
    axis.high += half;
  }
  return axis;
}

SvgPlot::SvgPlot(std::string_view title, PlotAxis x, PlotAxis y)
    : title_(title), x_(std::move(x)), y_(std::move(y)), left_(kLeft) {}

double SvgPlot::X(double x) const { return left_ + (x - x_.low) / (x_.high - x_.low) * (kWidth - left_ - kRight); }
double SvgPlot::Y(double y) const { return kHeight - kBottom - (y - y_.low) / (y_.high - y_.low) * (kHeight - kTop - kBottom); }

void SvgPlot::AddPoints(std::span<const double> x, std::span<const double> y, std::string_view color) {
  body_ += Cat("<g fill=\"", color, "\" fill-opacity=\"0.45\">\n");
  for (std::size_t i = 0; i < std::min(x.size(), y.size()); ++i) {
    if (!std::isfinite(x[i]) || !std::isfinite(y[i])) continue;
    body_ += Cat("<circle cx=\"", Place(X(x[i])), "\" cy=\"", Place(Y(y[i])), "\" r=\"2.2\"/>\n");
  }
  body_ += "</g>\n";
}

void SvgPlot::AddLine(std::span<const double> x, std::span<const double> y, std::string_view color, bool is_dashed) {
  std::string points;
  for (std::size_t i = 0; i < std::min(x.size(), y.size()); ++i) {
    if (std::isfinite(x[i]) && std::isfinite(y[i])) points += Cat(Place(X(x[i])), ",", Place(Y(y[i])), " ");
  }
  body_ += Cat("<polyline fill=\"none\" stroke=\"", color, "\" stroke-width=\"1.6\"",
               is_dashed ? " stroke-dasharray=\"5 4\"" : "", " points=\"", points, "\"/>\n");
}

void SvgPlot::AddBand(std::span<const double> x, std::span<const double> low, std::span<const double> high,
                      std::string_view color) {
  const std::size_t n = std::min({x.size(), low.size(), high.size()});
  std::string points;
  for (std::size_t i = 0; i < n; ++i) points += Cat(Place(X(x[i])), ",", Place(Y(high[i])), " ");
  for (std::size_t i = n; i-- > 0;) points += Cat(Place(X(x[i])), ",", Place(Y(low[i])), " ");
  body_ += Cat("<polygon fill=\"", color, "\" fill-opacity=\"0.18\" points=\"", points, "\"/>\n");
}

void SvgPlot::AddBox(double x0, double y0, double x1, double y1, std::string_view color, double opacity, std::string_view text) {
  const double left = std::min(X(x0), X(x1));
  const double top = std::min(Y(y0), Y(y1));
  const double width = std::abs(X(x1) - X(x0));
  const double height = std::abs(Y(y1) - Y(y0));
  body_ += Cat("<rect x=\"", Place(left), "\" y=\"", Place(top), "\" width=\"", Place(width), "\" height=\"", Place(height),
               "\" fill=\"", color, "\" fill-opacity=\"", Number(opacity), "\"/>\n");
  if (!text.empty())
    body_ += TextAt(left + width / 2, top + height / 2 + 4, "middle", text, opacity > 0.6 ? " fill=\"#fff\"" : "");
}

void SvgPlot::SetNames(std::vector<std::string> x_names, std::vector<std::string> y_names) {
  if (!y_names.empty()) left_ = kLeftOfNames;
  x_names_ = std::move(x_names);
  y_names_ = std::move(y_names);
}

void SvgPlot::AddLegend(std::string_view name, std::string_view color) {
  const double y = kTop + 12 + 16 * legend_entries_++;
  legend_ += Cat("<rect x=\"", Place(kWidth - kRight - 130), "\" y=\"", Place(y - 8), "\" width=\"10\" height=\"10\" fill=\"",
                 color, "\"/>\n", TextAt(kWidth - kRight - 115, y + 1, "start", name));
}

std::string SvgPlot::Ticks() const {
  std::string text;
  const double bottom = kHeight - kBottom;
  const auto vertical = [&](double x, std::string_view name, bool has_grid) {
    if (has_grid)
      text += Cat("<line x1=\"", Place(X(x)), "\" y1=\"", Place(kTop), "\" x2=\"", Place(X(x)), "\" y2=\"", Place(bottom),
                  "\" stroke=\"#e5e7eb\"/>\n");
    text += TextAt(X(x), bottom + 16, "middle", name);
  };
  const auto horizontal = [&](double y, std::string_view name, bool has_grid) {
    if (has_grid)
      text += Cat("<line x1=\"", Place(left_), "\" y1=\"", Place(Y(y)), "\" x2=\"", Place(kWidth - kRight), "\" y2=\"",
                  Place(Y(y)), "\" stroke=\"#e5e7eb\"/>\n");
    text += TextAt(left_ - 6, Y(y) + 4, "end", Shortened(name));
  };
  if (x_names_.empty()) {
    for (const double tick : TicksOf(x_)) vertical(tick, Number(tick), true);
  }
  for (std::size_t i = 0; i < x_names_.size(); ++i) vertical(static_cast<double>(i) + 0.5, x_names_[i], false);
  if (y_names_.empty()) {
    for (const double tick : TicksOf(y_)) horizontal(tick, Number(tick), true);
  }
  for (std::size_t i = 0; i < y_names_.size(); ++i) horizontal(static_cast<double>(i) + 0.5, y_names_[i], false);
  return text;
}

std::string SvgPlot::Text() const {
  const double bottom = kHeight - kBottom;
  const double middle = (kTop + bottom) / 2;
  return Cat(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 640 420\" width=\"640\" height=\"420\" font-family=\"sans-serif\" "
      "font-size=\"11\" fill=\"#1f2937\">\n<rect width=\"640\" height=\"420\" fill=\"#fff\"/>\n",
      TextAt(left_, 24, "start", title_, " font-size=\"14\" font-weight=\"bold\""), Ticks(), body_, legend_, "<line x1=\"",
      Place(left_), "\" y1=\"", Place(bottom), "\" x2=\"", Place(kWidth - kRight), "\" y2=\"", Place(bottom),
      "\" stroke=\"#6b7280\"/>\n<line x1=\"", Place(left_), "\" y1=\"", Place(kTop), "\" x2=\"", Place(left_), "\" y2=\"",
      Place(bottom), "\" stroke=\"#6b7280\"/>\n", TextAt((left_ + kWidth - kRight) / 2, kHeight - 16, "middle", x_.label),
      TextAt(16, middle, "middle", y_.label, Cat(" transform=\"rotate(-90 16 ", Place(middle), ")\"")), "</svg>\n");
}

}  // namespace millwright::learn
