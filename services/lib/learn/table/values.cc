#include "lib/learn/table/values.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace millwright::learn {

NumberValues::NumberValues(std::vector<Block> blocks, std::size_t shift, std::size_t size, std::shared_ptr<const void> keeper)
    : size_(size),
      blocks_(std::make_shared<const std::vector<Block>>(std::move(blocks))),
      keeper_(std::move(keeper)),
      shift_(shift) {}

NumberValues::operator std::vector<double>() const {
  if (blocks_ == nullptr) return values_;
  std::vector<double> values;
  values.reserve(size_);
  for (const double value : *this) values.push_back(value);
  return values;
}

bool NumberValues::operator==(const NumberValues& other) const {
  return size_ == other.size_ && std::equal(begin(), end(), other.begin());
}

std::vector<double>& NumberValues::Own() {
  if (blocks_ != nullptr) *this = NumberValues(std::vector<double>(std::as_const(*this)));
  return values_;
}

void NumberValues::Append(const NumberValues& other) {
  std::vector<double>& values = Own();
  values.reserve(
      std::max(values.size() + other.size(), values.capacity() < values.size() + other.size() ? values.size() * 2 : 0));
  for (std::size_t row = 0, rows = other.size(); row < rows; ++row) values.push_back(other[row]);
  size_ = values.size();
}

std::uint32_t Dictionary::Intern(std::string_view word) {
  if (slots_.size() < 2 * (words_.size() + 1)) Rehash();
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = std::hash<std::string_view>()(word) & mask;
  while (slots_[slot] != 0) {
    const std::uint32_t code = slots_[slot] - 1;
    if (words_[code] == word) return code;
    slot = (slot + 1) & mask;
  }
  Add(std::string(word));
  slots_[slot] = static_cast<std::uint32_t>(words_.size());
  return slots_[slot] - 1;
}

void Dictionary::Add(std::string word) {
  bytes_ += sizeof word + 8 + (word.size() < 16 ? 0 : word.size() + 16);
  words_.push_back(std::move(word));
}

void Dictionary::Clear() {
  words_.clear();
  slots_.clear();
  bytes_ = 0;
}

void Dictionary::Rehash() {
  std::size_t size = 64;
  while (size < 4 * (words_.size() + 1)) size *= 2;
  slots_.assign(size, 0);
  for (std::size_t code = 0; code < words_.size(); ++code) {
    std::size_t slot = std::hash<std::string_view>()(words_[code]) & (size - 1);
    while (slots_[slot] != 0) slot = (slot + 1) & (size - 1);
    slots_[slot] = static_cast<std::uint32_t>(code + 1);
  }
}

TextValues::TextValues(const std::vector<std::string>& texts) {
  for (const std::string& text : texts) push_back(text);
}

TextValues::TextValues(NumberValues codes, std::shared_ptr<Dictionary> dictionary)
    : codes_(std::move(codes)), dictionary_(std::move(dictionary)) {}

const std::string& TextValues::Word(std::uint32_t code) const {
  static const std::string kEmpty;
  return code < codes() ? (*dictionary_)[code] : kEmpty;
}

TextValues::operator std::vector<std::string>() const { return {begin(), end()}; }

bool TextValues::operator==(const TextValues& other) const {
  return size() == other.size() && std::equal(begin(), end(), other.begin());
}

void TextValues::push_back(std::string_view text) {
  if (dictionary_ == nullptr) dictionary_ = std::make_shared<Dictionary>();
  if (dictionary_.use_count() > 1) dictionary_ = std::make_shared<Dictionary>(*dictionary_);
  codes_.push_back(dictionary_->Intern(text));
}

void TextValues::Append(const TextValues& other) {
  std::vector<std::uint32_t> ours(other.codes(), UINT32_MAX);  // our code of each of theirs
  for (std::size_t row = 0, rows = other.size(); row < rows; ++row) {
    const std::uint32_t code = other.Code(row);
    if (code < ours.size() && ours[code] != UINT32_MAX) {
      codes_.push_back(ours[code]);
      continue;
    }
    push_back(other[row]);
    if (code < ours.size()) ours[code] = Code(size() - 1);
  }
}

}  // namespace millwright::learn
