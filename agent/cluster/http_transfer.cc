// SPDX-License-Identifier: Apache-2.0
#include "agent/cluster/http_transfer.h"

#include <algorithm>
#include <exception>
#include <utility>

#include <absl/strings/match.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>

namespace caliwatch {
namespace {

constexpr size_t kMostHeaderBytes = 64 << 10;

// "Age: 3": of the answer, by its server's clock alone.
void NoteAge(absl::string_view line, HttpReply& reply) {
  const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(line, absl::MaxSplits(':', 1));
  int64_t seconds = 0;
  if (absl::EqualsIgnoreCase(parts.first, "age") && absl::SimpleAtoi(parts.second, &seconds) && seconds >= 0)
    reply.age = absl::Seconds(seconds);
}

size_t TakeHeader(const char* bytes, size_t size, size_t count, void* user) {
  auto& transfer = *static_cast<HttpTransfer*>(user);
  transfer.header_bytes += size * count;
  NoteAge({bytes, size * count}, transfer.reply);
  if (transfer.header_bytes <= kMostHeaderBytes) return size * count;
  transfer.refused =
      absl::ResourceExhaustedError(absl::StrCat("sent more than ", kMostHeaderBytes, " bytes of headers"));
  return 0;
}

absl::Status Take(absl::string_view some, long status, HttpTransfer& transfer) {
  if (transfer.on_bytes && status == 200) return transfer.on_bytes(some);
  if (transfer.reply.body.size() + some.size() > transfer.call.most_bytes)
    return absl::ResourceExhaustedError(absl::StrCat("sent more than ", transfer.call.most_bytes, " bytes"));
  transfer.reply.body.append(some.data(), some.size());
  return absl::OkStatus();
}

size_t TakeBody(const char* bytes, size_t size, size_t count, void* user) {
  auto& transfer = *static_cast<HttpTransfer*>(user);
  const absl::string_view some(bytes, size * count);
  long status = 0;
  curl_easy_getinfo(transfer.handle, CURLINFO_RESPONSE_CODE, &status);
  // Nothing may be thrown through libcurl.
  try {
    transfer.refused = Take(some, status, transfer);
  } catch (const std::exception&) {
    transfer.refused = absl::ResourceExhaustedError("sent more than there is memory for");
  }
  return transfer.refused.ok() ? some.size() : 0;
}

long Milliseconds(absl::Duration duration) { return std::max<long>(1, absl::ToInt64Milliseconds(duration)); }

void SetBlob(CURL* handle, CURLoption option, const std::string& pem) {
  if (pem.empty()) return;
  // Only read, and of a call that lives longer than the transfer.
  curl_blob blob{const_cast<char*>(pem.data()), pem.size(), CURL_BLOB_NOCOPY};
  curl_easy_setopt(handle, option, &blob);
}

absl::StatusCode CodeOf(CURLcode result) {
  switch (result) {
    case CURLE_OPERATION_TIMEDOUT:
      return absl::StatusCode::kDeadlineExceeded;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
      return absl::StatusCode::kUnauthenticated;
    default:
      return absl::StatusCode::kUnavailable;
  }
}

}  // namespace

void Prepare(HttpTransfer& transfer) {
  CURL* handle = transfer.handle;
  const HttpCall& call = transfer.call;
  curl_easy_setopt(handle, CURLOPT_URL, call.url.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_USERAGENT, "caliwatch");
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, transfer.words.data());
  curl_easy_setopt(handle, CURLOPT_PRIVATE, &transfer);
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, TakeHeader);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, &transfer);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, TakeBody);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(handle, CURLOPT_ACCEPT_ENCODING, "gzip");
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, Milliseconds(call.within));
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, Milliseconds(call.connect_within));
  curl_easy_setopt(handle, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, 2L);
  if (!call.by_proxy) curl_easy_setopt(handle, CURLOPT_PROXY, "");
  if (!call.keep_open) {
    curl_easy_setopt(handle, CURLOPT_FORBID_REUSE, 1L);
    // Nor is its address: libcurl goes through all that it keeps at each call.
    curl_easy_setopt(handle, CURLOPT_DNS_CACHE_TIMEOUT, 0L);
  }
  if (call.tls) {
    SetBlob(handle, CURLOPT_CAINFO_BLOB, call.tls->authority);
    SetBlob(handle, CURLOPT_SSLCERT_BLOB, call.tls->certificate);
    SetBlob(handle, CURLOPT_SSLKEY_BLOB, call.tls->key);
  }
  curl_slist* list = nullptr;
  for (const std::string& header : call.headers) list = curl_slist_append(list, header.c_str());
  transfer.headers.reset(list);
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, list);
  if (!call.post) return;
  curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call.post->size()));
  curl_easy_setopt(handle, CURLOPT_POSTFIELDS, call.post->c_str());
}

absl::StatusOr<HttpReply> Outcome(HttpTransfer& transfer, CURLcode result) {
  const std::string place = PlaceOf(transfer.call.url);
  if (!transfer.refused.ok())
    return absl::Status(transfer.refused.code(), absl::StrCat(place, ": ", transfer.refused.message()));
  if (result != CURLE_OK) {
    const absl::string_view words = transfer.words[0] != 0 ? transfer.words.data() : curl_easy_strerror(result);
    return absl::Status(CodeOf(result), absl::StrCat(place, ": ", words));
  }
  curl_easy_getinfo(transfer.handle, CURLINFO_RESPONSE_CODE, &transfer.reply.status);
  return std::move(transfer.reply);
}

absl::Status CheckUrl(const std::string& url) {
  const size_t scheme = url.find("://");
  const absl::string_view rest = scheme == std::string::npos ? "" : absl::string_view(url).substr(scheme + 3);
  const absl::string_view host = rest.substr(0, rest.find_first_of("/?#"));
  if (!absl::StartsWith(url, "https://") && !absl::StartsWith(url, "http://"))
    return absl::InvalidArgumentError("an address to ask must begin with https:// or http://");
  if (host.empty()) return absl::InvalidArgumentError("an address to ask must name a host");
  if (absl::StrContains(host, '@'))
    return absl::InvalidArgumentError("an address to ask must have no user or password in it");
  return absl::OkStatus();
}

}  // namespace caliwatch
