#include "lib/base/status_macros.h"
#include "lib/learn/features/column_step.h"

namespace millwright::learn {

namespace {

/// The columns that the others work on, as the table has them.
class SelectStep : public ColumnStep {
 public:
  explicit SelectStep(std::vector<std::string> columns) : columns_(std::move(columns)) {}

  std::unique_ptr<ColumnStep> Clone() const override { return std::make_unique<SelectStep>(*this); }
  nlohmann::json ToJson() const override { return {{"op", "select"}, {"columns", columns_}}; }

  absl::Status Bind(RowLayout& layout) override {
    for (const std::string& column : columns_) {
      ASSIGN_OR_RETURN(from_.emplace_back(), layout.Raw(column));
    }
    return absl::OkStatus();
  }
  absl::Status Extend(RowLayout& layout) override {
    for (const std::string& column : columns_) {
      ASSIGN_OR_RETURN(to_.emplace_back(), layout.Add(column));
    }
    return absl::OkStatus();
  }
  void Apply(std::span<double> row, const ColumnHistory&) const override {
    for (std::size_t i = 0; i < from_.size(); ++i) row[to_[i]] = row[from_[i]];
  }

 private:
  std::vector<std::string> columns_;
  std::vector<std::size_t> from_;
  std::vector<std::size_t> to_;
};

}  // namespace

ColumnStepOr ParseSelect(StrictObject& step, const StepContext&) {
  std::vector<std::string> columns = step.Texts("columns");
  if (columns.empty()) step.Fail("columns", "must name at least one column");
  RequireDistinct(step, "columns", columns);
  return std::make_shared<const SelectStep>(std::move(columns));
}

absl::StatusOr<std::shared_ptr<const ColumnStep>> SelectSensors(const Table& table) {
  std::vector<std::string> columns;
  for (const Column& column : table.columns()) {
    if (column.spec.role == ColumnRole::kSensor && column.spec.type == ColumnType::kNumber) columns.push_back(column.spec.name);
  }
  if (columns.empty()) return absl::InvalidArgumentError("the table has no number column with the role sensor");
  return std::make_shared<const SelectStep>(std::move(columns));
}

}  // namespace millwright::learn
