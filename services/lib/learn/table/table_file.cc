#include "lib/learn/table/table_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>

#include "lib/base/files.h"
#include "lib/base/status_macros.h"
#include "lib/learn/text.h"
#include "nlohmann/json.hpp"

namespace millwright::learn {

namespace {

constexpr std::string_view kMagic = "MWTABLE2";
constexpr std::size_t kGroupNumbers = std::size_t{1} << 20;  // of all columns of a group, about
constexpr std::size_t kMostShift = 16;
constexpr std::size_t kLeastShift = 6;
constexpr std::uint64_t kMaxRows = std::uint64_t{1} << 32;
constexpr std::size_t kEntryBytes = 24;
constexpr std::size_t kTailBytes = 32;
constexpr std::size_t kFileBuffer = std::size_t{1} << 20;

template <typename T>
void AppendRaw(std::string& out, const T& value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <typename T>
T ReadRaw(std::string_view bytes, std::size_t at) {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

// Rows that a group has: the fewer the more columns there are, so that a group fits in some megabytes.
std::size_t ShiftFor(std::size_t columns) {
  const std::size_t rows = kGroupNumbers / std::max<std::size_t>(columns, 1);
  return std::clamp<std::size_t>(std::bit_width(std::max<std::size_t>(rows, 1)) - 1, kLeastShift, kMostShift);
}

}  // namespace

TableWriter::TableWriter(std::vector<ColumnSpec> schema, ByteSink sink)
    : schema_(std::move(schema)),
      sink_(std::move(sink)),
      shift_(ShiftFor(schema_.size())),
      pending_(schema_.size()),
      dictionaries_(schema_.size()) {}

absl::Status TableWriter::Write(std::string_view bytes) {
  written_ += bytes.size();
  return sink_(bytes);
}

absl::Status TableWriter::EndRows(std::size_t rows) {
  if (written_ == 0) RETURN_IF_ERROR(Write(kMagic));
  rows_ += rows;
  waiting_ += rows;
  const std::size_t group = std::size_t{1} << shift_;
  if (waiting_ < group) return absl::OkStatus();
  std::size_t begin = 0;
  for (; waiting_ - begin >= group; begin += group) RETURN_IF_ERROR(WriteGroup(begin));
  for (std::vector<double>& numbers : pending_)
    numbers.erase(numbers.begin(), numbers.begin() + static_cast<std::ptrdiff_t>(begin));
  waiting_ -= begin;
  return absl::OkStatus();
}

absl::Status TableWriter::WriteGroup(std::size_t begin) {
  const std::size_t rows = std::min(waiting_ - begin, std::size_t{1} << shift_);
  for (const std::vector<double>& numbers : pending_) {
    Encode(std::span(numbers).subspan(begin, rows), block_);
    AppendRaw(directory_, static_cast<std::uint64_t>(written_));
    AppendRaw(directory_, block_.base);
    AppendRaw(directory_, static_cast<std::uint8_t>(block_.encoding));
    AppendRaw(directory_, block_.decimals);
    directory_.append(6, '\0');
    RETURN_IF_ERROR(Write(block_.bytes));
  }
  return absl::OkStatus();
}

std::size_t TableWriter::dictionary_bytes() const {
  std::size_t bytes = 0;
  for (const Dictionary& dictionary : dictionaries_) bytes += dictionary.bytes();
  return bytes;
}

absl::Status TableWriter::Finish() {
  RETURN_IF_ERROR(EndRows(0));
  if (waiting_ > 0) RETURN_IF_ERROR(WriteGroup(0));
  waiting_ = 0;
  nlohmann::json dictionaries = nlohmann::json::array();
  for (const Dictionary& dictionary : dictionaries_) {
    dictionaries.push_back({{"at", written_}, {"words", dictionary.size()}});
    std::string part;
    for (std::size_t code = 0; code < dictionary.size(); ++code) {
      AppendRaw(part, static_cast<std::uint32_t>(dictionary[code].size()));
      part += dictionary[code];
      if (part.size() < kFileBuffer && code + 1 < dictionary.size()) continue;
      RETURN_IF_ERROR(Write(part));
      part.clear();
    }
  }
  const std::uint64_t directory_at = written_;
  RETURN_IF_ERROR(Write(directory_));
  const std::string header =
      nlohmann::json{{"columns", SchemaToJson(schema_)}, {"rows", rows_}, {"shift", shift_}, {"dictionaries", dictionaries}}
          .dump();
  const std::uint64_t header_at = written_;
  RETURN_IF_ERROR(Write(header));
  std::string tail;
  AppendRaw(tail, directory_at);
  AppendRaw(tail, header_at);
  AppendRaw(tail, static_cast<std::uint64_t>(header.size()));
  tail += kMagic;
  return Write(tail);
}

absl::StatusOr<std::unique_ptr<NewFile>> NewFile::Create(const std::filesystem::path& path) {
  const std::string part = Cat(path.string(), ".part");
  const int fd = ::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) return base::ErrnoStatus(errno, Cat("cannot write ", part));
  return std::unique_ptr<NewFile>(new NewFile(fd, path));
}

NewFile::~NewFile() {
  if (fd_ < 0) return;
  ::close(fd_);
  ::unlink(Cat(path_.string(), ".part").c_str());
}

absl::Status NewFile::Flush(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd_, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return base::ErrnoStatus(errno, Cat("cannot write ", path_.string()));
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return absl::OkStatus();
}

absl::Status NewFile::Write(std::string_view bytes) {
  buffer_ += bytes;
  if (buffer_.size() < kFileBuffer) return absl::OkStatus();
  RETURN_IF_ERROR(Flush(buffer_));
  buffer_.clear();
  return absl::OkStatus();
}

absl::Status NewFile::Commit() {
  RETURN_IF_ERROR(Flush(buffer_));
  const std::string part = Cat(path_.string(), ".part");
  if (::fsync(fd_) != 0) return base::ErrnoStatus(errno, Cat("cannot write ", part));
  if (::close(std::exchange(fd_, -1)) != 0) return base::ErrnoStatus(errno, Cat("cannot write ", part));
  if (::rename(part.c_str(), path_.c_str()) != 0) return base::ErrnoStatus(errno, Cat("cannot rename ", part));
  return absl::OkStatus();
}

absl::Status WriteRows(const Table& table, const std::function<bool(std::size_t row)>& is_kept, const ByteSink& sink) {
  TableWriter writer(table.schema(), sink);
  const std::size_t step = std::size_t{1} << ShiftFor(table.columns().size());
  constexpr std::uint32_t kNew = UINT32_MAX;
  std::vector<std::vector<std::uint32_t>> codes(table.columns().size());  // of the written words, by the table's codes
  std::vector<std::size_t> rows;
  for (std::size_t begin = 0; begin < table.rows(); begin += step) {
    rows.clear();
    for (std::size_t row = begin; row < std::min(begin + step, table.rows()); ++row) {
      if (is_kept == nullptr || is_kept(row)) rows.push_back(row);
    }
    for (std::size_t i = 0; i < table.columns().size(); ++i) {
      const Column& column = table.columns()[i];
      std::vector<double>& out = writer.pending(i);
      if (column.spec.type == ColumnType::kNumber) {
        for (const std::size_t row : rows) out.push_back(column.numbers[row]);
        continue;
      }
      codes[i].resize(column.texts.codes(), kNew);
      for (const std::size_t row : rows) {
        const std::uint32_t code = column.texts.Code(row);
        if (code >= codes[i].size()) {  // a broken file's code stands for an empty text
          out.push_back(writer.Intern(i, ""));
          continue;
        }
        if (codes[i][code] == kNew) codes[i][code] = writer.Intern(i, column.texts.Word(code));
        out.push_back(codes[i][code]);
      }
    }
    RETURN_IF_ERROR(writer.EndRows(rows.size()));
  }
  return writer.Finish();
}

absl::StatusOr<Table> ReadTable(std::string_view bytes, std::shared_ptr<const void> keeper, std::string_view display_name) {
  const auto broken = [&](std::string_view what) {
    return absl::InvalidArgumentError(Cat(display_name, ": not a whole .mwt table: ", what));
  };
  if (!bytes.starts_with(kMagic)) return broken("it does not begin with MWTABLE2");
  if (bytes.size() < kMagic.size() + kTailBytes || !bytes.ends_with(kMagic)) return broken("it is cut off");
  const std::size_t tail_at = bytes.size() - kTailBytes;
  const auto directory_at = ReadRaw<std::uint64_t>(bytes, tail_at);
  const auto header_at = ReadRaw<std::uint64_t>(bytes, tail_at + 8);
  const auto header_size = ReadRaw<std::uint64_t>(bytes, tail_at + 16);
  if (header_at > tail_at || header_size != tail_at - header_at || directory_at > header_at)
    return broken("its parts do not fit");
  const nlohmann::json header = nlohmann::json::parse(bytes.substr(header_at, header_size), nullptr, false);
  const auto is_count = [](const nlohmann::json& json, const char* key) {
    return json.is_object() && json.contains(key) && json[key].is_number_unsigned();
  };
  if (!is_count(header, "rows") || !is_count(header, "shift") || !header.contains("columns") ||
      !header.contains("dictionaries") || !header["dictionaries"].is_array())
    return broken("the header is broken");
  ASSIGN_OR_RETURN(const std::vector<ColumnSpec> schema, SchemaFromJson(header["columns"]));
  const std::uint64_t rows = header["rows"].get<std::uint64_t>();
  const std::uint64_t shift = header["shift"].get<std::uint64_t>();
  if (rows > kMaxRows || shift > 32 || header["dictionaries"].size() != schema.size()) return broken("the header is broken");
  const std::uint64_t groups = (rows + (std::uint64_t{1} << shift) - 1) >> shift;
  if ((header_at - directory_at) / kEntryBytes != groups * schema.size() || (header_at - directory_at) % kEntryBytes != 0)
    return broken("the directory has another size than its rows need");

  Table table;
  for (std::size_t i = 0; i < schema.size(); ++i) {
    std::vector<Block> blocks;
    blocks.reserve(groups);
    for (std::uint64_t group = 0; group < groups; ++group) {
      const std::size_t entry = directory_at + (group * schema.size() + i) * kEntryBytes;
      const auto at = ReadRaw<std::uint64_t>(bytes, entry);
      const auto encoding = ReadRaw<std::uint8_t>(bytes, entry + 16);
      const auto decimals = ReadRaw<std::uint8_t>(bytes, entry + 17);
      if (encoding > static_cast<std::uint8_t>(BlockEncoding::kDouble) || decimals > kMaxDecimals)
        return broken(Cat("a block of column \"", schema[i].name, "\" has an unknown encoding"));
      const std::uint64_t count = std::min(rows - (group << shift), std::uint64_t{1} << shift);
      const std::uint64_t size = count * Width(static_cast<BlockEncoding>(encoding));
      if (at > directory_at || size > directory_at - at) return broken(Cat("column \"", schema[i].name, "\" is cut off"));
      blocks.push_back({.data = bytes.data() + at,
                        .base = ReadRaw<double>(bytes, entry + 8),
                        .encoding = static_cast<BlockEncoding>(encoding),
                        .decimals = decimals});
    }
    Column column{.spec = schema[i]};
    NumberValues values(std::move(blocks), shift, rows, keeper);
    if (schema[i].type == ColumnType::kNumber) {
      column.numbers = std::move(values);
    } else {
      const nlohmann::json& place = header["dictionaries"][i];
      if (!is_count(place, "at") || !is_count(place, "words")) return broken("the header is broken");
      std::uint64_t at = place["at"].get<std::uint64_t>();
      const std::uint64_t words = place["words"].get<std::uint64_t>();
      const auto dictionary = std::make_shared<Dictionary>();
      for (std::uint64_t word = 0; word < words; ++word) {
        if (at > directory_at || directory_at - at < 4)
          return broken(Cat("the texts of column \"", schema[i].name, "\" are cut off"));
        const auto size = ReadRaw<std::uint32_t>(bytes, at);
        at += 4;
        if (directory_at - at < size) return broken(Cat("the texts of column \"", schema[i].name, "\" are cut off"));
        dictionary->Add(std::string(bytes.substr(at, size)));
        at += size;
      }
      column.texts = TextValues(std::move(values), dictionary);
    }
    RETURN_IF_ERROR(table.AddColumn(std::move(column)));
  }
  return table;
}

absl::StatusOr<std::pair<std::string_view, std::shared_ptr<const void>>> MapFile(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return base::ErrnoStatus(errno, Cat("opening ", path.string()));
  struct stat facts {};
  const bool is_known = ::fstat(fd, &facts) == 0 && S_ISREG(facts.st_mode);
  const auto size = static_cast<std::size_t>(is_known ? facts.st_size : 0);
  void* const begin = size > 0 ? ::mmap(nullptr, size, PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;
  const int error = errno;
  ::close(fd);
  if (!is_known || size == 0) return absl::InvalidArgumentError(Cat(path.string(), " is not a file with content"));
  if (begin == MAP_FAILED) return base::ErrnoStatus(error, Cat("mapping ", path.string()));
  std::shared_ptr<const void> keeper(begin, [size](const void* at) { ::munmap(const_cast<void*>(at), size); });
  return std::pair(std::string_view(static_cast<const char*>(begin), size), std::move(keeper));
}

}  // namespace millwright::learn
