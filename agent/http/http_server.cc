// SPDX-License-Identifier: Apache-2.0
#include "agent/http/http_server.h"

#include <array>
#include <thread>
#include <utility>

#include <absl/memory/memory.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/string_view.h>
#include <absl/strings/strip.h>
#include <absl/time/clock.h>
#include <civetweb.h>

#include "agent/http/civet_ports.h"
#include "agent/http/lobby.h"
#include "agent/http/stand_in.h"
#include "agent/log/log.h"

namespace caliwatch {
namespace {

constexpr char kNosniff[] = "X-Content-Type-Options: nosniff";

// What civetweb's threads work with; whole before they start.
struct Context {
  HttpHandler handler;
  Lobby lobby;
  std::thread::id starter = std::this_thread::get_id();
  std::vector<std::string> complaints = {};  // civetweb's, of the starter's own thread
};

Context& ContextOf(const mg_context* context) { return *static_cast<Context*>(mg_get_user_data(context)); }

Context& ContextOf(const mg_connection* connection) { return ContextOf(mg_get_context(connection)); }

// civetweb's own way of writing a head writes none to who wants to upgrade to another protocol.
std::string HeadOf(const mg_connection* connection, const HttpResponse& response) {
  // The request's version may be anything; of what was no request there is none, nor anything else.
  const mg_request_info* asked = mg_get_request_info(connection);
  const bool is_old = asked && asked->http_version && absl::string_view(asked->http_version) == "1.0";
  std::string head = absl::StrCat("HTTP/", is_old ? "1.0 " : "1.1 ", response.status, " ",
                                  mg_get_response_code_text(connection, response.status), "\r\n");
  for (const auto& [name, value] : response.headers) absl::StrAppend(&head, name, ": ", value, "\r\n");
  absl::StrAppend(&head, "Content-Length: ", response.body->size(), "\r\nCache-Control: no-store\r\n", kNosniff,
                  "\r\nDate: ", absl::FormatTime("%a, %d %b %Y %H:%M:%S GMT", absl::Now(), absl::UTCTimeZone()),
                  "\r\nConnection: close\r\n\r\n");
  return head;
}

void Send(mg_connection* connection, absl::string_view method, const HttpResponse& response) {
  const std::string head = HeadOf(connection, response);
  if (mg_write(connection, head.data(), head.size()) != static_cast<int>(head.size()) || method == "HEAD") return;
  mg_write(connection, response.body->data(), response.body->size());
}

bool BringsBody(const mg_connection* connection) {
  const char* length = mg_get_header(connection, "Content-Length");
  return (length != nullptr && absl::string_view(length) != "0") ||
         mg_get_header(connection, "Transfer-Encoding") != nullptr;
}

HttpResponse Refusal(int status, absl::string_view why) {
  return {.status = status,
          .headers = {{"Content-Type", "text/plain; charset=utf-8"}, {"Allow", "GET, HEAD"}},
          .body = std::make_shared<const std::string>(why)};
}

// A socket for both families calls 10.0.0.1 ::ffff:10.0.0.1.
absl::string_view Unmapped(absl::string_view address) {
  const absl::string_view ipv4 = absl::StripPrefix(address, "::ffff:");
  return absl::StrContains(ipv4, '.') ? ipv4 : address;
}

// Comes before civetweb's own dispatch, which knows prefixes only and no HEAD. Every request ends here.
int OnRequest(mg_connection* connection) {
  mg_disable_connection_keep_alive(connection);  // else it reads a body to its end, for as long as that takes to come
  const mg_request_info& info = *mg_get_request_info(connection);
  const auto header = [&](const char* name) -> absl::string_view {
    const char* value = mg_get_header(connection, name);
    return value == nullptr ? "" : value;
  };
  HttpResponse response = ContextOf(connection)
                              .handler({.method = info.request_method,
                                        .path = info.local_uri,
                                        .host = header("Host"),
                                        .accept_encoding = header("Accept-Encoding"),
                                        .accept_language = header("Accept-Language"),
                                        .query = info.query_string == nullptr ? "" : info.query_string,
                                        .remote = Unmapped(info.remote_addr)});
  if (BringsBody(connection))
    response = Refusal(response.status < 400 ? 413 : response.status, "No page takes a body.\n");
  Send(connection, info.request_method, response);
  return response.status;
}

// What civetweb takes for no request. Its own answer repeats what it was sent, in its first line too.
int OnError(mg_connection* connection, int status, const char*) {
  Send(connection, "", Refusal(status, "This is no request of HTTP/1.1.\n"));
  return 0;
}

void* OnThread(const mg_context* context, int type) {
  constexpr int kAccepts = 0;
  if (type == kAccepts) StandInForPollAndAccept(ContextOf(context).lobby);
  return nullptr;
}

void OnClose(const mg_connection* connection) {
  ContextOf(connection).lobby.Done(mg_get_request_info(connection)->remote_port);
}

int OnLog(const mg_connection* connection, const char* message) {
  Context& context = ContextOf(connection);
  if (std::this_thread::get_id() == context.starter)
    context.complaints.emplace_back(message);
  else
    Log({LogLevel::kDebug, "HTTP connection failed", {{"error", message}}});
  return 1;
}

mg_callbacks Callbacks() {
  mg_callbacks callbacks{};
  callbacks.begin_request = OnRequest;
  callbacks.http_error = OnError;
  callbacks.log_message = OnLog;
  callbacks.init_thread = OnThread;
  callbacks.connection_close = OnClose;
  return callbacks;
}

std::vector<std::string> Options(const std::string& ports, size_t threads) {
  return {"listening_ports",    ports,
          "num_threads",        absl::StrCat(threads),
          "listen_backlog",     "4096",
          "request_timeout_ms", "3000",
          "additional_header",  absl::StrCat("Allow: GET, HEAD\r\n", kNosniff)};
}

// Null: it cannot, and has complained.
mg_context* StartCivet(Context& context, const std::string& ports, size_t threads) {
  const std::vector<std::string> options = Options(ports, threads);
  std::vector<const char*> words;
  for (const std::string& option : options) words.push_back(option.c_str());
  words.push_back(nullptr);
  const mg_callbacks callbacks = Callbacks();
  return mg_start(&callbacks, &context, words.data());
}

}  // namespace

// By civetweb's C interface: that of C++ would be the one thing for which the program needs libstdc++ as a library.
struct HttpServer::Civet {
  Civet(HttpHandler handler, size_t threads)
      : context{.handler = std::move(handler), .lobby = Lobby({.answers = threads})} {}
  ~Civet() {
    if (server != nullptr) mg_stop(server);
  }
  Civet(const Civet&) = delete;
  Civet& operator=(const Civet&) = delete;

