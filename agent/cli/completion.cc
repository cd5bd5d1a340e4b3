// SPDX-License-Identifier: Apache-2.0
#include "agent/cli/completion.h"

#include <vector>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_replace.h>
#include <absl/strings/str_split.h>

#include "agent/cli/command.h"

namespace caliwatch {
namespace {

// What may stand for its value: words, or empty for what only the shell knows.
std::vector<std::string> WordsOf(const Option& option) {
  if (option.suggestions != nullptr) return option.suggestions();
  if (absl::StrContains(option.placeholder, "|")) return absl::StrSplit(option.placeholder, '|');
  return {};
}

bool IsPath(const Option& option) {
  return option.placeholder == "DIR" || option.placeholder == "FILE" || option.name == "DIR";
}

std::string BashCase(const Subcommand& command) {
  std::vector<std::string> flags;
  std::string values, words;
  for (const Option& option : AllOptions(command)) {
    const std::string choices = IsPath(option) ? "@files" : absl::StrJoin(WordsOf(option), " ");
    if (!option.is_flag()) {
      words = choices;
      continue;
    }
    flags.push_back(option.name);
    if (!option.placeholder.empty())
      absl::StrAppend(&values, "        ", option.name, ") ",
                      choices.empty() ? "return" : absl::StrCat("choices=\"", choices, "\""), " ;;\n");
  }
  return absl::StrCat("    ", command.name, ")\n      flags=\"", absl::StrJoin(flags, " "), "\" words=\"", words,
                      "\"\n", values.empty() ? "" : absl::StrCat("      case $flag in\n", values, "      esac\n"),
                      "      ;;\n");
}

// A line may say `--flag value` or `--flag=value`, of which bash makes three words.
std::string BashScript(const std::vector<Subcommand>& commands) {
  std::vector<std::string> names;
  std::string cases;
  for (const Subcommand& command : commands) {
    names.push_back(command.name);
    absl::StrAppend(&cases, BashCase(command));
  }
  return absl::StrCat(R"(# bash completion for caliwatch
_caliwatch() {
  local word=${COMP_WORDS[COMP_CWORD]} flag=${COMP_WORDS[COMP_CWORD-1]} flags='' words='' choices=''
  COMPREPLY=()
  if [[ $word == "=" ]]; then word='' flag=${COMP_WORDS[COMP_CWORD-1]}
  elif [[ $flag == "=" ]]; then flag=${COMP_WORDS[COMP_CWORD-2]}
  fi
  if ((COMP_CWORD == 1)); then
    mapfile -t COMPREPLY < <(compgen -W ")",
                      absl::StrJoin(names, " "), R"( --help --version" -- "$word")
    return
  fi
  case ${COMP_WORDS[1]} in
)",
                      cases, R"(  esac
  [[ ! $choices && $word == -* ]] && choices=$flags
  [[ ! $choices ]] && choices=${words:-$flags}
  if [[ $choices == @files ]]; then mapfile -t COMPREPLY < <(compgen -f -- "$word")
  else mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$word")
  fi
}
complete -o filenames -F _caliwatch caliwatch
)");
}

// Inside single quotes, and inside _arguments' brackets.
std::string ZshText(absl::string_view text) {
  return absl::StrReplaceAll(text, {{"'", "'\\''"}, {"[", "\\["}, {"]", "\\]"}, {":", "\\:"}});
}

std::string ZshOption(const Option& option) {
  const std::vector<std::string> choices = WordsOf(option);
  const std::string values = !choices.empty() ? absl::StrCat("(", absl::StrJoin(choices, " "), ")")
                             : IsPath(option) ? "_files"
                                              : " ";
  if (!option.is_flag()) return absl::StrCat("      ':", ZshText(option.name), ":", values, "'");
  const bool takes_value = !option.placeholder.empty();
  return absl::StrCat("      '", takes_value ? "*" : "", option.name, takes_value ? "=" : "", "[", ZshText(option.help),
                      "]", takes_value ? absl::StrCat(":", ZshText(option.placeholder), ":", values) : "", "'");
}

std::string ZshScript(const std::vector<Subcommand>& commands) {
  std::string names, cases;
  for (const Subcommand& command : commands) {
    absl::StrAppend(&names, "    '", command.name, ":", ZshText(command.about), "'\n");
    std::vector<std::string> options;
    for (const Option& option : AllOptions(command)) {
      // An argument that nobody can complete would keep zsh from completing flags in its place.
      if (option.is_flag() || IsPath(option) || !WordsOf(option).empty()) options.push_back(ZshOption(option));
    }
    absl::StrAppend(&cases, "    ", command.name, ")\n      _arguments \\\n", absl::StrJoin(options, " \\\n"), " ;;\n");
  }
  return absl::StrCat("#compdef caliwatch\n_caliwatch() {\n  local -a commands=(\n", names, R"(  )
  if ((CURRENT == 2)); then
    _describe command commands
    return
  fi
  shift words
  ((CURRENT--))
  case $words[1] in
)",
                      cases, R"(  esac
}
if [[ $funcstack[1] == _caliwatch ]]; then _caliwatch "$@"; else compdef _caliwatch caliwatch; fi
)");
}

}  // namespace

std::string CompletionScript(Shell shell) {
  return shell == Shell::kBash ? BashScript(AllCommands()) : ZshScript(AllCommands());
}

}  // namespace caliwatch
