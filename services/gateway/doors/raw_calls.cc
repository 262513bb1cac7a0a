#include "gateway/doors/raw_calls.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/message.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "gateway/doors/backend_stream.h"
#include "gateway/doors/http_server.h"
#include "gateway/doors/json_reader.h"
#include "gateway/doors/percent.h"
#include "gateway/doors/unary_call.h"
#include "lib/base/status_macros.h"
#include "lib/rpc/status.h"

namespace millwright::gateway {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr char kData[] = "data";
constexpr std::size_t kPiece = 256 << 10;
constexpr int kPartialContent = 206;
constexpr int kRangeNotSatisfiable = 416;

// The fields of path and query. MLflow ignores what it does not know.
absl::Status SetFields(const RouteMatch& match, const Exchange& exchange, Message& message) {
  const bool is_mlflow = match.route->method->dialect == api::v1::JSON_DIALECT_MLFLOW;
  const auto decode = [&](absl::string_view text) {
    return is_mlflow ? PercentDecodeLeniently(text) : PercentDecode(text, /*plus_is_space=*/true);
  };
  for (const absl::string_view part : absl::StrSplit(exchange.query, '&', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> entry = absl::StrSplit(part, absl::MaxSplits('=', 1));
    ASSIGN_OR_RETURN(const std::string name, decode(entry.first));
    ASSIGN_OR_RETURN(const std::string value, decode(entry.second));
    const bool is_known = name != kData && message.GetDescriptor()->FindFieldByName(name) != nullptr;
    if (!is_known && is_mlflow) continue;
    if (!is_known) return absl::InvalidArgumentError(absl::StrCat("there is no field ", name.substr(0, 64)));
    RETURN_IF_ERROR(SetFromText(name, value, message));
  }
  for (const auto& [field, value] : match.fields) RETURN_IF_ERROR(SetFromText(field, value, message));
  return absl::OkStatus();
}

// A message with nothing but `data`, on the wire.
grpc::ByteBuffer DataMessage(int field_number, const std::string& data) {
  using google::protobuf::io::CodedOutputStream;
  constexpr std::uint32_t kLengthDelimited = 2;
  std::uint8_t head[16];
  std::uint8_t* end =
      CodedOutputStream::WriteVarint32ToArray(static_cast<std::uint32_t>(field_number) << 3 | kLengthDelimited, head);
  end = CodedOutputStream::WriteVarint32ToArray(static_cast<std::uint32_t>(data.size()), end);
  const grpc::Slice slices[] = {grpc::Slice(head, static_cast<std::size_t>(end - head)), grpc::Slice(data)};
  return grpc::ByteBuffer(slices, 2);
}

// Sends the body piece by piece; false when it did not come whole.
bool SendBody(const httplib::Request& request, const httplib::ContentReader& body, int field_number, BackendStream& stream) {
  // Without a length or chunks the library would read until the connection ends.
  if (!request.has_header("Content-Length") && !request.has_header("Transfer-Encoding")) return true;
  std::string piece;
  piece.reserve(kPiece);
  bool is_refused = false;
  const auto send = [&] {
    is_refused = !piece.empty() && !stream.Write(DataMessage(field_number, piece));
    piece.clear();
    return !is_refused;
  };
  const bool is_read = body([&](const char* data, std::size_t size) {
    for (absl::string_view left(data, size); !left.empty();) {
      const std::size_t taken = std::min(left.size(), kPiece - piece.size());
      piece.append(left.data(), taken);
      left.remove_prefix(taken);
      if (piece.size() == kPiece && !send()) return false;
    }
    return true;
  });
  // A service that has ended the call has said why.
  return is_refused || (is_read && (send() || is_refused));
}

// The rest of a raw answer after its first message.
class Transfer {
 public:
  Transfer(Doorkeeper& doorkeeper, Visit visit, std::shared_ptr<BackendStream> stream, std::unique_ptr<Message> first)
      : doorkeeper_(doorkeeper),
        visit_(std::move(visit)),
        stream_(std::move(stream)),
        message_(std::move(first)),
        data_(message_->GetDescriptor()->FindFieldByName(kData)) {}
  ~Transfer() {
    if (!has_ended_) doorkeeper_.End(visit_, grpc::StatusCode::CANCELLED);
  }

  // One message's bytes to the client; false when it has gone, or the service has broken off.
  bool Send(httplib::DataSink& sink) {
    std::string scratch;
    const std::string& bytes = message_->GetReflection()->GetStringReference(*message_, data_, &scratch);
    if (!bytes.empty() && !sink.write(bytes.data(), bytes.size())) return false;
    left_ -= bytes.size();
    if (left_ > 0) return Next();
    End();
    return true;
  }
  void Expect(std::size_t bytes) { left_ = bytes; }
  void End() {
    std::string more;
    const grpc::Status status = stream_->Read(&more) ? grpc::Status(grpc::StatusCode::INTERNAL, "") : stream_->Finish();
    doorkeeper_.End(visit_, status.error_code());
    has_ended_ = true;
  }

 private:
  bool Next() {
    std::string bytes;
    if (stream_->Read(&bytes)) return message_->ParseFromString(bytes);
    doorkeeper_.End(visit_, stream_->Finish().error_code());
    has_ended_ = true;
    return false;  // the length was promised: only the end of the connection says that this is not all
  }

  Doorkeeper& doorkeeper_;
  const Visit visit_;
  const std::shared_ptr<BackendStream> stream_;
  const std::unique_ptr<Message> message_;
  const FieldDescriptor* const data_;
  std::size_t left_ = 0;
  bool has_ended_ = false;
};

}  // namespace

absl::Status RawCalls::Upload(Exchange& exchange, Visit visit, const RouteMatch& match, const Dialect& dialect,
                              const httplib::ContentReader& body) {
  const Method& method = *match.route->method;
  const std::unique_ptr<Message> first = NewMessage(method.descriptor->input_type());
  RETURN_IF_ERROR(SetFields(match, exchange, *first));
  SetHeaderFields(exchange.request, *first);
  RETURN_IF_ERROR(doorkeeper_.Begin(visit, FieldText(*first, method.rule.resource())));
  const absl::StatusOr<grpc::GenericStub*> stub = backends_.Find(method.backend);
  if (!stub.ok()) {
    doorkeeper_.End(visit, grpc::StatusCode::UNAVAILABLE);
    return NameBackend(stub.status(), method.backend);
  }
  BackendStream stream(**stub, method.path);
  stream.context().set_deadline(absl::ToChronoTime(absl::Now() + longest_));
  doorkeeper_.Prepare(stream.context(), visit);
  HttpServer::BodyMayTake(longest_);

  const grpc::Slice slice(first->SerializeAsString());
  const int field_number = first->GetDescriptor()->FindFieldByName(kData)->number();
  const bool is_open = stream.Open() && stream.Write(grpc::ByteBuffer(&slice, 1));
  if (is_open && !SendBody(exchange.request, body, field_number, stream)) {
    doorkeeper_.End(visit, grpc::StatusCode::CANCELLED);
    return absl::InvalidArgumentError("the body ended early or is not encoded as its headers say");
  }
  stream.WritesDone();
  std::string bytes;
  const bool has_reply = stream.Read(&bytes);
  grpc::Status outcome = stream.Finish();
  if (outcome.ok() && !has_reply) outcome = {grpc::StatusCode::INTERNAL, "the service answered nothing"};
  doorkeeper_.End(visit, outcome.error_code());
  if (!outcome.ok()) return NameBackend(StatusOf(outcome, stream.context()), method.backend);
  const std::unique_ptr<Message> reply = NewMessage(method.descriptor->output_type());
  if (reply->ParseFromString(bytes)) WriteHeaderFields(*reply, exchange.response);
  RETURN_IF_ERROR(dialect.Write(method, bytes, exchange.response));
  // MLflow says nothing to an upload that went well, not even {}.
  if (method.dialect == api::v1::JSON_DIALECT_MLFLOW && reply->GetDescriptor()->field_count() == 0) {
    exchange.response.body.clear();
    if (match.route->http_verb == "PUT") exchange.response.headers.erase("Content-Type");
  }
  return absl::OkStatus();
}

absl::Status RawCalls::Download(Exchange& exchange, Visit visit, const RouteMatch& match, const Dialect& dialect) {
  const Method& method = *match.route->method;
  ASSIGN_OR_RETURN(CallRequest request, dialect.Read(match, exchange, ""));
  RETURN_IF_ERROR(doorkeeper_.Begin(visit, request.resource));
  const absl::StatusOr<grpc::GenericStub*> stub = backends_.Find(method.backend);
  if (!stub.ok()) {
    doorkeeper_.End(visit, grpc::StatusCode::UNAVAILABLE);
    return NameBackend(stub.status(), method.backend);
  }
  auto stream = std::make_shared<BackendStream>(**stub, method.path);
  stream->context().set_deadline(absl::ToChronoTime(absl::Now() + longest_));
  doorkeeper_.Prepare(stream->context(), visit);
  stream->Start(WithHeaderFields(exchange.request, *method.descriptor->input_type(), std::move(request.bytes)));

  std::string bytes;
  std::unique_ptr<Message> first = NewMessage(method.descriptor->output_type());
  const bool has_first = stream->Read(&bytes) && first->ParseFromString(bytes);
  const std::string content_range = HeaderField(*first, "Content-Range");
  const bool is_beyond = absl::StartsWith(content_range, "bytes */");
  if (!has_first || is_beyond) {
    grpc::Status outcome = has_first && stream->Read(&bytes) ? grpc::Status(grpc::StatusCode::INTERNAL, "") : stream->Finish();
    if (outcome.ok()) outcome = {grpc::StatusCode::INTERNAL, "the service answered nothing"};
    doorkeeper_.End(visit, outcome.error_code());
    const absl::Status status = NameBackend(StatusOf(outcome, stream->context()), method.backend);
    if (!is_beyond) return status;
    dialect.Refuse(status, exchange.request_id, exchange.response);
    exchange.response.status = kRangeNotSatisfiable;
    if (method.dialect == api::v1::JSON_DIALECT_MLFLOW) SetBody(exchange.response, "", "text/plain");
    ReplaceHeader(exchange.response, "Content-Range", content_range);
    return absl::OkStatus();
  }

  std::size_t length = 0;
  if (!absl::SimpleAtoi(HeaderField(*first, "Content-Length"), &length))
    return absl::InternalError("the service's answer has no length");
  const std::string type = HeaderField(*first, "Content-Type");
  WriteHeaderFields(*first, exchange.response);
  if (!content_range.empty()) exchange.response.status = kPartialContent;
  const auto download = std::make_shared<Transfer>(doorkeeper_, std::move(visit), std::move(stream), std::move(first));
  if (length == 0) {
    download->End();
    exchange.response.set_content("", type);
    return absl::OkStatus();
  }
  download->Expect(length);
  exchange.response.set_content_provider(
      length, type, [download](std::size_t, std::size_t, httplib::DataSink& sink) { return download->Send(sink); });
  return absl::OkStatus();
}

}  // namespace millwright::gateway
