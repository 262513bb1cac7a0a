#include "lib/learn/table/csv.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <unordered_map>
#include <utility>

#include "lib/base/status_macros.h"
#include "lib/learn/table/csv_cell.h"
#include "lib/learn/table/csv_duplicates.h"
#include "lib/learn/table/csv_format.h"
#include "lib/learn/table/csv_parse.h"
#include "lib/learn/table/csv_record.h"
#include "lib/learn/table/encoding.h"
#include "lib/learn/table/table_file.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

constexpr std::size_t kSampleRows = 1000;
constexpr std::size_t kSampleBytes = std::size_t{8} << 20;

/// A file that is still to be opened.
struct Input {
  std::string name;
  std::function<absl::StatusOr<std::unique_ptr<ByteSource>>()> open;
};

/// A file that is being read, and what its first records have told. The decoder is the merging side's once rows are given.
class OpenInput {
 public:
  OpenInput(std::string name, std::unique_ptr<ByteSource> source, const CsvOptions& options)
      : name_(std::move(name)),
        options_(options),
        source_(std::move(source)),
        inflated_(Inflate(*source_)),
        records_(*inflated_, name_, options.max_line_bytes, options.max_bytes),
        decoder_(options.encoding) {}

  absl::Status ReadFormat() {
    std::vector<CsvRecord> sample;
    std::size_t bytes = 0;
    // Bounded by rows and bytes: a sample of long lines may not fill the memory.
    while (sample.size() <= kSampleRows && bytes < kSampleBytes) {
      RecordChunk& chunk = sampled_.emplace_back();
      ASSIGN_OR_RETURN(const bool is_there, records_.Next(chunk));
      if (!is_there) {
        sampled_.pop_back();
        break;
      }
      bytes += chunk.text.size();
      RecordCursor cursor(chunk, name_, options_.max_line_bytes);
      CsvRecord record;
      while (sample.size() <= kSampleRows && cursor.Next(record.text, record.line)) {
        if (!IsBlankLine(record.text)) sample.push_back(record);
      }
      RETURN_IF_ERROR(cursor.status());
    }
    ASSIGN_OR_RETURN(format_, DetectFormat(sample, name_, options_, decoder_));
    header_line_ = sample[0].line;
    return absl::OkStatus();
  }

  // Whether this file continues the first one: the same columns, whose types then hold here too.
  absl::Status Follow(const OpenInput& first) {
    const auto& ours = format_.columns;
    const auto& theirs = first.format_.columns;
    if (ours.size() != theirs.size()) {
      return absl::InvalidArgumentError(Cat(name_, ": row ", header_line_, ": has ", ours.size(), " columns and must have the ",
                                            theirs.size(), " of ", first.name_));
    }
    for (std::size_t i = 0; i < ours.size(); ++i) {
      if (ours[i].name == theirs[i].name) continue;
      return absl::InvalidArgumentError(Cat(name_, ": row ", header_line_, ": column ", i + 1, " is ", QuoteCell(ours[i].name),
                                            " and must be ", QuoteCell(theirs[i].name), " as in ", first.name_));
    }
    format_.columns = first.format_.columns;
    format_.types = first.format_.types;
    for (std::size_t i = 0; i < format_.has_comma.size(); ++i) {
      if (first.format_.has_comma[i]) format_.has_comma[i] = true;
    }
    return absl::OkStatus();
  }

  absl::StatusOr<bool> Next(RecordChunk& chunk) {
    if (sampled_.empty()) return records_.Next(chunk);
    chunk = std::move(sampled_.front());
    sampled_.pop_front();
    return true;
  }

  const std::string& name() const { return name_; }
  const CsvFormat& format() const { return format_; }
  TextDecoder& decoder() { return decoder_; }

 private:
  std::string name_;
  const CsvOptions& options_;
  std::unique_ptr<ByteSource> source_;
  std::unique_ptr<ByteSource> inflated_;
  RecordReader records_;
  TextDecoder decoder_;
  std::deque<RecordChunk> sampled_;
  CsvFormat format_;
  std::size_t header_line_ = 0;
};

/// Whether an asset (the whole table without an asset column) may have two rows of one time, found as rows come by: its times
/// only grow as long as it has not.
class RepeatWatch {
 public:
  void See(double asset, double time) {
    if (may_repeat_ || std::isnan(time)) return;
    double& last = LastOf(asset);
    may_repeat_ = time <= last;
    last = time;
  }
  bool may_repeat() const { return may_repeat_; }

