#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lib/learn/table/column_block.h"

namespace millwright::learn {

/// Walks over what has a size and a const operator[].
template <typename Values, typename Value, typename Reference>
class IndexIterator {
 public:
  using iterator_category = std::random_access_iterator_tag;
  using value_type = Value;
  using difference_type = std::ptrdiff_t;
  using pointer = const Value*;
  using reference = Reference;

  IndexIterator() = default;
  IndexIterator(const Values* values, std::ptrdiff_t at) : values_(values), at_(at) {}
  Reference operator*() const { return (*values_)[static_cast<std::size_t>(at_)]; }
  Reference operator[](std::ptrdiff_t n) const { return *(*this + n); }
  pointer operator->() const requires std::is_reference_v<Reference> { return &**this; }
  IndexIterator& operator++() { return *this += 1; }
  IndexIterator& operator--() { return *this -= 1; }
  IndexIterator operator++(int) { return {values_, at_++}; }
  IndexIterator operator--(int) { return {values_, at_--}; }
  IndexIterator& operator+=(std::ptrdiff_t n) {
    at_ += n;
    return *this;
  }
  IndexIterator& operator-=(std::ptrdiff_t n) { return *this += -n; }
  friend IndexIterator operator+(IndexIterator it, std::ptrdiff_t n) { return it += n; }
  friend IndexIterator operator+(std::ptrdiff_t n, IndexIterator it) { return it += n; }
  friend IndexIterator operator-(IndexIterator it, std::ptrdiff_t n) { return it -= n; }
  friend std::ptrdiff_t operator-(const IndexIterator& a, const IndexIterator& b) { return a.at_ - b.at_; }
  friend bool operator==(const IndexIterator& a, const IndexIterator& b) { return a.at_ == b.at_; }
  friend auto operator<=>(const IndexIterator& a, const IndexIterator& b) { return a.at_ <=> b.at_; }

 private:
  const Values* values_ = nullptr;
  std::ptrdiff_t at_ = 0;
};

/// The numbers of a column: a vector of its own, or blocks of a mapped file, read in place. Reading is the same for both and
/// thread-safe; the first change of mapped numbers copies them.
class NumberValues {
 public:
  using value_type = double;
  using size_type = std::size_t;
  using difference_type = std::ptrdiff_t;
  using reference = double;
  using const_reference = double;
  using const_iterator = IndexIterator<NumberValues, double, double>;
  using iterator = const_iterator;

  NumberValues() = default;
  NumberValues(std::vector<double> values) : values_(std::move(values)), size_(values_.size()) {}
  NumberValues(std::initializer_list<double> values) : NumberValues(std::vector<double>(values)) {}
  /// `size` numbers in blocks of 2^shift rows each. `keeper` holds what the blocks point to.
  NumberValues(std::vector<Block> blocks, std::size_t shift, std::size_t size, std::shared_ptr<const void> keeper);

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  double operator[](std::size_t row) const {
    if (blocks_ == nullptr) return values_[row];
    return (*blocks_)[row >> shift_].At(row & ((std::size_t{1} << shift_) - 1));
  }
  double back() const { return (*this)[size_ - 1]; }
  double front() const { return (*this)[0]; }
  const_iterator begin() const { return {this, 0}; }
  const_iterator end() const { return {this, static_cast<std::ptrdiff_t>(size_)}; }
  /// The numbers as a vector of the caller's.
  operator std::vector<double>() const;
  bool operator==(const NumberValues& other) const;

  double& operator[](std::size_t row) { return Own()[row]; }
  double& back() { return Own().back(); }
  void push_back(double value) {
    Own().push_back(value);
    ++size_;
  }
  void reserve(std::size_t rows) { Own().reserve(rows); }
  void resize(std::size_t rows, double value = 0) {
    Own().resize(rows, value);
    size_ = rows;
  }
  void assign(std::size_t rows, double value) { *this = std::vector<double>(rows, value); }
  void Append(const NumberValues& other);

 private:
  std::vector<double>& Own();

  std::vector<double> values_;
  std::size_t size_ = 0;
  std::shared_ptr<const std::vector<Block>> blocks_;
  std::shared_ptr<const void> keeper_;
  std::size_t shift_ = 0;
};

/// Different texts, numbered in the order in which they came.
class Dictionary {
 public:
  /// The number of `word`, a new one when it is new.
  std::uint32_t Intern(std::string_view word);
  std::size_t size() const { return words_.size(); }
  const std::string& operator[](std::size_t code) const { return words_[code]; }
  /// About what its words take.
  std::size_t bytes() const { return bytes_; }
  void Clear();
  /// Adds a word that is known to be new.
  void Add(std::string word);

 private:
  void Rehash();

  std::deque<std::string> words_;
  std::vector<std::uint32_t> slots_;  // code + 1 by hash; built with the first Intern
  std::size_t bytes_ = 0;
};

/// The texts of a column as codes of a dictionary. Const use is thread-safe; copies share the dictionary until one of them grows.
class TextValues {
 public:
  using value_type = std::string;
  using size_type = std::size_t;
  using difference_type = std::ptrdiff_t;
  using reference = const std::string&;
  using const_reference = const std::string&;
  using const_iterator = IndexIterator<TextValues, std::string, const std::string&>;
  using iterator = const_iterator;

  TextValues() = default;
  TextValues(const std::vector<std::string>& texts);
  TextValues(std::initializer_list<std::string> texts) : TextValues(std::vector<std::string>(texts)) {}
  TextValues(NumberValues codes, std::shared_ptr<Dictionary> dictionary);

  std::size_t size() const { return codes_.size(); }
  bool empty() const { return size() == 0; }
  /// The number of a row's text among the different ones: equal codes, equal texts.
  std::uint32_t Code(std::size_t row) const { return static_cast<std::uint32_t>(codes_[row]); }
  /// How many codes there may be; some may stand for no row.
  std::size_t codes() const { return dictionary_ == nullptr ? 0 : dictionary_->size(); }
  const std::string& Word(std::uint32_t code) const;
  const std::string& operator[](std::size_t row) const { return Word(Code(row)); }
  const std::string& back() const { return (*this)[size() - 1]; }
  const std::string& front() const { return (*this)[0]; }
  const_iterator begin() const { return {this, 0}; }
  const_iterator end() const { return {this, static_cast<std::ptrdiff_t>(size())}; }
  operator std::vector<std::string>() const;
  bool operator==(const TextValues& other) const;

  void push_back(std::string_view text);
  void emplace_back(std::string_view text) { push_back(text); }
  void reserve(std::size_t rows) { codes_.reserve(rows); }
  void Append(const TextValues& other);

 private:
  NumberValues codes_;
  std::shared_ptr<Dictionary> dictionary_;
};

}  // namespace millwright::learn
