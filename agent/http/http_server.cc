// SPDX-License-Identifier: Apache-2.0
#include "agent/http/http_server.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <thread>
#include <utility>

#include <CivetServer.h>
#include <absl/memory/memory.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "agent/http/civet_ports.h"
#include "agent/log/log.h"

namespace caliwatch {
namespace {

using Clock = std::chrono::steady_clock;

constexpr char kNosniff[] = "X-Content-Type-Options: nosniff";

// What civetweb's threads work with; whole before they start.
struct Context {
  HttpHandler handler;
  std::thread::id starter = std::this_thread::get_id();
  std::vector<std::string> complaints = {};  // civetweb's, of the starter's own thread
};

Context& ContextOf(const mg_connection* connection) {
  const auto* server = static_cast<const CivetServer*>(mg_get_user_context_data(connection));
  return *static_cast<Context*>(const_cast<void*>(server->getUserContext()));
}

// A client that takes its answer bit by bit must not keep a thread for ever: civetweb's timeout begins anew with each
// bit.
void WriteBody(mg_connection* connection, const std::string& body) {
  constexpr size_t kPiece = 65536;
  const auto deadline = Clock::now() + std::chrono::seconds(30);
  for (size_t at = 0; at < body.size() && Clock::now() < deadline; at += kPiece) {
    const size_t length = std::min(kPiece, body.size() - at);
    if (mg_write(connection, body.data() + at, length) != static_cast<int>(length)) return;
  }
}

void Send(mg_connection* connection, absl::string_view method, const HttpResponse& response) {
  const auto add = [&](const char* name, const std::string& value) {
    mg_response_header_add(connection, name, value.data(), static_cast<int>(value.size()));
  };
  mg_response_header_start(connection, response.status);
  for (const auto& [name, value] : response.headers) add(name.c_str(), value);
  add("Content-Length", std::to_string(response.body->size()));
  add("Cache-Control", "no-store");
  mg_response_header_add_lines(connection, absl::StrCat(kNosniff, "\r\n").c_str());
  mg_response_header_send(connection);
  if (method != "HEAD") WriteBody(connection, *response.body);
}

bool BringsBody(const mg_connection* connection) {
  const char* length = mg_get_header(connection, "Content-Length");
  return (length != nullptr && absl::string_view(length) != "0") ||
         mg_get_header(connection, "Transfer-Encoding") != nullptr;
}

// Comes before civetweb's own dispatch, which knows prefixes only and no HEAD. Every request ends here.
int OnRequest(mg_connection* connection) {
  const mg_request_info& info = *mg_get_request_info(connection);
  const char* accept_encoding = mg_get_header(connection, "Accept-Encoding");
  const HttpResponse response = ContextOf(connection)
                                    .handler({.method = info.request_method,
                                              .path = info.local_uri,
                                              .accept_encoding = accept_encoding == nullptr ? "" : accept_encoding});
  if (!BringsBody(connection)) {
    Send(connection, info.request_method, response);
    return response.status;
  }
  // After any other answer civetweb reads the body to its end, for as long as the client takes to send it.
  const int status = response.status < 400 ? 413 : response.status;
  mg_send_http_error(connection, status, "%s", "No page takes a body.\n");
  return status;
}

int OnLog(const mg_connection* connection, const char* message) {
  Context& context = ContextOf(connection);
  if (std::this_thread::get_id() == context.starter)
    context.complaints.emplace_back(message);
  else
    Log({LogLevel::kDebug, "HTTP connection failed", {{"error", message}}});
  return 1;
}

CivetCallbacks Callbacks() {
  CivetCallbacks callbacks;
  callbacks.begin_request = OnRequest;
  callbacks.log_message = OnLog;
  return callbacks;
}

// So many threads that a dozen clients who say nothing leave some free; each of those is let go after the timeout.
std::vector<std::string> Options(const std::string& ports) {
  return {"listening_ports",    ports,  "num_threads",       "16",
          "request_timeout_ms", "3000", "additional_header", absl::StrCat("Allow: GET, HEAD\r\n", kNosniff)};
}

}  // namespace

struct HttpServer::Civet {
  explicit Civet(HttpHandler handler) : context{.handler = std::move(handler)} {}

  void Start(const std::string& ports) {
    const CivetCallbacks callbacks = Callbacks();
    server.emplace(Options(ports), &callbacks, &context);
  }

  Context context;
  std::optional<CivetServer> server;
};

HttpServer::HttpServer(std::unique_ptr<Civet> civet) : civet_(std::move(civet)) {}
HttpServer::~HttpServer() = default;

std::vector<int> HttpServer::ports() { return civet_->server->getListeningPorts(); }

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(const std::vector<std::string>& addresses,
                                                              HttpHandler handler) {
  const auto ports = CivetPorts(addresses, Ipv6Support());
  if (!ports.ok()) return ports.status();
  auto civet = std::make_unique<Civet>(std::move(handler));
  try {
    civet->Start(*ports);
  } catch (const CivetException& error) {
    const auto& complaints = civet->context.complaints;
    return absl::UnavailableError(
        absl::StrCat("cannot listen on ", absl::StrJoin(addresses, ", "), ": ",
                     complaints.empty() ? error.what() : complaints.front(),
                     "; end the program that holds the address, or give another one with --web.listen-address"));
  }
  return absl::WrapUnique(new HttpServer(std::move(civet)));
}

}  // namespace caliwatch
