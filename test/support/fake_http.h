// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <absl/strings/string_view.h>

#include "lib/node/unique_fd.h"

namespace caliwatch {

// Sits in the place of an API server, an etcd or an agent, and does to who asks what a real one can't be made to do on
// cue. One request a connection, many connections at once.
class FakeHttp {
 public:
  struct Request {
    std::string method, target;                  // "/api/v1/pods?limit=500"
    std::map<std::string, std::string> headers;  // by their names in lower case
    std::string body;
  };
  // One connection, as the server's end sees it.
  class Client {
   public:
    explicit Client(int fd) : fd_(fd) {}
    // False once the client hung up.
    bool Send(absl::string_view text) const;
    void WaitForHangUp() const;

   private:
    int fd_;
  };
  // Runs on a thread of the connection's own; it hangs up when this returns.
  using Script = std::function<void(const Client&, const Request&)>;

  explicit FakeHttp(Script script);
  FakeHttp(const FakeHttp&) = delete;
  ~FakeHttp();

  std::vector<Request> requests() const;

  int port = 0;
  std::string url;  // "http://127.0.0.1:PORT"

 private:
  void Accept();
  void Serve(int fd);

  const Script script_;
  UniqueFd listener_;
  mutable std::mutex mutex_;  // guards what follows
  std::vector<Request> requests_;
  std::list<UniqueFd> connections_;
  std::list<std::thread> serving_;
  bool ending_ = false;
  std::thread accepting_;
};

// A whole answer of HTTP/1.1; `headers` are whole lines, each with its end.
std::string HttpReplyText(absl::string_view status, absl::string_view body, absl::string_view headers = "");
// The beginning of one whose end is the end of the connection.
std::string HttpStreamHead();

}  // namespace caliwatch
