#include <algorithm>
#include <cmath>
#include <set>

#include "lib/base/status_macros.h"
#include "lib/learn/features/column_step.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

constexpr std::size_t kMaxCategories = 1'000;

/// A text column as one 0/1 column for each category, or as its category's number. A missing text and a category that is not
/// listed are missing.
class EncodeStep : public ColumnStep {
 public:
  EncodeStep(TextCategories categories, bool is_one_hot) : categories_(std::move(categories)), is_one_hot_(is_one_hot) {}

  std::unique_ptr<ColumnStep> Clone() const override { return std::make_unique<EncodeStep>(*this); }
  nlohmann::json ToJson() const override {
    return {{"op", "encode"}, {"column", categories_.column}, {"as", is_one_hot_ ? "one_hot" : "code"}};
  }

  absl::Status Bind(RowLayout& layout) override {
    for (const RowLayout::Input& input : layout.inputs()) {
      if (input.is_text && input.name == categories_.column)
        return absl::InvalidArgumentError(Cat("features.steps: column \"", categories_.column, "\" is encoded twice"));
    }
    ASSIGN_OR_RETURN(from_, layout.Raw(categories_.column, true));
    return absl::OkStatus();
  }
  absl::Status Fit(const TrainingRows& rows) override {
    ASSIGN_OR_RETURN(const Column* column, rows.table.Get(categories_.column));
    if (column->spec.type != ColumnType::kText)
      return absl::InvalidArgumentError(
          Cat("features.steps: column \"", categories_.column, "\" holds numbers; encode is for texts"));
    if (!categories_.names.empty()) return absl::OkStatus();
    std::set<std::string> names;
    for (const AssetRows& asset : rows.assets) {
      for (const std::size_t row : asset.rows) {
        if (!column->texts[row].empty()) names.insert(column->texts[row]);
        if (names.size() > kMaxCategories)
          return absl::InvalidArgumentError(
              Cat("features.steps: column \"", categories_.column, "\" has more than ", kMaxCategories, " categories"));
      }
    }
    if (names.empty())
      return absl::FailedPreconditionError(
          Cat("features.steps: every text of column \"", categories_.column, "\" is missing among the training rows"));
    categories_.names.assign(names.begin(), names.end());
    return absl::OkStatus();
  }
  nlohmann::json Fitted() const override { return {{"categories", categories_.names}}; }
  absl::Status Restore(const nlohmann::json& fitted, const std::string& path) override {
    StrictObject object(fitted, path);
    categories_.names = object.Texts("categories");
    if (categories_.names.empty() || categories_.names.size() > kMaxCategories)
      object.Fail("categories", Cat("must be a list of 1 to ", kMaxCategories, " texts"));
    return object.Finish();
  }
  absl::Status Extend(RowLayout& layout) override {
    if (!is_one_hot_) {
      ASSIGN_OR_RETURN(to_.emplace_back(), layout.Add(categories_.column));
      return absl::OkStatus();
    }
    for (const std::string& name : categories_.names) {
      ASSIGN_OR_RETURN(to_.emplace_back(), layout.Add(Cat(categories_.column, "=", name)));
    }
    return absl::OkStatus();
  }
  void Apply(std::span<double> row, const ColumnHistory&) const override {
    const double code = row[from_];
    for (std::size_t i = 0; i < to_.size(); ++i)
      row[to_[i]] = !is_one_hot_ || std::isnan(code) ? code : code == static_cast<double>(i) ? 1.0 : 0.0;
  }
  const TextCategories* categories() const override { return &categories_; }

 private:
  TextCategories categories_;
  bool is_one_hot_;
  std::size_t from_ = 0;
  std::vector<std::size_t> to_;
};

}  // namespace

ColumnStepOr ParseEncode(StrictObject& step, const StepContext&) {
  TextCategories categories{.column = step.Text("column"), .names = step.Texts("categories")};
  if (step.Optional("categories") != nullptr && (categories.names.empty() || categories.names.size() > kMaxCategories))
    step.Fail("categories", Cat("must be a list of 1 to ", kMaxCategories, " texts"));
  RequireDistinct(step, "categories", categories.names);
  const std::string as = step.Text("as", "one_hot");
  if (as != "one_hot" && as != "code") step.Fail("as", Cat("\"", as.substr(0, 40), "\" must be one_hot or code"));
  return std::make_shared<const EncodeStep>(std::move(categories), as == "one_hot");
}

}  // namespace millwright::learn