 private:
  double& LastOf(double asset) {
    if (const auto key = std::bit_cast<std::uint64_t>(asset); recent_ == nullptr || key != recent_key_) {
      recent_ = &last_.try_emplace(key, -std::numeric_limits<double>::infinity()).first->second;  // nodes stay where they are
      recent_key_ = key;
    }
    return *recent_;
  }

  std::unordered_map<std::uint64_t, double> last_;
  std::uint64_t recent_key_ = 0;
  double* recent_ = nullptr;
  bool may_repeat_ = false;
};

/// Workers take chunks from the input in turn, parse them side by side, and add them to the table in the input's order.
class Import {
 public:
  Import(std::vector<Input> inputs, const CsvOptions& options) : inputs_(std::move(inputs)), options_(options) {}

  absl::Status Run(const ByteSink& sink) {
    RETURN_IF_ERROR(OpenNext());
    const CsvFormat& format = input_->format();
    const auto find = [&](ColumnRole role) {
      return std::find_if(format.columns.begin(), format.columns.end(),
                          [&](const ColumnSpec& spec) { return spec.role == role; }) -
             format.columns.begin();
    };
    asset_ = static_cast<std::size_t>(find(ColumnRole::kAsset));
    time_ = static_cast<std::size_t>(find(ColumnRole::kTime));
    is_watched_ = time_ < format.columns.size() && format.types[time_] != CsvColumn::Type::kText &&
                  options_.duplicates != DuplicateRows::kKeep;
    writer_ = std::make_unique<TableWriter>(format.columns, sink);
    std::vector<std::thread> helpers;
    for (std::size_t i = 1; i < options_.threads; ++i) helpers.emplace_back([this] { Work(); });
    Work();
    for (std::thread& helper : helpers) helper.join();
    RETURN_IF_ERROR(status_);
    return writer_->Finish();
  }

  RowPlaces& places() { return places_; }
  // At most twenty.
  std::vector<std::string> warnings() const {
    std::vector<std::string> some(warnings_.begin(), warnings_.begin() + std::min<std::ptrdiff_t>(std::ssize(warnings_), 20));
    if (some.size() < warnings_.size()) some.push_back(Cat(warnings_.size() - some.size(), " more of that kind"));
    return some;
  }
  bool may_repeat() const { return watch_.may_repeat(); }

 private:
  struct Piece {
    std::size_t number = 0;
    std::shared_ptr<OpenInput> input;
    std::size_t file = 0;
    bool skip_header = false;
    RecordChunk chunk;
    absl::Status error;  // in place of a chunk
  };

  absl::Status OpenNext() {
    const Input& next = inputs_[opened_];
    ASSIGN_OR_RETURN(std::unique_ptr<ByteSource> source, next.open());
    const auto input = std::make_shared<OpenInput>(next.name, std::move(source), options_);
    RETURN_IF_ERROR(input->ReadFormat());
    if (opened_ > 0) RETURN_IF_ERROR(input->Follow(*input_));
    if (opened_ == 0) warnings_ = input->format().warnings;
    WarnOfGuess(*input, opened_);
    input_ = input;
    places_.files.push_back(next.name);
    skip_header_ = input->format().has_header;
    ++opened_;
    return absl::OkStatus();
  }

  // Once for each file.
  void WarnOfGuess(OpenInput& input, std::size_t file) {
    if (!input.decoder().has_guessed() || !guessed_files_.insert(file).second) return;
    warnings_.push_back(Cat(input.name(),
                            ": it has text that is neither UTF-8 nor Korean and is read as Windows-1252; the option encoding "
                            "says what it is"));
  }

  absl::StatusOr<bool> ReadPiece(Piece& piece) {
    for (;;) {
      ASSIGN_OR_RETURN(const bool is_there, input_->Next(piece.chunk));
      if (is_there) break;
      if (opened_ == inputs_.size()) return false;
      const std::scoped_lock lock(output_);  // for the places' file names
      RETURN_IF_ERROR(OpenNext());
    }
    piece.input = input_;
    piece.file = opened_ - 1;
    piece.skip_header = std::exchange(skip_header_, false);
    return true;
  }

  // False when there is no more; an error is a piece too, so that what stands before it is looked at first.
  bool Take(Piece& piece) {
    const std::scoped_lock lock(taking_);
    if (is_taken_) return false;
    piece.number = taken_;
    const absl::StatusOr<bool> is_there = ReadPiece(piece);
    piece.error = is_there.status();
    is_taken_ = !is_there.value_or(false);
    if (is_there.ok() && !*is_there) return false;
    ++taken_;
    return true;
  }

