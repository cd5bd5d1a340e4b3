// SPDX-License-Identifier: Apache-2.0
#include "agent/config/config_file.h"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <utility>

#include <absl/functional/function_ref.h>
#include <absl/status/statusor.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_split.h>
#include <yaml-cpp/yaml.h>

#include "agent/config/settings.h"

namespace caliwatch {
namespace {

// All settings together are far below this; a larger file is some other file.
constexpr size_t kMaxBytes = 65536;

absl::Status ErrorAt(const std::string& path, const YAML::Mark& mark, absl::string_view what) {
  if (mark.is_null()) return absl::InvalidArgumentError(absl::StrCat(path, ": ", what));
  return absl::InvalidArgumentError(absl::StrCat(path, ":", mark.line + 1, ":", mark.column + 1, ": ", what));
}

// {group, name within it}
std::pair<std::string, std::string> Split(const Setting& setting) {
  return absl::StrSplit(setting.name, absl::MaxSplits('.', 1));
}

// Reads one file. The functions of a level visit the one below.
class Reader {
 public:
  Reader(const std::string& path, Config& config) : path_(path), config_(config) {}

  absl::Status Read(const YAML::Node& root) {
    std::set<std::string> groups;
    for (const Setting& setting : AllSettings()) groups.insert(Split(setting).first);
    return ForEachKey(
        root, "the file", groups,
        [this](const std::string& group, const YAML::Node&, const YAML::Node& node) { return ReadGroup(group, node); });
  }

 private:
  using Visit =
      absl::FunctionRef<absl::Status(const std::string& name, const YAML::Node& key, const YAML::Node& value)>;

  absl::Status ReadGroup(const std::string& group, const YAML::Node& node) {
    std::map<std::string, const Setting*> settings;
    std::set<std::string> names;
    for (const Setting& setting : AllSettings()) {
      const auto [of_group, name] = Split(setting);
      if (of_group == group && names.insert(name).second) settings[name] = &setting;
    }
    return ForEachKey(node, absl::StrCat("'", group, "'"), names,
                      [&](const std::string& name, const YAML::Node& key, const YAML::Node& value) {
                        return ReadSetting(*settings[name], key, value);
                      });
  }

  absl::Status ReadSetting(const Setting& setting, const YAML::Node& key, const YAML::Node& value) {
    absl::StatusOr<SettingValues> values = ValuesOf(value);
    absl::Status status = values.status();
    if (values.ok()) status = Apply(setting, *values, config_);
    if (status.ok()) return status;
    return ErrorAt(path_, value.IsNull() ? key.Mark() : value.Mark(),
                   absl::StrCat("'", setting.name, "': ", status.message()));
  }

  static absl::StatusOr<SettingValues> ValuesOf(const YAML::Node& node) {
    if (node.IsNull()) return SettingValues();
    if (node.IsScalar()) return SettingValues{node.Scalar()};
    SettingValues values;
    for (const YAML::Node& item : node) {
      if (!item.IsDefined() || !item.IsScalar())
        return absl::InvalidArgumentError("takes plain values, nothing nested");
      values.push_back(item.Scalar());
    }
    return values;
  }

  // Refuses what yaml-cpp lets pass: keys that nobody reads, and keys given twice, of which it takes the first.
  absl::Status ForEachKey(const YAML::Node& node, absl::string_view place, const std::set<std::string>& known,
                          Visit visit) {
    const std::string hint = absl::StrCat("; known in ", place, ": ", absl::StrJoin(known, ", "));
    if (node.IsNull()) return absl::OkStatus();
    if (!node.IsMap()) return ErrorAt(path_, node.Mark(), absl::StrCat(place, " must hold keys and values", hint));
    std::set<std::string> seen;
    for (const auto& entry : node) {
      const std::string name = entry.first.IsScalar() ? entry.first.Scalar() : "";
      const YAML::Mark at = entry.first.Mark();
      if (known.count(name) == 0) return ErrorAt(path_, at, absl::StrCat("unknown key '", name, "'", hint));
      if (!seen.insert(name).second) return ErrorAt(path_, at, absl::StrCat("key '", name, "' is given twice"));
      if (absl::Status status = visit(name, entry.first, entry.second); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

  const std::string& path_;
  Config& config_;
};

}  // namespace

absl::Status ApplyConfigText(const std::string& path, const std::string& text, Config& config) {
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(text);
    if (documents.size() > 1) return ErrorAt(path, documents[1].Mark(), "a second document begins; only one is read");
    if (documents.empty()) return absl::OkStatus();
    return Reader(path, config).Read(documents[0]);
  } catch (const YAML::Exception& error) {
    return ErrorAt(path, error.mark, absl::StrCat("this is no YAML: ", error.msg));
  }
}

absl::Status ApplyConfigFile(const std::string& path, Config& config) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) return absl::NotFoundError(absl::StrCat(path, ": there is no such file"));
  if (!std::filesystem::is_regular_file(status))
    return absl::InvalidArgumentError(absl::StrCat(path, ": this is no plain file"));
  std::ifstream file(path, std::ios::binary);
  if (!file)
    return absl::PermissionDeniedError(
        absl::StrCat(path, ": cannot be read: ", std::generic_category().message(errno)));

  std::string text(kMaxBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(file.gcount()));
  if (text.size() > kMaxBytes)
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": larger than ", kMaxBytes, " bytes: this is no configuration of caliwatch"));
  return ApplyConfigText(path, text, config);
}

}  // namespace caliwatch
