#include "lib/search/token.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

namespace millwright::search {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
// Every byte of a character beyond ASCII counts as a letter.
bool IsLetter(char c) {
  return absl::ascii_isalpha(static_cast<unsigned char>(c)) || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool IsWordByte(char c) { return IsLetter(c) || IsDigit(c) || c == '$' || c == '#'; }

class Lexer {
 public:
  explicit Lexer(absl::string_view text) : text_(text) {}

  std::vector<Token> Run() {
    std::vector<Token> tokens;
    while (true) {
      while (at_ < text_.size() && absl::ascii_isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
      if (at_ == text_.size()) return tokens;
      const std::size_t start = at_;
      const Token::Kind kind = Next();
      tokens.push_back({kind, text_.substr(start, at_ - start), start});
    }
  }

 private:
  char Peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  Token::Kind Next() {
    const char c = Peek();
    if (c == '-' && Peek(1) == '-') return Comment();
    if (const std::size_t size = NumberSize(at_); size > 0) {
      const absl::string_view number = text_.substr(at_, size);
      at_ += size;
      return number.find_first_of(".eE") == absl::string_view::npos ? Token::Kind::kInteger : Token::Kind::kFloat;
    }
    if (IsLetter(c) || IsDigit(c)) return Name();
    if (c == '`' || c == '"') {
      const std::size_t size = QuotedSize(at_);
      if (size == 0) return One(Token::Kind::kOther);
      if (c == '"' && !StartsPart(at_ + size)) {
        at_ += size;
        return Token::Kind::kSymbol;
      }
      return Name();
    }
    switch (c) {
      case '\'':
        if (const std::size_t size = QuotedSize(at_); size > 0) {
          at_ += size;
          return Token::Kind::kString;
        }
        return One(Token::Kind::kOther);
      case '(':
        return One(Token::Kind::kOpen);
      case ')':
        return One(Token::Kind::kClose);
      case ',':
        return One(Token::Kind::kComma);
      case ';':
        return One(Token::Kind::kSemicolon);
      case '+':
      case '-':
      case '*':
      case '/':
      case '%':
        return One(Token::Kind::kArithmetic);
      case '=':
      case '<':
      case '>':
      case '!':
      case '~':
        while (Peek() != '\0' && absl::StrContains("=<>!~", Peek())) ++at_;
        return Token::Kind::kComparison;
      default:
        return One(Token::Kind::kOther);
    }
  }

  Token::Kind One(Token::Kind kind) {
    ++at_;
    return kind;
  }

  Token::Kind Comment() {
    at_ = std::min(text_.find('\n', at_), text_.size());
    return Token::Kind::kOther;
  }

  // Parts joined by dots; the last one may be missing, as in `tags.`.
  Token::Kind Name() {
    SkipPart();
    while (Peek() == '.' && NumberSize(at_) == 0) {
      ++at_;
      if (IsWordByte(Peek()) || QuotedSize(at_) > 0) SkipPart();
    }
    return Token::Kind::kName;
  }

  void SkipPart() {
    if (const std::size_t size = QuotedSize(at_); size > 0) {
      at_ += size;
    } else {
      while (IsWordByte(Peek())) ++at_;
    }
  }

  bool StartsPart(std::size_t at) const { return at < text_.size() && text_[at] == '.' && NumberSize(at) == 0; }

  // Of `...`, '...' and "...", where a doubled or escaped quote does not end the text; 0 when there is no end.
  std::size_t QuotedSize(std::size_t at) const {
    if (at >= text_.size()) return 0;
    const char quote = text_[at];
    if (quote != '`' && quote != '\'' && quote != '"') return 0;
    for (std::size_t end = at + 1; end < text_.size(); ++end) {
      if (quote != '`' && text_[end] == '\\' && end + 1 < text_.size() && text_[end + 1] == quote &&
          text_.find(quote, end + 2) != absl::string_view::npos) {
        ++end;
      } else if (text_[end] == quote) {
        if (quote == '`' || end + 1 == text_.size() || text_[end + 1] != quote) return end + 1 - at;
        ++end;
      }
    }
    return 0;
  }

  // -12, 0.5, .5, 5., 1e-3, when no letter follows; else 0.
  std::size_t NumberSize(std::size_t at) const {
    std::size_t end = at;
    const auto digits = [&] {
      const std::size_t start = end;
      while (end < text_.size() && IsDigit(text_[end])) ++end;
      return end - start;
    };
    if (end < text_.size() && text_[end] == '-') ++end;
    const std::size_t whole = digits();
    if (end < text_.size() && text_[end] == '.') {
      ++end;
      if (digits() + whole == 0) return 0;
    } else if (whole == 0) {
      return 0;
    }
    if (end < text_.size() && (text_[end] == 'e' || text_[end] == 'E')) {
      ++end;
      if (end < text_.size() && (text_[end] == '-' || text_[end] == '+')) ++end;
      if (digits() == 0) return 0;
    }
    return end < text_.size() && IsLetter(text_[end]) ? 0 : end - at;
  }

  absl::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::vector<Token> Tokenize(absl::string_view text) { return Lexer(text).Run(); }

bool IsWord(const Token& token, absl::string_view word) {
  return token.kind == Token::Kind::kName && absl::EqualsIgnoreCase(token.text, word);
}

}  // namespace millwright::search
