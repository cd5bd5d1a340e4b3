// SPDX-License-Identifier: Apache-2.0
#pragma once

// HTTP for `caliwatch ipam`, by libcurl, of which nothing shows here: several transfers at once on the caller's thread.
// TLS is always verified. No redirect is followed: a server that is asked with a token hands it to nobody else. Proxies
// are those of the environment that curl, kubectl and etcdctl know (HTTPS_PROXY, NO_PROXY …), where a call wants them.

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <absl/functional/function_ref.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include "agent/cluster/secrets.h"

namespace caliwatch {

// PEM texts. Empty: `authority`, whom this machine trusts; the others, nobody in particular.
struct TlsIdentity {
  std::string authority = {}, certificate = {}, key = {};
};

struct HttpCall {
  std::string url;                        // http:// or https://, without a user or password
  std::vector<std::string> headers = {};  // whole lines
  std::optional<std::string> post = {};   // the body; absent: GET
  std::shared_ptr<const TlsIdentity> tls = {};
  absl::Duration within = absl::Seconds(30);         // all of it, the name's lookup included
  absl::Duration connect_within = absl::Seconds(5);  // of that
  size_t most_bytes = 64 << 20;                      // of the body, unpacked
  bool by_proxy = true;
  bool keep_open = true;  // the connection, for calls to come; who asks thousands of places once keeps none
};

struct HttpReply {
  long status = 0;
  std::string body;
  std::optional<absl::Duration> age = {};  // as its header Age has it
};

// Whom a call asks, for messages: "https://10.96.0.1:443".
std::string PlaceOf(absl::string_view url);

class Transfers {
 public:
  // An error names the place and has no secret. Unavailable: no connection, or it broke off. DeadlineExceeded.
  // ResourceExhausted: too much came. Unauthenticated: the server's certificate is not what it should be.
  using OnEnd = std::function<void(absl::StatusOr<HttpReply>)>;
  // Takes a body of status 200 as it comes; then the reply's own is empty and most_bytes does not count. An error ends
  // the transfer with it.
  using OnBytes = std::function<absl::Status(absl::string_view)>;

  Transfers();
  Transfers(const Transfers&) = delete;
  ~Transfers();  // ends what runs without a word

  // `on_end` is called by Run() or Ask(), and may start more.
  void Start(HttpCall call, OnEnd on_end, OnBytes on_bytes = {});
  // Until all that was started has ended, or so long.
  void Run(absl::Duration within);
  // Until `done` holds, which ends of transfers must bring about. What one of them throws is thrown then, and not
  // before: until then, others may refer to what the caller has.
  void RunUntil(absl::FunctionRef<bool()> done);
  // Starts one and runs until that has ended; others go on meanwhile.
  absl::StatusOr<HttpReply> Ask(HttpCall call);

  size_t running() const;

  Secrets secrets;

 private:
  struct Multi;

  // One round: ends what has ended, or waits for something to happen.
  void Step(int most_milliseconds);
  // Of one of libcurl's handles, with its CURLcode.
  void End(void* easy, int result);

  std::unique_ptr<Multi> multi_;
};

}  // namespace caliwatch
