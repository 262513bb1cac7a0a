#include "lib/base/status_macros.h"
#include "lib/learn/features/column_step.h"
#include "lib/learn/features/formula.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

/// A new column by a formula over columns as they are by now, or over raw ones that were not selected.
class DeriveStep : public ColumnStep {
 public:
  DeriveStep(std::string name, std::string text, Formula formula)
      : name_(std::move(name)), text_(std::move(text)), formula_(std::move(formula)) {}

  std::unique_ptr<ColumnStep> Clone() const override { return std::make_unique<DeriveStep>(*this); }
  nlohmann::json ToJson() const override { return {{"op", "derive"}, {"name", name_}, {"formula", text_}}; }

  absl::Status Bind(RowLayout& layout) override {
    for (const std::string& column : formula_.columns()) {
      const std::string one[] = {column};
      const absl::StatusOr<std::vector<std::size_t>> selected = layout.Places(one);
      if (selected.ok()) {
        places_.push_back((*selected)[0]);
        continue;
      }
      ASSIGN_OR_RETURN(places_.emplace_back(), layout.Raw(column));
    }
    return absl::OkStatus();
  }
  absl::Status Extend(RowLayout& layout) override {
    ASSIGN_OR_RETURN(to_, layout.Add(name_));
    return absl::OkStatus();
  }
  void Apply(std::span<double> row, const ColumnHistory&) const override { row[to_] = formula_.Evaluate(row, places_); }

 private:
  std::string name_;
  std::string text_;
  Formula formula_;
  std::vector<std::size_t> places_;
  std::size_t to_ = 0;
};

}  // namespace

ColumnStepOr ParseDerive(StrictObject& step, const StepContext&) {
  std::string name = step.Text("name");
  std::string text = step.Text("formula");
  if (name.empty() || name.size() > 200) step.Fail("name", "must have 1 to 200 characters");
  absl::StatusOr<Formula> formula = Formula::Parse(text);
  if (!formula.ok()) {
    step.Fail("formula", Cat("\"", text.substr(0, 100), "\": ", formula.status().message()));
    formula = Formula();
  }
  return std::make_shared<const DeriveStep>(std::move(name), std::move(text), *std::move(formula));
}

}  // namespace millwright::learn
