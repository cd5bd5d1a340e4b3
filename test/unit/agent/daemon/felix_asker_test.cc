// SPDX-License-Identifier: Apache-2.0
#include "agent/daemon/felix_asker.h"

#include <atomic>
#include <new>
#include <semaphore>
#include <string>
#include <thread>

#include <absl/strings/str_cat.h>

#include "test/support/catch.h"

namespace caliwatch {
namespace {

// A Felix that answers each question with its number, when it is let to.
struct Felix {
  std::counting_semaphore<> may_answer{0};
  std::atomic<int> asked = 0, answered = 0;
  FelixAsker asker{[this]() -> absl::StatusOr<std::string> {
    const int number = ++asked;
    asked.notify_all();
    may_answer.acquire();
    return absl::StrCat("answer ", number);
  }};

  ~Felix() { may_answer.release(100); }

  void AwaitQuestion(int number) {
    for (int seen = asked; seen < number; seen = asked) asked.wait(seen);
  }
  // The first answer that counts and is another than `before`.
  std::string AwaitOtherThan(absl::string_view before) {
    for (;; std::this_thread::yield())
      if (const auto latest = asker.Latest(); latest.ok() && *latest != before) return *latest;
  }
};

TEST_CASE("nobody waits for Felix, and before its first answer nothing is known of it") {
  Felix felix;
  CHECK(absl::IsNotFound(felix.asker.Latest().status()));
  felix.asker.Begin();
  felix.AwaitQuestion(1);
  CHECK(absl::IsNotFound(felix.asker.Latest().status()));
  felix.may_answer.release();
  CHECK(felix.AwaitOtherThan("") == "answer 1");
}

TEST_CASE(
    "while Felix is being asked for a poll, the answer for the one before counts; that of an older one does not") {
  Felix felix;
  felix.asker.Begin();
  felix.may_answer.release();
  felix.AwaitOtherThan("");
  felix.asker.Begin();
  CHECK(*felix.asker.Latest() == "answer 1");
  felix.asker.Begin();
  CHECK(absl::IsUnavailable(felix.asker.Latest().status()));
  // Asked for the second poll or, if the asker slept meanwhile, for the third.
  felix.may_answer.release(2);
  CHECK(felix.AwaitOtherThan("answer 1") != "answer 1");
}

TEST_CASE("Felix is asked once a poll at most, and not at all between polls") {
  Felix felix;
  felix.asker.Begin();
  felix.AwaitQuestion(1);
  for (int poll = 2; poll <= 5; ++poll) felix.asker.Begin();
  felix.may_answer.release(100);
  CHECK(felix.AwaitOtherThan("answer 1") == "answer 2");
}

TEST_CASE("for want of memory there is no answer, and the next question is asked all the same") {
  std::atomic<int> asked = 0;
  FelixAsker asker([&]() -> absl::StatusOr<std::string> {
    if (++asked == 1) throw std::bad_alloc();
    return "an answer";
  });
  asker.Begin();
  while (!absl::IsResourceExhausted(asker.Latest().status())) std::this_thread::yield();  // for ever, if it were not so
  asker.Begin();
  while (!asker.Latest().ok()) std::this_thread::yield();
  CHECK(*asker.Latest() == "an answer");
}

}  // namespace
}  // namespace caliwatch
