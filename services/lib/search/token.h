#pragma once

#include <vector>

#include "absl/strings/string_view.h"

namespace millwright::search {

/// A piece of a filter's text, without the space around it.
struct Token {
  enum class Kind {
    kName,        // metrics.acc, `my key`, tags."a b": parts joined by dots without space
    kString,      // 'text'
    kSymbol,      // "text": a name or a text, as it stands
    kInteger,     // -12
    kFloat,       // 0.5, .5, 5., 1e-3
    kComparison,  // = != < <= > >= and what looks like one
    kArithmetic,  // + - * / %: never legal, but part of a wrong operand
    kOpen,
    kClose,
    kComma,
    kSemicolon,
    kOther,
  };
  Kind kind;
  absl::string_view text;
  std::size_t offset;  // in bytes

  std::size_t end() const { return offset + text.size(); }
};

/// Cuts the text into tokens; every byte that is not space belongs to one. The tokens point into `text`.
std::vector<Token> Tokenize(absl::string_view text);

/// Whether the token is this word (upper case), in any case.
bool IsWord(const Token& token, absl::string_view word);

}  // namespace millwright::search
