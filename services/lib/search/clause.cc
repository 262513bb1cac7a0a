#include "lib/search/clause.h"

#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace millwright::search {
namespace {

using Kind = Token::Kind;

class Grouper {
 public:
  Grouper(absl::string_view text, const std::vector<Token>& tokens, bool has_aggregates)
      : text_(text), tokens_(tokens), has_aggregates_(has_aggregates), closes_(tokens.size(), 0) {
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      if (tokens_[i].kind == Kind::kOpen) open.push_back(i);
      if (tokens_[i].kind == Kind::kClose && !open.empty()) {
        closes_[open.back()] = i;
        closes_[i] = i;  // marks a closing one that has its opening one
        open.pop_back();
      }
    }
  }

  std::vector<Clause> Run() {
    while (at_ < tokens_.size()) Next();
    JoinAroundCommas();
    return std::move(clauses_);
  }

 private:
  bool Is(std::size_t i, Kind kind) const { return i < tokens_.size() && tokens_[i].kind == kind; }
  bool Word(std::size_t i, absl::string_view word) const { return i < tokens_.size() && IsWord(tokens_[i], word); }
  bool IsKeyword(std::size_t i) const {
    for (const char* word : {"AND", "OR", "NOT", "IN", "IS", "LIKE", "ILIKE", "RLIKE", "NULL", "BETWEEN", "LIMIT"}) {
      if (Word(i, word)) return true;
    }
    // Words that SQL keeps for itself and that look like fields: MLflow finds no comparison beside them.
    for (const char* word :
         {"VERSION",   "SOURCE",   "NOTHING",  "TYPE",     "USER",     "KEY",    "DATE",   "TIME",     "TIMESTAMP", "LEVEL",
          "SYSTEM",    "CLASS",    "COMMENT",  "MODE",     "ROLE",     "PATH",   "RESULT", "LOCATION", "SESSION",   "TEXT",
          "TEMP",      "OWNER",    "SIZE",     "HASH",     "START",    "END",    "ORDER",  "BY",       "PUBLIC",    "PRIVATE",
          "INTERVAL",  "CURRENT",  "DATA",     "DATABASE", "DOMAIN",   "LENGTH", "METHOD", "NUMBER",   "OBJECT",    "OPERATION",
          "PARAMETER", "POSITION", "SEQUENCE", "SHARE",    "TEMPLATE", "UID",    "UPDATE", "VIEW",     "WORK",      "ZONE"}) {
      if (Word(i, word)) return true;
    }
    return false;
  }

  void Next() {
    if (Word(at_, "AND")) return Push(Clause::Kind::kAnd, at_ + 1);
    if (Word(at_, "OR")) return Push(Clause::Kind::kOr, at_ + 1);
    const std::optional<Operand> left = ReadOperand(at_);
    if (left) {
      std::size_t last = 0;
      if (std::optional<Clause> comparison = ReadComparison(*left, last)) {
        clauses_.push_back(*std::move(comparison));
        at_ = last;
      } else {
        Push(Clause::Kind::kStray, left->last);
      }
      return TakeNameBehind();
    }
    if (Is(at_, Kind::kOpen) && closes_[at_] > at_ + 1) return Push(Clause::Kind::kOpen, at_ + 1);
    if (Is(at_, Kind::kOpen) && closes_[at_] == at_ + 1) return Push(Clause::Kind::kStray, at_ + 2);
    if (Is(at_, Kind::kClose) && closes_[at_] == at_) return Push(Clause::Kind::kClose, at_ + 1);
    // NOT NULL is one word to MLflow.
    if (Word(at_, "NOT") && Word(at_ + 1, "NULL")) return Push(Clause::Kind::kStray, at_ + 2);
    Push(Clause::Kind::kStray, at_ + 1);
  }

  void Push(Clause::Kind kind, std::size_t last) {
    Clause clause;
    clause.kind = kind;
    clause.begin = tokens_[at_].offset;
    clause.end = tokens_[last - 1].end();
    clauses_.push_back(std::move(clause));
    at_ = last;
  }

  // `name = 'x' foo`, `metrics.acc foo`: one stray piece, unless the name begins a comparison.
  void TakeNameBehind() {
    const bool is_name = (Is(at_, Kind::kName) || Is(at_, Kind::kSymbol)) && !IsKeyword(at_);
    if (!is_name || !(Is(at_ - 1, Kind::kName) || clauses_.back().kind == Clause::Kind::kComparison)) return;
    std::size_t last = 0;
    if (const std::optional<Operand> operand = ReadOperand(at_); !operand || ReadComparison(*operand, last)) return;
    clauses_.back().kind = Clause::Kind::kStray;
    clauses_.back().end = tokens_[at_].end();
    ++at_;
  }

  std::optional<Operand> ReadOperand(std::size_t first) const {
    std::optional<Operand> operand = ReadSimple(first);
    while (operand && Is(operand->last, Kind::kArithmetic)) {
      const std::optional<Operand> next = ReadSimple(operand->last + 1);
      if (!next) break;
      operand->kind = Operand::Kind::kOperation;
      Finish(*operand, next->last);
    }
    return operand;
  }