  Context context;
  mg_context* server = nullptr;
};

HttpServer::HttpServer(std::unique_ptr<Civet> civet) : civet_(std::move(civet)) {}
HttpServer::~HttpServer() = default;

std::vector<int> HttpServer::ports() {
  std::array<mg_server_port, 64> listening{};
  std::vector<int> ports;
  const int count = mg_get_server_ports(civet_->server, static_cast<int>(listening.size()), listening.data());
  for (size_t i = 0; static_cast<int>(i) < count; ++i) ports.push_back(listening.at(i).port);
  return ports;
}

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(const std::vector<std::string>& addresses,
                                                              HttpHandler handler, HttpServerOptions options) {
  const auto ports = CivetPorts(addresses, Ipv6Support());
  if (!ports.ok()) return ports.status();
  auto civet = std::make_unique<Civet>(std::move(handler), options.threads);
  civet->server = StartCivet(civet->context, *ports, options.threads);
  if (civet->server == nullptr) {
    const auto& complaints = civet->context.complaints;
    return absl::UnavailableError(absl::StrCat("cannot listen on ", absl::StrJoin(addresses, ", "), ": ",
                                               complaints.empty() ? "its server does not start" : complaints.front(),
                                               "; end the program that holds the address, or give another one with --",
                                               options.setting));
  }
  civet->context.lobby.Open();  // before, civetweb would not tell us when a connection ends
  return absl::WrapUnique(new HttpServer(std::move(civet)));
}

}  // namespace caliwatch
