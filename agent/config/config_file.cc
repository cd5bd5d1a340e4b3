// SPDX-License-Identifier: Apache-2.0
#include "agent/config/config_file.h"

#include <map>
#include <set>
#include <utility>

#include <absl/functional/function_ref.h>
#include <absl/status/statusor.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_split.h>

#include "agent/config/settings.h"
#include "agent/config/yaml_tree.h"
#include "lib/node/read_file.h"

namespace caliwatch {
namespace {

// All settings together are far below this; a larger file is some other file.
constexpr size_t kMaxBytes = 65536;

// As other exporters have them: in the file that they take by --web.config.file, and that file's own name.
bool IsOfTls(absl::string_view place, absl::string_view key) {
  static const std::set<absl::string_view> sections = {"tls_server_config", "http_server_config", "basic_auth_users"};
  return sections.contains(key) || (place == "'web'" && key == "config");
}

// {group, name within it}
std::pair<std::string, std::string> Split(const Setting& setting) {
  return absl::StrSplit(setting.name, absl::MaxSplits('.', 1));
}

// Reads one file. The functions of a level visit the one below.
class Reader {
 public:
  Reader(const std::string& path, Config& config) : path_(path), config_(config) {}

  absl::Status Read(const YamlNode& root) {
    std::set<std::string> groups;
    for (const Setting& setting : AllSettings()) groups.insert(Split(setting).first);
    return ForEachKey(
        root, "the file", groups,
        [this](const std::string& group, const YamlNode&, const YamlNode& node) { return ReadGroup(group, node); });
  }

 private:
  using Visit = absl::FunctionRef<absl::Status(const std::string& name, const YamlNode& key, const YamlNode& value)>;

  absl::Status ReadGroup(const std::string& group, const YamlNode& node) {
    std::map<std::string, const Setting*> settings;
    std::set<std::string> names;
    for (const Setting& setting : AllSettings()) {
      const auto [of_group, name] = Split(setting);
      if (of_group == group && names.insert(name).second) settings[name] = &setting;
    }
    return ForEachKey(node, absl::StrCat("'", group, "'"), names,
                      [&](const std::string& name, const YamlNode& key, const YamlNode& value) {
                        return ReadSetting(*settings[name], key, value);
                      });
  }

  absl::Status ReadSetting(const Setting& setting, const YamlNode& key, const YamlNode& value) {
    absl::StatusOr<SettingValues> values = ValuesOf(value);
    absl::Status status = values.status();
    if (values.ok()) status = Apply(setting, *values, config_);
    if (status.ok()) return status;
    return YamlError(path_, value.kind == YamlNode::Kind::kNull ? key.place : value.place,
                     absl::StrCat("'", setting.name, "': ", status.message()));
  }

  static absl::StatusOr<SettingValues> ValuesOf(const YamlNode& node) {
    if (node.kind == YamlNode::Kind::kNull) return SettingValues();
    if (node.kind == YamlNode::Kind::kScalar) return SettingValues{node.scalar};
    SettingValues values;
    for (const YamlNode& item : node.items) {
      if (node.kind != YamlNode::Kind::kList || item.kind != YamlNode::Kind::kScalar)
        return absl::InvalidArgumentError("takes plain values, nothing nested");
      values.push_back(item.scalar);
    }
    return values;
  }

  // Refuses keys that nobody reads, and keys given twice.
  absl::Status ForEachKey(const YamlNode& node, absl::string_view place, const std::set<std::string>& known,
                          Visit visit) {
    const std::string hint = absl::StrCat("; known in ", place, ": ", absl::StrJoin(known, ", "));
    if (node.kind == YamlNode::Kind::kNull) return absl::OkStatus();
    if (node.kind != YamlNode::Kind::kMap)
      return YamlError(path_, node.place, absl::StrCat(place, " must hold keys and values", hint));
    std::set<std::string> seen;
    for (size_t i = 0; i + 1 < node.items.size(); i += 2) {
      const YamlNode& key = node.items[i];
      const std::string& name = key.scalar;
      if (known.count(name) == 0)
        return YamlError(path_, key.place,
                         IsOfTls(place, name) ? absl::StrCat("'", name, "' ", kPlainHttpAlone)
                                              : absl::StrCat("unknown key '", name, "'", hint));
      if (!seen.insert(name).second)
        return YamlError(path_, key.place, absl::StrCat("key '", name, "' is given twice"));
      if (absl::Status status = visit(name, key, node.items[i + 1]); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

  const std::string& path_;
  Config& config_;
};

}  // namespace

absl::Status ApplyConfigText(const std::string& path, const std::string& text, Config& config) {
  const absl::StatusOr<YamlNode> root = ReadYaml(path, text);
  return root.ok() ? Reader(path, config).Read(*root) : root.status();
}

absl::Status ApplyConfigFile(const std::string& path, Config& config) {
  // Links are followed: Kubernetes mounts a file of a ConfigMap as one.
  const absl::StatusOr<std::string> text = ReadRegularFile(path, kMaxBytes);
  if (absl::IsNotFound(text.status())) return absl::NotFoundError(absl::StrCat(path, ": there is no such file"));
  if (!text.ok())
    return absl::Status(text.status().code(), absl::StrCat("the configuration: ", text.status().message()));
  return ApplyConfigText(path, *text, config);
}

}  // namespace caliwatch
