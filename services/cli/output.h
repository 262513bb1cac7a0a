#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <vector>

#include "cli/tables/tables.h"

namespace millwright::cli {

enum class OutputFormat { kTable, kJson };

/// The columns a list of `type` shows; its scalar fields when the tables do not name it.
std::vector<Column> ColumnsOf(const google::protobuf::Descriptor& type);

/// One value as a person reads it: times in UTC, enums as their short lower-case names, numbers with 6 digits.
std::string ShowField(const google::protobuf::Message& message, const std::string& path);

/// A message for people: a table when it is a list (one repeated message field), else a line a field.
std::string ShowTable(const google::protobuf::Message& message);
/// protobuf's JSON with snake_case names.
std::string ShowJson(const google::protobuf::Message& message);
std::string Show(const google::protobuf::Message& message, OutputFormat format);

/// Rows padded to columns two blanks apart; widths count characters, not bytes.
std::string Align(const std::vector<std::vector<std::string>>& rows);

/// "ready" of SERVICE_STATE_READY.
std::string ShortEnumName(const google::protobuf::EnumValueDescriptor& value);

/// The repeated message field of a list answer; null for other messages.
const google::protobuf::FieldDescriptor* ListField(const google::protobuf::Descriptor& type);

}  // namespace millwright::cli
