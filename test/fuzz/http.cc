// SPDX-License-Identifier: Apache-2.0

// Requests: their targets to the pages, and any bytes to the server itself, on loopback. The first byte says which; of
// the bytes, it also says in how many pieces they come.

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <zlib.h>

#include "agent/http/gzip.h"
#include "agent/http/http_server.h"
#include "agent/http/pages.h"
#include "lib/analysis/observe.h"
#include "lib/node/unique_fd.h"
#include "lib/read/read_snapshot.h"
#include "test/fuzz/support/html_text.h"
#include "test/fuzz/support/input.h"
#include "test/fuzz/support/must.h"
#include "test/support/memory_node.h"

// A server's threads may be about to begin when leaks are looked for: the sanitizer itself then holds what it has asked
// of a thread (pthread_getattr_np).
extern "C" const char* __lsan_default_suppressions() {
  return "leak:__pthread_attr_extension\nleak:pthread_attr_\nleak:pthread_getattr_np\n";
}

namespace caliwatch {
namespace {

constexpr absl::string_view kMetrics = "/metrics";

const Site& ASite() {
  static const Site* site = [] {
    MemoryNode node = ReadableNode();
    auto made = std::make_shared<Publication>();
    made->report = Observer().Observe(ReadSnapshot(node, [] { return absl::FromUnixSeconds(1'790'000'000); }));
    return new Site{std::string(kMetrics), [made] { return PublicationPtr(made); }, [] { return true; }};
  }();
  return *site;
}

std::string Unzipped(const std::string& content) {
  std::string plain(1 << 20, '\0');
  z_stream stream{};
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = reinterpret_cast<Bytef*>(plain.data());
  stream.avail_out = static_cast<uInt>(plain.size());
  Must(inflateInit2(&stream, 15 + 16) == Z_OK && inflate(&stream, Z_FINISH) == Z_STREAM_END, "an answer unzips");
  plain.resize(stream.total_out);
  inflateEnd(&stream);
  return plain;
}

// "METHOD path\nAccept-Encoding".
void PlayTarget(Input input) {
  const absl::string_view method = input.Until(" "), path = input.Until("\n"), encoding = input.rest();
  const HttpResponse response = AnswerFor({.method = method, .path = path, .accept_encoding = encoding}, ASite());
  Must(response.body != nullptr, "an answer has a body");
  const bool known = response.status == 200 || response.status == 404 || response.status == 405;
  Must(known, "a request is answered, or its page or method is not known", absl::StrCat(response.status));
  Must(response.status != 200 || method == "GET" || method == "HEAD", "only GET and HEAD are answered", method);
  Must(response.status != 200 || absl::StartsWith(path, "/"), "only paths are answered", path);
  bool zipped = false, is_page = false;
  for (const auto& [name, value] : response.headers) {
    Must(!absl::StrContains(value, '\n') && !absl::StrContains(value, '\r'), "a header is one line", value);
    zipped |= name == "Content-Encoding";
    is_page |= absl::StartsWith(value, "text/html");
  }
  Must(!zipped || AcceptsGzip(encoding), "who does not ask for gzip gets none", encoding);
  const std::string body = zipped ? Unzipped(*response.body) : *response.body;
  if (is_page) MustBeHtml(body);
}

// Of AnswerFor(), but nothing that changes with time.
int Port() {
  static HttpServer* server = [] {
    auto started =
        HttpServer::Start({"127.0.0.1:0"}, [](const HttpRequest& request) { return AnswerFor(request, ASite()); });
    Must(started.ok(), "the fuzzer's server listens", started.status().ToString());
    return started->release();
  }();
  return server->ports().at(0);
}

UniqueFd Connected() {
  UniqueFd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(Port()));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const auto* at = reinterpret_cast<const sockaddr*>(&address);
  // libFuzzer's clock interrupts; what was begun goes on meanwhile.
  while (connect(fd.get(), at, sizeof address) != 0 && errno != EISCONN)
    Must(errno == EINTR || errno == EALREADY, "it can be connected to", std::strerror(errno));
  // So many connections would fill the table of those that wait for their end.
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  setsockopt(fd.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  const int on = 1;
  setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  // The server lets go within seconds; this process may get no processor for longer than that.
  const timeval patience{.tv_sec = 100, .tv_usec = 0};
  setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  return fd;
}

std::string AnswerTo(absl::string_view bytes, size_t pieces) {
  const UniqueFd fd = Connected();
  const size_t piece = bytes.size() / pieces + 1;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    ssize_t sent = 0;
    do sent = send(fd.get(), bytes.data(), std::min(piece, bytes.size()), MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    if (sent < 0) break;
  }
  shutdown(fd.get(), SHUT_WR);
  std::string answer;
  std::array<char, 65536> chunk;
  for (ssize_t got; (got = recv(fd.get(), chunk.data(), chunk.size(), 0)) != 0;) {
    if (got < 0 && errno == EINTR) continue;
    Must(got > 0 || errno == ECONNRESET, "who has said all is let go within 100 s", std::strerror(errno));
    if (got < 0) break;
    answer.append(chunk.data(), static_cast<size_t>(got));
  }
  return answer;
}

void PlayBytes(absl::string_view bytes, size_t pieces) {
  const std::string answer = AnswerTo(bytes, pieces);
  if (!answer.empty()) {
    Must(absl::StartsWith(answer, "HTTP/1."), "an answer is one of HTTP", answer.substr(0, 80));
    Must(absl::StrContains(answer, "\r\n\r\n"), "an answer's head ends", answer.substr(0, 400));
    Must(absl::StrContains(answer, "X-Content-Type-Options: nosniff"), "no answer is guessed at",
         answer.substr(0, 400));
  }
  // A good request, which is answered whatever came before.
  static int played = 0;
  if (++played % 16 != 0) return;
  const std::string good = AnswerTo("GET /-/healthy HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", 1);
  Must(absl::StartsWith(good, "HTTP/1.1 200 "), "a good request is answered after a bad one", good.substr(0, 80));
}

}  // namespace
}  // namespace caliwatch

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace caliwatch;
  Input input(data, size);
  const uint8_t first = input.Byte();
  first % 2 == 0 ? PlayTarget(input) : PlayBytes(input.rest(), 1 + first / 64);
  return 0;
}
