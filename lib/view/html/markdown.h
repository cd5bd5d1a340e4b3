// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <absl/functional/function_ref.h>
#include <absl/strings/string_view.h>

namespace caliwatch {

// Where a name leads (an address, not yet escaped); "" where it leads nowhere.
using AddressOf = absl::FunctionRef<std::string(absl::string_view name)>;

// Text as HTML in which each word of letters, digits and '_' that leads somewhere is a link.
std::string LinkedHtml(absl::string_view text, AddressOf address_of);

// As much of Markdown as the runbooks use: a heading "# ", paragraphs, fenced code, tables, ordered lists; within a
// paragraph, an item or a cell code spans, **, * and links, which lead where the file's name without ".md" does. All
// else is text; nothing in `text` is markup of HTML.
std::string MarkdownHtml(absl::string_view text, AddressOf address_of);

}  // namespace caliwatch
