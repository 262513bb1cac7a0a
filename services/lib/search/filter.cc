#include "lib/search/filter.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/base/status_macros.h"
#include "lib/search/clause.h"
#include "lib/search/comparison.h"
#include "lib/search/place.h"

namespace millwright::search {
namespace {

using Wire = Schema::Wire;

Place PlaceOf(absl::string_view text, const Clause& clause) {
  return {clause.begin, std::string(text.substr(clause.begin, clause.end - clause.begin))};
}

absl::Status Misplaced(absl::string_view text, const std::vector<const Clause*>& clauses, Wire wire) {
  const Place place = PlaceOf(text, *clauses.front());
  if (wire == Wire::kLoggedModels) {
    return ErrorAt(
        absl::StrCat("Invalid filter string: ", PythonText(text),
                     ". Expected a list of comparisons separated by 'AND' (e.g. 'metrics.loss > 0.1 AND params.lr = 0.01')."),
        place);
  }
  const char* quote = wire == Wire::kRuns ? "'" : "";
  std::vector<std::string> shown;
  for (const Clause* clause : clauses) shown.push_back(absl::StrCat(quote, PlaceOf(text, *clause).text, quote));
  return ErrorAt(absl::StrCat("Invalid clause(s) in filter string: ", absl::StrJoin(shown, ", ")), place);
}

absl::Status CheckStatements(absl::string_view text, const std::vector<Token>& tokens, const Schema& schema) {
  const bool is_logged_models = schema.wire == Wire::kLoggedModels;
  if (tokens.empty()) {
    if (is_logged_models)
      return ErrorAt(absl::StrCat("Invalid filter string: ", PythonText(text), ". Expected a single SQL expression."), {});
    return ErrorAt(absl::StrCat("Invalid filter '", text, "'. Could not be parsed."), {});
  }
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (tokens[i].kind != Token::Kind::kSemicolon) continue;
    const Place place{tokens[i].offset, ";"};
    if (is_logged_models)
      return ErrorAt(absl::StrCat("Invalid filter string: ", PythonText(text), ". Expected a single SQL expression."), place);
    return ErrorAt(
        absl::StrCat("Search filter contained multiple expression ", PythonText(text), ". Provide AND-ed expression list."),
        place);
  }
  return absl::OkStatus();
}

// Joins comparisons that are checked already. AND binds closer than OR; as with MLflow, an AND too many is no error, and none
// is needed between two comparisons.
class Joiner {
 public:
  Joiner(absl::string_view text, const std::vector<Clause>& clauses, std::vector<Comparison> comparisons, Wire wire)
      : text_(text), clauses_(clauses), comparisons_(std::move(comparisons)), wire_(wire) {}

  absl::StatusOr<Expression> Run() { return Or(); }

 private:
  bool At(Clause::Kind kind) const { return at_ < clauses_.size() && clauses_[at_].kind == kind; }

  absl::StatusOr<Expression> Or() {
    const std::size_t first = at_;
    std::vector<Expression> sides;
    while (true) {
      ASSIGN_OR_RETURN(Expression side, And());
      const bool is_empty = side.kind == Expression::Kind::kAnd && side.children.empty();
      if (is_empty && (At(Clause::Kind::kOr) || !sides.empty())) {
        return Misplaced(text_, {At(Clause::Kind::kOr) ? &clauses_[at_] : &clauses_[at_ - 1]}, wire_);
      }
      if (is_empty && first > 0) return Misplaced(text_, {&clauses_[first - 1]}, wire_);  // parentheses around nothing but AND
      Add(std::move(side), Expression::Kind::kOr, sides);
      if (!At(Clause::Kind::kOr)) break;
      ++at_;
    }
    return Joined(std::move(sides), Expression::Kind::kOr);
  }

  absl::StatusOr<Expression> And() {
    std::vector<Expression> sides;
    while (true) {
      if (At(Clause::Kind::kAnd)) {
        ++at_;
      } else if (At(Clause::Kind::kComparison)) {
        Expression side;
        side.kind = Expression::Kind::kComparison;
        side.comparison = std::move(comparisons_[next_comparison_++]);
        sides.push_back(std::move(side));
        ++at_;
      } else if (At(Clause::Kind::kOpen)) {
        if (++depth_ > kMaxDepth) {
          return ErrorAt(absl::StrCat("the filter nests parentheses deeper than ", kMaxDepth), PlaceOf(text_, clauses_[at_]));
        }
        ++at_;
        ASSIGN_OR_RETURN(Expression side, Or());
        ++at_;  // the closing one: the clauses are balanced
        --depth_;
        Add(std::move(side), Expression::Kind::kAnd, sides);
      } else {
        return Joined(std::move(sides), Expression::Kind::kAnd);
      }
    }
  }

  static void Add(Expression side, Expression::Kind kind, std::vector<Expression>& sides) {
    if (side.kind != kind) return sides.push_back(std::move(side));
    for (Expression& child : side.children) sides.push_back(std::move(child));
  }

  static Expression Joined(std::vector<Expression> sides, Expression::Kind kind) {
    if (sides.size() == 1) return std::move(sides.front());
    Expression joined;
    joined.kind = sides.empty() ? Expression::Kind::kAnd : kind;
    joined.children = std::move(sides);
    return joined;
  }

  absl::string_view text_;
  const std::vector<Clause>& clauses_;
  std::vector<Comparison> comparisons_;
  Wire wire_;
  std::size_t at_ = 0;
  std::size_t next_comparison_ = 0;
  int depth_ = 0;
};

}  // namespace

absl::StatusOr<Expression> ParseFilter(absl::string_view text, const Schema& schema) {
  if (text.empty()) return Expression();
  if (text.size() > kMaxFilterBytes) {
    return ErrorAt(absl::StrCat("the filter has ", text.size(), " bytes; at most ", kMaxFilterBytes, " are read"), {});
  }
  const std::vector<Token> tokens = Tokenize(text);
  RETURN_IF_ERROR(CheckStatements(text, tokens, schema));
  const std::vector<Clause> clauses = GroupClauses(text, tokens, schema.has_aggregates);
  std::vector<const Clause*> strays;
  for (const Clause& clause : clauses) {
    if (clause.kind == Clause::Kind::kStray) strays.push_back(&clause);
  }
  if (!strays.empty()) return Misplaced(text, strays, schema.wire);
  std::vector<const Clause*> compared;
  for (const Clause& clause : clauses) {
    if (clause.kind == Clause::Kind::kComparison) compared.push_back(&clause);
  }
  if (compared.size() > kMaxComparisons) {
    return ErrorAt(absl::StrCat("the filter has ", compared.size(), " comparisons; at most ", kMaxComparisons, " are allowed"),
                   PlaceOf(text, *compared[kMaxComparisons]));
  }
  std::vector<Comparison> comparisons;
  for (const Clause* clause : compared) {
    ASSIGN_OR_RETURN(Comparison comparison, ResolveComparison(*clause, tokens, schema));
    comparisons.push_back(std::move(comparison));
  }
  for (std::size_t i = 0; i < compared.size(); ++i) RETURN_IF_ERROR(ResolveOperator(*compared[i], schema, comparisons[i]));
  return Joiner(text, clauses, std::move(comparisons), schema.wire).Run();
}

}  // namespace millwright::search