  std::optional<Operand> ReadSimple(std::size_t first) const {
    if (first >= tokens_.size() || IsKeyword(first)) return std::nullopt;
    Operand operand;
    operand.first = first;
    operand.offset = tokens_[first].offset;
    switch (tokens_[first].kind) {
      case Kind::kName:
        if (has_aggregates_ && ReadAggregate(operand)) return operand;
        [[fallthrough]];
      case Kind::kSymbol:
        operand.kind = Operand::Kind::kName;
        operand.name = tokens_[first].text;
        break;
      case Kind::kString:
        operand.kind = Operand::Kind::kString;
        break;
      case Kind::kInteger:
        operand.kind = Operand::Kind::kInteger;
        break;
      case Kind::kFloat:
        operand.kind = Operand::Kind::kFloat;
        break;
      default:
        return std::nullopt;
    }
    Finish(operand, first + 1);
    return operand;
  }

  bool ReadAggregate(Operand& operand) const {
    const std::size_t at = operand.first;
    if (!Is(at + 1, Kind::kOpen) || !Is(at + 2, Kind::kName) || !Is(at + 3, Kind::kClose)) return false;
    if (Word(at, "MIN")) {
      operand.aggregate = Aggregate::kMin;
    } else if (Word(at, "MAX")) {
      operand.aggregate = Aggregate::kMax;
    } else if (!Word(at, "LAST")) {
      return false;
    }
    operand.name = tokens_[at + 2].text;
    Finish(operand, at + 4);
    return true;
  }

  void Finish(Operand& operand, std::size_t last) const {
    operand.last = last;
    operand.text = text_.substr(operand.offset, tokens_[last - 1].end() - operand.offset);
  }

  std::optional<Operand> ReadList(std::size_t first) const {
    if (!Is(first, Kind::kOpen) || closes_[first] == 0) return std::nullopt;
    Operand operand;
    operand.kind = Operand::Kind::kList;
    operand.first = first;
    operand.offset = tokens_[first].offset;
    Finish(operand, closes_[first] + 1);
    return operand;
  }

  std::optional<Operand> ReadNull(std::size_t first) const {
    if (!Word(first, "NULL")) return std::nullopt;
    Operand operand;
    operand.kind = Operand::Kind::kNull;
    operand.first = first;
    operand.offset = tokens_[first].offset;
    Finish(operand, first + 1);
    return operand;
  }

  // The comparison that begins with `left`, when there is one; `last` is the token behind it.
  std::optional<Clause> ReadComparison(const Operand& left, std::size_t& last) const {
    Clause clause;
    clause.kind = Clause::Kind::kComparison;
    clause.begin = left.offset;
    clause.left = left;
    const bool is_name = left.kind == Operand::Kind::kName;
    std::size_t at = left.last;
    std::optional<Operand> right;
    const bool is_not = Word(at, "NOT");
    const std::size_t word = at + (is_not ? 1 : 0);
    if (Is(at, Kind::kComparison)) {
      clause.operator_text = std::string(tokens_[at].text);
      ++at;
      right = ReadOperand(at);
      if (!right) right = ReadList(at);
      if (!right) right = ReadNull(at);
    } else if (Word(word, "LIKE") || Word(word, "ILIKE") || Word(word, "RLIKE")) {
      clause.operator_text = absl::StrCat(is_not ? "NOT " : "", tokens_[word].text);
      right = ReadOperand(word + 1);
      if (!right) right = ReadList(word + 1);
      if (!right) right = ReadNull(word + 1);
    } else if (is_name && Word(word, "IN")) {
      clause.operator_text = is_not ? "NOT IN" : std::string(tokens_[word].text);
      right = ReadList(word + 1);
    } else if (is_name && Word(at, "IS") && (Word(at + 1, "NULL") || (Word(at + 1, "NOT") && Word(at + 2, "NULL")))) {
      const bool negated = Word(at + 1, "NOT");
      clause.operator_text = negated ? "IS NOT NULL" : "IS NULL";
      clause.has_right = false;
      last = at + (negated ? 3 : 2);
      clause.end = tokens_[last - 1].end();
      return clause;
    }
    if (!right) return std::nullopt;
    clause.right = *right;
    clause.end = right->offset + right->text.size();
    last = right->last;
    return clause;
  }

  void JoinAroundCommas() {
    std::vector<Clause> joined;
    for (std::size_t i = 0; i < clauses_.size(); ++i) {
      const bool is_comma = text_.substr(clauses_[i].begin, clauses_[i].end - clauses_[i].begin) == ",";
      const auto is_piece = [](const Clause& clause) {
        return clause.kind == Clause::Kind::kComparison || clause.kind == Clause::Kind::kStray;
      };
      if (is_comma && !joined.empty() && i + 1 < clauses_.size() && is_piece(joined.back()) && is_piece(clauses_[i + 1])) {
        joined.back().kind = Clause::Kind::kStray;
        joined.back().end = clauses_[++i].end;
      } else {
        joined.push_back(std::move(clauses_[i]));
      }
    }
    clauses_ = std::move(joined);
  }

  absl::string_view text_;
  const std::vector<Token>& tokens_;
  bool has_aggregates_;
  std::vector<std::size_t> closes_;  // of an opening parenthesis, where it closes; 0 when nowhere
  std::vector<Clause> clauses_;
  std::size_t at_ = 0;
};

}  // namespace

std::vector<Clause> GroupClauses(absl::string_view text, const std::vector<Token>& tokens, bool has_aggregates) {
  return Grouper(text, tokens, has_aggregates).Run();
}

}  // namespace millwright::search
