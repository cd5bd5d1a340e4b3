// SPDX-License-Identifier: Apache-2.0
#include "lib/decode/json_fields.h"

#include <string>

#include <nlohmann/json.hpp>

#include "test/support/catch.h"
#include "test/support/status_says.h"

namespace caliwatch {
namespace {

using Json = nlohmann::json;

absl::Time At(int hour, int minute, int second) {
  return absl::FromCivil(absl::CivilSecond(2026, 11, 27, hour, minute, second), absl::UTCTimeZone());
}

TEST_CASE("what is absent or null has the value of nothing") {
  const Json object = {{"text", nullptr}};
  absl::Status status;
  const JsonFields fields(object, status);
  CHECK(fields.Text("text").empty());
  CHECK(fields.At("spec").At("deeper").Text("name").empty());
  CHECK_FALSE(fields.Flag("flag"));
  CHECK(fields.Flag("flag", true));
  CHECK(fields.Number("number", 26) == 26);
  CHECK(fields.Unsigned("number") == 0);
  CHECK(fields.Time("time") == std::nullopt);
  CHECK(fields.Address("address") == std::nullopt);
  CHECK(fields.Texts("texts").empty());
  CHECK(fields.Objects("objects").empty());
  CHECK(fields.Numbers("numbers").empty());
  CHECK(status.ok());
}

TEST_CASE("fields are read by their type") {
  const Json object = Json::parse(R"({"spec": {"text": "x", "yes": true, "word": "true", "no": "false", "number": -3,
      "large": 1795794738751870806, "time": "2026-11-27T15:52:18Z", "address": "10.0.0.1/32", "block": "10.0.0.0/26",
      "texts": ["a", "b"], "objects": [{"name": "c"}], "numbers": {"10.0.0.0/26": 2}}})");
  absl::Status status;
  const JsonFields spec = JsonFields(object, status).At("spec");
  CHECK(spec.Text("text") == "x");
  CHECK(spec.Flag("yes"));
  CHECK(spec.Flag("word"));
  CHECK_FALSE(spec.Flag("no", true));
  CHECK(spec.Number("number") == -3);
  CHECK(spec.Unsigned("large") == 1795794738751870806);
  CHECK(spec.Time("time") == At(15, 52, 18));
  CHECK(spec.Address("address")->ToString() == "10.0.0.1");
  CHECK(spec.Block("block").ToString() == "10.0.0.0/26");
  CHECK(spec.Texts("texts") == std::vector<std::string>{"a", "b"});
  CHECK(spec.Objects("objects").at(0).Text("name") == "c");
  CHECK(spec.Numbers("numbers") == std::vector<std::pair<std::string, int64_t>>{{"10.0.0.0/26", 2}});
  CHECK(status.ok());
}

TEST_CASE("a field of another type is an error that names it") {
  const Json object = Json::parse(R"({"spec": {"text": 1, "flag": "maybe", "number": 1.5, "unsigned": -1,
      "huge": 18446744073709551615, "time": "noon", "address": "10.0.0", "texts": "a", "mixed": ["a", 1],
      "objects": [1], "numbers": {"a": "b"}, "list": [], "addresses": ["10.0.0.1", "x"]}})");
  const auto failure = [&](auto read) {
    absl::Status status;
    read(JsonFields(object, status).At("spec"));
    return status;
  };
  using Spec = const JsonFields&;
  CHECK(Says(failure([](Spec spec) { spec.Text("text"); }), "spec.text is no text"));
  CHECK(Says(failure([](Spec spec) { spec.Flag("flag"); }), "spec.flag is neither true nor false"));
  CHECK(Says(failure([](Spec spec) { spec.Number("number"); }), "spec.number is no whole number"));
  CHECK(Says(failure([](Spec spec) { spec.Number("huge"); }), "spec.huge is too large"));
  CHECK(Says(failure([](Spec spec) { spec.Unsigned("unsigned"); }), "spec.unsigned is no whole number from 0 on"));
  CHECK(Says(failure([](Spec spec) { spec.Time("time"); }), "spec.time is no time, but 'noon'"));
  CHECK(Says(failure([](Spec spec) { spec.Address("address"); }), "spec.address is no address, but '10.0.0'"));
  CHECK(Says(failure([](Spec spec) { spec.Block("nothing"); }), "spec.nothing is no block of addresses, but ''"));
  CHECK(Says(failure([](Spec spec) { spec.Texts("texts"); }), "spec.texts is no list"));
  CHECK(Says(failure([](Spec spec) { spec.Texts("mixed"); }), "spec.mixed holds other than texts"));
  CHECK(Says(failure([](Spec spec) { spec.Objects("objects"); }), "spec.objects[] is no JSON object"));
  CHECK(Says(failure([](Spec spec) { spec.Numbers("numbers"); }), "holds no whole number for 'a'"));
  CHECK(Says(failure([](Spec spec) { spec.Numbers("list"); }), "spec.list is no JSON object"));
  CHECK(Says(failure([](Spec spec) { spec.At("text"); }), "spec.text is no JSON object"));
  CHECK(Says(failure([](Spec spec) {
               std::vector<IpAddress> addresses;
               spec.AppendAddresses("addresses", addresses);
               CHECK(addresses.size() == 1);
             }),
             "spec.addresses holds 'x', which is no address"));
}

TEST_CASE("the first of several errors is kept") {
  const Json object = {{"a", 1}, {"b", 2}};
  absl::Status status;
  const JsonFields fields(object, status);
  fields.Text("a");
  fields.Text("b");
  CHECK(status.message() == "a is no text");
}

TEST_CASE("times are as RFC 3339 or as Go prints them") {
  CHECK(GoTimeFrom("2026-11-27T15:52:18Z") == At(15, 52, 18));
  CHECK(GoTimeFrom("2026-11-27 15:52:18.5 +0000 UTC") == At(15, 52, 18) + absl::Milliseconds(500));
  CHECK(GoTimeFrom("2026-11-27 16:52:18 +0100 CET m=+0.017") == At(15, 52, 18));
  CHECK(GoTimeFrom("2026-11-27 15:52") == std::nullopt);
  CHECK(GoTimeFrom("") == std::nullopt);
}

}  // namespace
}  // namespace caliwatch
