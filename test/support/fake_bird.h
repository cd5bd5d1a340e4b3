// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <absl/strings/string_view.h>

#include "lib/node/unique_fd.h"
#include "test/support/temporary_folder.h"

namespace caliwatch {

// A socket that listens at `path`, with room for `backlog` + 1 connections that nobody accepts.
UniqueFd ListenAt(const std::string& path, int backlog);

// Sits in BIRD's place and does to its clients what a real BIRD can't be made to do on cue.
class FakeBird {
 public:
  // One connection, as the server's end sees it.
  class Client {
   public:
    // False once the client hung up.
    bool Send(absl::string_view text);
    // Without its newline; empty once the client hung up.
    std::string ReadLine();
    void WaitForHangUp();
    // A real BIRD's greeting, and its answer to `restrict`.
    void Welcome();

   private:
    friend class FakeBird;
    Client(FakeBird& bird, int fd) : bird_(bird), fd_(fd) {}
    FakeBird& bird_;
    int fd_;
  };
  // Runs on the server's thread for each connection, one after the other; it hangs up when this returns. `number`
  // counts from 0.
  using Script = std::function<void(Client& client, int number)>;

  FakeBird(const std::string& path, Script script);
  FakeBird(UniqueFd listener, Script script);
  FakeBird(const FakeBird&) = delete;
  ~FakeBird();

  int connections() const { return connections_; }
  std::vector<std::string> lines() const;  // all that clients sent

 private:
  void Serve(const Script& script);
  bool Attend(int client);

  UniqueFd listener_;
  std::atomic<int> connections_ = 0;
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
  int client_ = -1;  // the one being served
  bool ending_ = false;
  std::thread thread_;
};

// Gives every question of every client the same answer.
FakeBird::Script Answering(std::string answer);

// A FakeBird at bird.ctl of a folder of its own.
struct FakeNode {
  explicit FakeNode(FakeBird::Script script) : bird(socket, std::move(script)) {}

  TemporaryFolder folder;
  std::string socket = folder / "bird.ctl";
  FakeBird bird;
};

}  // namespace caliwatch
