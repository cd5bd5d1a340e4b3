// SPDX-License-Identifier: Apache-2.0
#include "agent/cluster/transfers.h"

#include <csignal>
#include <exception>
#include <map>
#include <utility>

#include <absl/strings/str_cat.h>
#include <curl/curl.h>

#include "agent/cluster/http_transfer.h"
#include "lib/node/deadline.h"

namespace caliwatch {

std::string PlaceOf(absl::string_view url) {
  const size_t scheme = url.find("://");
  return std::string(url.substr(0, url.find_first_of("/?#", scheme == absl::string_view::npos ? 0 : scheme + 3)));
}

struct Transfers::Multi {
  Multi() {
    static const CURLcode once = curl_global_init(CURL_GLOBAL_DEFAULT);
    static_cast<void>(once);
    std::signal(SIGPIPE, SIG_IGN);  // or a server that hangs up ends the process: OpenSSL writes as to a file
    handle = curl_multi_init();
  }
  ~Multi() {
    for (auto& [easy, transfer] : running) {
      curl_multi_remove_handle(handle, easy);
      curl_easy_cleanup(easy);
    }
    for (CURL* easy : spare) curl_easy_cleanup(easy);
    curl_multi_cleanup(handle);
  }

  CURL* TakeHandle() {
    if (spare.empty()) return curl_easy_init();
    CURL* easy = spare.back();
    spare.pop_back();
    return easy;
  }

  // Sends it on its way, or says why libcurl does not take it: there is no memory, or one of its own callbacks asks.
  absl::Status Begin(HttpTransfer& transfer) {
    const std::string place = PlaceOf(transfer.call.url);
    transfer.handle = TakeHandle();
    if (transfer.handle == nullptr) return absl::ResourceExhaustedError(place + ": there is no memory to ask it");
    Prepare(transfer);
    const CURLMcode code = curl_multi_add_handle(handle, transfer.handle);
    if (code == CURLM_OK) return absl::OkStatus();
    curl_easy_cleanup(std::exchange(transfer.handle, nullptr));
    return absl::UnavailableError(absl::StrCat(place, ": ", curl_multi_strerror(code)));
  }

  CURLM* handle = nullptr;
  std::map<CURL*, std::unique_ptr<HttpTransfer>> running;
  std::vector<CURL*> spare;                              // used before, and again
  std::vector<std::unique_ptr<HttpTransfer>> unstarted;  // with the error in `refused`
};

Transfers::Transfers() : multi_(std::make_unique<Multi>()) {}
Transfers::~Transfers() = default;

size_t Transfers::running() const { return multi_->running.size() + multi_->unstarted.size(); }

void Transfers::Start(HttpCall call, OnEnd on_end, OnBytes on_bytes) {
  auto transfer = std::make_unique<HttpTransfer>(
      HttpTransfer{.call = std::move(call), .on_end = std::move(on_end), .on_bytes = std::move(on_bytes)});
  transfer->refused = CheckUrl(transfer->call.url);
  if (transfer->refused.ok()) transfer->refused = multi_->Begin(*transfer);
  if (transfer->refused.ok())
    multi_->running.emplace(transfer->handle, std::move(transfer));
  else
    multi_->unstarted.push_back(std::move(transfer));
}

void Transfers::End(void* easy, int result) {
  const std::unique_ptr<HttpTransfer> transfer = std::move(multi_->running.extract(easy).mapped());
  absl::StatusOr<HttpReply> outcome = Outcome(*transfer, static_cast<CURLcode>(result));
  if (!outcome.ok()) outcome = secrets.Without(outcome.status());
  curl_multi_remove_handle(multi_->handle, easy);
  curl_easy_reset(easy);
  multi_->spare.push_back(easy);
  transfer->on_end(std::move(outcome));
}

// One by one: what follows an end that throws has its turn in the next round.
void Transfers::Step(int most_milliseconds) {
  size_t ended = multi_->unstarted.size();
  for (size_t i = 0; i < ended; ++i) {
    const std::unique_ptr<HttpTransfer> transfer = std::move(multi_->unstarted.front());
    multi_->unstarted.erase(multi_->unstarted.begin());
    transfer->on_end(transfer->refused);
  }
  int still = 0, left = 0;
  curl_multi_perform(multi_->handle, &still);
  while (const CURLMsg* message = curl_multi_info_read(multi_->handle, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    ++ended;
    End(message->easy_handle, message->data.result);
  }
  if (ended == 0 && multi_->unstarted.empty()) curl_multi_poll(multi_->handle, nullptr, 0, most_milliseconds, nullptr);
}

void Transfers::Run(absl::Duration within) {
  const Deadline deadline(within);
  while (running() > 0 && deadline.Milliseconds() > 0) Step(deadline.Milliseconds());
}

void Transfers::RunUntil(absl::FunctionRef<bool()> done) {
  std::exception_ptr thrown;
  while (!done()) try {
      Step(1000);
    } catch (...) {
      thrown = std::current_exception();
    }
  if (thrown) std::rethrow_exception(thrown);
}

absl::StatusOr<HttpReply> Transfers::Ask(HttpCall call) {
  std::optional<absl::StatusOr<HttpReply>> answer;
  Start(std::move(call), [&](absl::StatusOr<HttpReply> reply) { answer = std::move(reply); });
  RunUntil([&] { return answer.has_value(); });
  return *std::move(answer);
}

}  // namespace caliwatch