  void Work() {
    Piece piece;
    ParsedChunk parsed;
    while (Take(piece)) {
      if (piece.error.ok())
        ParseChunk(piece.chunk, piece.skip_header, piece.input->name(), piece.input->format(), options_.max_line_bytes, parsed);
      std::unique_lock lock(output_);
      turn_.wait(lock, [&] { return merged_ == piece.number; });
      if (status_.ok()) status_ = piece.error.ok() ? Merge(piece, parsed) : piece.error;
      const bool is_over = !status_.ok();
      ++merged_;
      turn_.notify_all();
      lock.unlock();
      if (is_over) {
        const std::scoped_lock taking(taking_);
        is_taken_ = true;
      }
    }
  }

  absl::Status Merge(const Piece& piece, ParsedChunk& parsed) {
    const std::size_t begin = writer_->rows();
    for (const ParsedChunk::LineBreak& line : parsed.lines) places_.Add(begin + line.row, piece.file, line.line);
    RETURN_IF_ERROR(MergeTexts(piece, parsed));
    WarnOfGuess(*piece.input, piece.file);
    RETURN_IF_ERROR(parsed.status);
    if (begin + parsed.rows > options_.max_rows)
      return absl::ResourceExhaustedError(Cat(piece.input->name(), ": more than ", options_.max_rows, " rows"));
    for (std::size_t i = 0; i < parsed.columns.size(); ++i) {
      std::vector<double>& out = writer_->pending(i);
      out.insert(out.end(), parsed.columns[i].numbers.begin(), parsed.columns[i].numbers.end());
    }
    if (is_watched_) {
      const double* const asset = asset_ < parsed.columns.size() ? parsed.columns[asset_].numbers.data() : nullptr;
      const double* const time = parsed.columns[time_].numbers.data();
      for (std::size_t row = 0; row < parsed.rows; ++row) watch_.See(asset == nullptr ? 0 : asset[row], time[row]);
    }
    if (writer_->dictionary_bytes() > options_.max_text_bytes) {
      return absl::ResourceExhaustedError(Cat(piece.input->name(), ": its different texts take more than ",
                                              options_.max_text_bytes,
                                              " bytes; leave columns of ids out, or read them as numbers"));
    }
    return writer_->EndRows(parsed.rows);
  }

  // Turns the chunk's codes into the table's. What is not ASCII is decoded in the order of the file, as its encoding shows itself
  // there.
  absl::Status MergeTexts(const Piece& piece, ParsedChunk& parsed) {
    struct Foreign {
      std::size_t row = 0;
      std::size_t column = 0;
      std::uint32_t code = 0;
    };
    std::vector<Foreign> foreign;
    std::vector<std::vector<std::string>> decoded(parsed.columns.size());
    for (std::size_t i = 0; i < parsed.columns.size(); ++i) {
      const ParsedColumn& column = parsed.columns[i];
      for (std::uint32_t code = 0; code < column.first_rows.size(); ++code) {
        if (!IsAscii(column.words[code])) foreign.push_back({column.first_rows[code], i, code});
      }
      decoded[i].resize(foreign.empty() ? 0 : column.first_rows.size());
    }
    std::sort(foreign.begin(), foreign.end(),
              [](const Foreign& a, const Foreign& b) { return std::pair(a.row, a.column) < std::pair(b.row, b.column); });
    for (const Foreign& word : foreign) {
      absl::StatusOr<std::string> text = piece.input->decoder().Decode(parsed.columns[word.column].words[word.code]);
      if (!text.ok()) {
        if (word.row >= parsed.rows) break;  // the row's own error stands before it
        return absl::InvalidArgumentError(Cat(piece.input->name(), ": row ", parsed.LineOf(word.row), ", column \"",
                                              piece.input->format().columns[word.column].name, "\": the text ",
                                              text.status().message()));
      }
      decoded[word.column].resize(parsed.columns[word.column].first_rows.size());
      decoded[word.column][word.code] = *std::move(text);
    }
    std::vector<double> codes;
    for (std::size_t i = 0; i < parsed.columns.size(); ++i) {
      ParsedColumn& column = parsed.columns[i];
      if (piece.input->format().types[i] != CsvColumn::Type::kText) continue;
      codes.clear();
      for (std::uint32_t code = 0; code < column.first_rows.size(); ++code) {
        const bool is_decoded = code < decoded[i].size() && !decoded[i][code].empty();
        codes.push_back(writer_->Intern(i, is_decoded ? decoded[i][code] : column.words[code]));
      }
      column.numbers.clear();
      for (const std::uint32_t code : column.codes) column.numbers.push_back(codes[code]);
    }
    return absl::OkStatus();
  }

