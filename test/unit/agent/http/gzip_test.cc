// SPDX-License-Identifier: Apache-2.0
#include "agent/http/gzip.h"

#include <string>

#include <zlib.h>

#include "test/support/catch.h"

namespace caliwatch {
namespace {

TEST_CASE("Accept-Encoding is read as RFC 9110 has it") {
  for (const char* yes : {"gzip", "deflate, gzip", "GZIP", "x-gzip", "*", "br;q=1.0, gzip;q=0.8, *;q=0.1",
                          "gzip ; q=0.001", "identity;q=0, gzip", "gzip;Q=1", "*;q=0, gzip"}) {
    INFO(yes);
    CHECK(AcceptsGzip(yes));
  }
  for (const char* no : {"", "identity", "br", "gzip;q=0", "gzip;q=0.000", "gzip;q=0, *", "*;q=0", "gzipped",
                         "gzip;q=much", "deflate;gzip"}) {
    INFO(no);
    CHECK_FALSE(AcceptsGzip(no));
  }
}

std::string Unzipped(std::string compressed) {
  z_stream stream{};
  REQUIRE(inflateInit2(&stream, MAX_WBITS + 16) == Z_OK);
  std::string content(10'000'000, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(compressed.data());
  stream.avail_in = static_cast<uInt>(compressed.size());
  stream.next_out = reinterpret_cast<Bytef*>(content.data());
  stream.avail_out = static_cast<uInt>(content.size());
  CHECK(inflate(&stream, Z_FINISH) == Z_STREAM_END);
  content.resize(stream.total_out);
  inflateEnd(&stream);
  return content;
}

TEST_CASE("what is compressed comes out as it was, nothing and noise included") {
  std::string noise;
  for (uint32_t i = 0, x = 1; i < 300'000; ++i, x = x * 1664525 + 1013904223)
    noise.push_back(static_cast<char>(x >> 24));
  for (const std::string& content : {std::string(), std::string("a"), std::string(5'000'000, 'm'), noise})
    CHECK((Unzipped(Gzip(content)) == content));
  CHECK(Gzip(std::string(5'000'000, 'm')).size() < 50'000);
}

}  // namespace
}  // namespace caliwatch
