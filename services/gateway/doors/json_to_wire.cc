#include "gateway/doors/json_to_wire.h"

#include <simdjson.h>

#include <cstring>
#include <limits>

namespace millwright::gateway {
namespace {

using google::protobuf::FieldDescriptor;
using Element = simdjson::dom::element;

// Beyond these it would keep its memory for the thread's life.
constexpr std::size_t kMostKept = 4 << 20;

void AppendVarint(std::uint64_t value, std::string* wire) {
  char bytes[10];
  int size = 0;
  while (value >= 0x80) {
    bytes[size++] = static_cast<char>(value | 0x80);
    value >>= 7;
  }
  bytes[size++] = static_cast<char>(value);
  wire->append(bytes, static_cast<std::size_t>(size));
}

void AppendDouble(double value, std::string* wire) {
  char bytes[8];
  std::memcpy(bytes, &value, sizeof(bytes));  // little-endian, as on the wire
  wire->append(bytes, sizeof(bytes));
}

bool ReadNumber(Element value, double* number) {
  if (value.is_number()) return value.get(*number) == simdjson::SUCCESS;
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS) return false;
  if (text == "NaN") return *number = std::numeric_limits<double>::quiet_NaN(), true;
  if (text == "Infinity") return *number = std::numeric_limits<double>::infinity(), true;
  if (text == "-Infinity") return *number = -std::numeric_limits<double>::infinity(), true;
  return false;
}

// Null counts as not given.
bool IsGiven(Element value) {
  std::string_view text;
  return !value.is_null() && (value.get(text) != simdjson::SUCCESS || !text.empty());
}

bool AppendMessage(simdjson::dom::object object, const MessagePlan& plan, bool is_checked, std::string* wire);

bool AppendNested(Element value, const FieldPlan& field, std::string* wire) {
  simdjson::dom::object object;
  if (value.get(object) != simdjson::SUCCESS) return false;
  AppendVarint(field.tag, wire);
  const std::size_t start = wire->size();
  wire->push_back('\0');  // the length, mostly one byte
  if (!AppendMessage(object, *field.message, field.has_elements, wire)) return false;
  std::size_t length = wire->size() - start - 1;
  if (length >= 0x80) {
    std::string prefix;
    AppendVarint(length, &prefix);
    wire->replace(start, 1, prefix);
  } else {
    (*wire)[start] = static_cast<char>(length);
  }
  return true;
}

bool AppendValue(Element value, const FieldPlan& field, std::string* wire) {
  switch (field.descriptor->type()) {
    case FieldDescriptor::TYPE_STRING: {
      std::string_view text;
      if (value.get(text) != simdjson::SUCCESS) return false;
      AppendTextField(field.tag, absl::string_view(text.data(), text.size()), wire);
      return true;
    }
    case FieldDescriptor::TYPE_DOUBLE: {
      double number = 0;
      if (!ReadNumber(value, &number)) return false;
      AppendVarint(field.tag, wire);
      AppendDouble(number, wire);
      return true;
    }
    case FieldDescriptor::TYPE_INT32:
    case FieldDescriptor::TYPE_INT64: {
      std::int64_t number = 0;
      if (!value.is_int64() || value.get(number) != simdjson::SUCCESS) return false;
      const bool is_int32 = number >= std::numeric_limits<std::int32_t>::min() && number <= std::numeric_limits<std::int32_t>::max();
      if (field.descriptor->type() == FieldDescriptor::TYPE_INT32 && !is_int32) return false;
      if (field.at_most && number > *field.at_most) return false;
      AppendVarint(field.tag, wire);
      AppendVarint(static_cast<std::uint64_t>(number), wire);
      return true;
    }
    case FieldDescriptor::TYPE_BOOL: {
      bool is_true = false;
      if (value.get(is_true) != simdjson::SUCCESS) return false;
      AppendVarint(field.tag, wire);
      AppendVarint(is_true ? 1 : 0, wire);
      return true;
    }
    case FieldDescriptor::TYPE_ENUM: {
      std::string_view text;
      if (value.get(text) != simdjson::SUCCESS) return false;
      const auto* named = field.descriptor->enum_type()->FindValueByName(std::string(text));
      if (named == nullptr || named->number() == 0) return false;
      AppendVarint(field.tag, wire);
      AppendVarint(static_cast<std::uint64_t>(named->number()), wire);
      return true;
    }
    case FieldDescriptor::TYPE_MESSAGE:
      return AppendNested(value, field, wire);
    default:
      return false;
  }
}

bool AppendField(Element value, const FieldPlan& field, std::string* wire) {
  if (value.is_null()) return true;
  if (field.descriptor->is_map()) return false;
  if (!field.descriptor->is_repeated()) return AppendValue(value, field, wire);
  // Numbers would be packed.
  simdjson::dom::array array;
  if (value.get(array) != simdjson::SUCCESS || field.descriptor->is_packed()) return false;
  for (const Element element : array) {
    if (!AppendValue(element, field, wire)) return false;
  }
  return true;
}

bool AppendMessage(simdjson::dom::object object, const MessagePlan& plan, bool is_checked, std::string* wire) {
  std::uint64_t seen = 0;
  std::uint64_t given = 0;
  std::size_t hint = 0;
  for (const auto [key, value] : object) {
    const int at = plan.Find(absl::string_view(key.data(), key.size()), hint);
    if (at < 0) {
      // Known by its other name, or not at all.
      if (plan.descriptor->FindFieldByCamelcaseName(std::string(key)) != nullptr) return false;
      continue;
    }
    const std::uint64_t bit = std::uint64_t{1} << at;
    if ((seen & bit) != 0) return false;
    seen |= bit;
    if (IsGiven(value)) given |= bit;
    const FieldPlan& field = plan.fields[static_cast<std::size_t>(at)];
    if (!AppendField(value, field, wire)) return false;
    hint = static_cast<std::size_t>(at) + 1;
    if (hint == plan.fields.size()) hint = 0;
  }
  return !is_checked || (plan.required & ~given) == 0;
}

}  // namespace

void AppendTextField(std::uint32_t tag, absl::string_view text, std::string* wire) {
  AppendVarint(tag, wire);
  AppendVarint(text.size(), wire);
  wire->append(text.data(), text.size());
}

bool JsonToWire(const std::string& body, const MessagePlan& plan, std::string* wire) {
  static thread_local simdjson::dom::parser parser;
  // The parser reads beyond the end, and minds nothing of what stands there.
  const bool is_padded = body.capacity() - body.size() >= simdjson::SIMDJSON_PADDING;
  Element root;
  const simdjson::error_code error = parser.parse(body.data(), body.size(), /*realloc_if_needed=*/!is_padded).get(root);
  simdjson::dom::object object;
  bool is_read = error == simdjson::SUCCESS && root.get(object) == simdjson::SUCCESS;
  if (is_read) {
    wire->clear();
    wire->reserve(body.size() / 2 + 64);
    is_read = AppendMessage(object, plan, /*is_checked=*/true, wire);
  }
  if (parser.capacity() > kMostKept) parser = simdjson::dom::parser();
  return is_read;
}

}  // namespace millwright::gateway