  std::vector<Input> inputs_;
  const CsvOptions& options_;
  std::size_t asset_ = 0;
  std::size_t time_ = 0;
  bool is_watched_ = false;

  std::mutex taking_;  // guards the members up to the next mutex
  std::shared_ptr<OpenInput> input_;
  std::size_t opened_ = 0;
  std::vector<std::string> warnings_;
  std::set<std::size_t> guessed_files_;
  bool skip_header_ = false;
  std::size_t taken_ = 0;
  bool is_taken_ = false;

  std::mutex output_;  // guards the members below
  std::condition_variable turn_;
  std::size_t merged_ = 0;
  absl::Status status_;
  std::unique_ptr<TableWriter> writer_;
  RowPlaces places_;
  RepeatWatch watch_;
};

using Writing = std::function<absl::Status(const ByteSink&)>;

// Writes a table and opens it: in the file `into`, or in memory where that is empty.
absl::StatusOr<Table> WriteAndOpen(const std::filesystem::path& into, const Writing& write) {
  if (into.empty()) {
    const auto bytes = std::make_shared<std::string>();
    RETURN_IF_ERROR(write([&](std::string_view part) {
      bytes->append(part);
      return absl::OkStatus();
    }));
    return ReadTable(*bytes, bytes, "table");
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<NewFile> file, NewFile::Create(into));
  RETURN_IF_ERROR(write([&](std::string_view part) { return file->Write(part); }));
  RETURN_IF_ERROR(file->Commit());
  return Table::Load(into);
}

absl::StatusOr<CsvDataset> Read(std::vector<Input> inputs, const CsvOptions& options, const std::filesystem::path& into) {
  Import import(std::move(inputs), options);
  CsvDataset dataset;
  ASSIGN_OR_RETURN(dataset.table, WriteAndOpen(into, [&](const ByteSink& sink) { return import.Run(sink); }));
  dataset.places = std::move(import.places());
  dataset.warnings = import.warnings();
  if (!import.may_repeat()) return dataset;
  ASSIGN_OR_RETURN(const std::vector<std::size_t> dropped, FindDuplicates(dataset.table, dataset.places, options.duplicates));
  dataset.dropped_rows = dropped.size();
  if (dropped.empty()) return dataset;
  const auto is_kept = [&](std::size_t row) { return !std::binary_search(dropped.begin(), dropped.end(), row); };
  RowPlaces places;
  places.files = dataset.places.files;
  std::size_t kept = 0;
  for (std::size_t row = 0; row < dataset.table.rows(); ++row) {
    if (is_kept(row)) places.Add(kept++, dataset.places.FileOf(row), dataset.places.LineOf(row));
  }
  ASSIGN_OR_RETURN(dataset.table,
                   WriteAndOpen(into, [&](const ByteSink& sink) { return WriteRows(dataset.table, is_kept, sink); }));
  dataset.places = std::move(places);
  return dataset;
}

}  // namespace

absl::StatusOr<CsvDataset> ReadCsvFiles(std::span<const CsvFile> files, const CsvOptions& options,
                                        const std::filesystem::path& into) {
  if (files.empty()) return absl::InvalidArgumentError("there is no file to read");
  std::vector<Input> inputs;
  for (const CsvFile& file : files) inputs.push_back({file.name, [&file] { return OpenFile(file.path); }});
  return Read(std::move(inputs), options, into);
}

absl::StatusOr<Table> ReadCsv(ByteSource& source, std::string_view display_name, const CsvOptions& options) {
  // Lends the caller's source out.
  class Lent : public ByteSource {
   public:
    explicit Lent(ByteSource& lender) : lender_(lender) {}
    absl::StatusOr<std::size_t> Read(std::span<char> into) override { return lender_.Read(into); }

   private:
    ByteSource& lender_;
  };
  std::vector<Input> inputs;
  inputs.push_back({std::string(display_name),
                    [&]() -> absl::StatusOr<std::unique_ptr<ByteSource>> { return std::make_unique<Lent>(source); }});
  ASSIGN_OR_RETURN(CsvDataset dataset, Read(std::move(inputs), options, ""));
  return std::move(dataset.table);
}

absl::StatusOr<Table> ReadCsvFile(const std::filesystem::path& path, const CsvOptions& options) {
  ASSIGN_OR_RETURN(const std::unique_ptr<ByteSource> source, OpenFile(path));
  return ReadCsv(*source, path.filename().string(), options);
}

absl::StatusOr<Table> ReadCsvText(std::string_view text, std::string_view display_name, const CsvOptions& options) {
  return ReadCsv(*FromBytes(text), display_name, options);
}

}  // namespace millwright::learn
