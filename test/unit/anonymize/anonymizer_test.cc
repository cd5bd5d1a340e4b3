// SPDX-License-Identifier: Apache-2.0
#include "lib/anonymize/anonymizer.h"

#include <set>
#include <string>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_replace.h>

#include "test/support/catch.h"

namespace caliwatch {
namespace {

std::string Mapped(const Anonymizer& anonymizer, absl::string_view address) {
  return anonymizer.addresses().Map(*IpAddress::Parse(address)).ToString();
}

}  // namespace

TEST_CASE("a name becomes another, always the same, which an interface could have") {
  const Anonymizer anonymizer({1, 2});
  std::set<std::string> names;
  for (int i = 0; i < 1000; ++i) {
    const std::string name = anonymizer.Name(absl::StrCat("pod", i));
    CHECK(name == anonymizer.Name(absl::StrCat("pod", i)));
    CHECK(name.size() <= 15);
    CHECK(anonymizer.Word(name) != absl::StrCat("pod", i));
    names.insert(name);
  }
  CHECK(names.size() == 1000);
  CHECK(Anonymizer({1, 3}).Name("pod1") != anonymizer.Name("pod1"));
}

TEST_CASE("a workload's interface keeps what tells that it is one, and its id becomes another") {
  const Anonymizer anonymizer({1, 2});
  for (const char* prefix : {"cali", "eni", "azv", "veth"}) {
    const std::string name = absl::StrCat(prefix, "12ab34cd56e"), other = anonymizer.Word(name);
    CHECK(absl::StartsWith(other, prefix));
    CHECK(other.size() == name.size());
    CHECK(other != name);
  }
}

TEST_CASE("a protocol that Calico named is named by the other address") {
  const Anonymizer anonymizer({1, 2});
  const auto underscored = [&](absl::string_view address) {
    return absl::StrReplaceAll(Mapped(anonymizer, address), {{".", "_"}, {":", "_"}});
  };
  CHECK(anonymizer.Word("Mesh_10_39_1_12") == "Mesh_" + underscored("10.39.1.12"));
  CHECK(anonymizer.Word("Node_fd39_1__12") == "Node_" + underscored("fd39:1::12"));
  CHECK(anonymizer.Word("Local_Workload_192_168_7_1") == "Local_Workload_" + underscored("192.168.7.1"));
  CHECK(anonymizer.Word("Global_10_39_1_12_port_1790") == "Global_" + underscored("10.39.1.12") + "_port_1790");
  CHECK(anonymizer.Word("Mesh_acme") == "Mesh_" + anonymizer.Name("acme"));
  CHECK(anonymizer.Word("kernel1") == "kernel1");
}

TEST_CASE("in a text, each word becomes what it becomes alone, and all between them stays") {
  const Anonymizer anonymizer({1, 2});
  const std::string name = anonymizer.Name("acme");
  const std::string ip = Mapped(anonymizer, "10.1.2.3"), ip6 = Mapped(anonymizer, "fd00::1");
  const std::string mac = anonymizer.Word("62:e5:09:f0:3a:99");
  CHECK(mac != "62:e5:09:f0:3a:99");
  const auto text = [&](absl::string_view before) { return anonymizer.Text(before); };
  CHECK(text("via 10.1.2.3 on eth0 [acme 15:58:09] * (100/0)") ==
        "via " + ip + " on eth0 [" + name + " 15:58:09] * (100/0)");
  CHECK(text("10.1.2.3, (10.1.2.3) 10.1.2.3: 10.1.2.3.") == ip + ", (" + ip + ") " + ip + ": " + ip + ".");
  CHECK(text("10.1.2.3:179 [fd00::1]:179 fd00::1") == ip + ":179 [" + ip6 + "]:179 " + ip6);
  CHECK(text("fe80::1%acme fe80::1%eth0") == "fe80::1%" + name + " fe80::1%eth0");
  CHECK(text("acme/acme ipv4") == name + "/" + name + " ipv4");
  CHECK(text("http://localhost:9099/readiness") == "http://localhost:9099/readiness");
  CHECK(text("mac=62:e5:09:f0:3a:99\n\tacme") == "mac=" + mac + "\n\t" + name);
  CHECK(text("/mnt/acme") == "/" + anonymizer.Name("mnt") + "/" + name);
  CHECK(text("") == "");
  CHECK(text(":::: .. / %") == ":::: .. / %");
  const std::string network = anonymizer.addresses().Map(*Prefix::Parse("10.1.2.0/26")).ToString();
  CHECK(text("10.1.2.0/26") == network);
}

TEST_CASE("whatever the bytes, a text that is anonymized ends, however long a word is") {
  const Anonymizer anonymizer({1, 2});
  for (const char* piece : {":", "a:", "/", "%", ".", "\xff", "1.", "fe80::%", "Mesh_"}) {
    std::string word;
    for (int i = 0; i < 100'000; ++i) word += piece;
    CHECK_FALSE(anonymizer.Text(word).empty());
  }
}

TEST_CASE("an error keeps its code, and its message its harmless words") {
  const Anonymizer anonymizer({1, 2});
  const absl::Status status = anonymizer.Error(absl::NotFoundError("cannot read acme: No such file or directory"));
  CHECK(status == absl::NotFoundError("cannot read " + anonymizer.Name("acme") + ": No such file or directory"));
  CHECK(anonymizer.Error(absl::OkStatus()).ok());
}

}  // namespace caliwatch
