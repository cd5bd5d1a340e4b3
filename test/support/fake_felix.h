// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include <absl/strings/string_view.h>

#include "lib/node/unique_fd.h"
#include "test/support/fake_bird.h"

namespace caliwatch {

// Listens at a free port of 127.0.0.1; `port` is given it. Nobody accepts, and `backlog` + 1 connections fit.
UniqueFd ListenOnLoopback(int& port, int backlog = 8);

// Sits in the place of Felix' health and does to who asks what a real one can't be made to do on cue.
struct FakeFelix {
  using Client = FakeBird::Client;
  // Gets the path of each request, once the request was read to its end; the connection ends when it returns.
  using Script = std::function<void(Client& client, const std::string& path)>;

  explicit FakeFelix(Script script);

  int port = 0;
  FakeBird server;
  std::string address;  // "127.0.0.1:PORT"
};

// A whole answer: `status` is as "200 OK".
std::string HttpAnswer(absl::string_view status, absl::string_view body = "");

}  // namespace caliwatch
