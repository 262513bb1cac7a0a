#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace millwright::learn {

struct PlotAxis {
  std::string label;
  double low = 0;
  double high = 1;
};

/// An axis that holds all of the given values, finite ones only.
PlotAxis AxisOver(std::string label, std::initializer_list<std::span<const double>> values);

/// A plot as one self-contained SVG file of a few kilobytes: axes with round ticks, and what is added over them in order. Points
/// that are not finite are left out; text is escaped. The same calls give the same bytes.
class SvgPlot {
 public:
  SvgPlot(std::string_view title, PlotAxis x, PlotAxis y);

  void AddPoints(std::span<const double> x, std::span<const double> y, std::string_view color);
  void AddLine(std::span<const double> x, std::span<const double> y, std::string_view color, bool is_dashed = false);
  /// The area between two lines over the same x.
  void AddBand(std::span<const double> x, std::span<const double> low, std::span<const double> high, std::string_view color);
  /// A box from (x0, y0) to (x1, y1) in the axes' units, with a text in its middle.
  void AddBox(double x0, double y0, double x1, double y1, std::string_view color, double opacity, std::string_view text = "");
  /// A text beside the axis, in place of ticks: x at the bottom, y at the left. Before anything is added.
  void SetNames(std::vector<std::string> x_names, std::vector<std::string> y_names);
  void AddLegend(std::string_view name, std::string_view color);

  std::string Text() const;

 private:
  double X(double x) const;
  double Y(double y) const;
  std::string Ticks() const;

  std::string title_;
  PlotAxis x_;
  PlotAxis y_;
  double left_;                       // of the axes
  std::vector<std::string> x_names_;  // at 0.5, 1.5, …
  std::vector<std::string> y_names_;
  std::string body_;
  std::string legend_;
  int legend_entries_ = 0;
};

}  // namespace millwright::learn
