// SPDX-License-Identifier: Apache-2.0

// Writes the generated pages, and the generated part of configuration.md, into the folder it is given: `make docs`.

#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>

#include "agent/cli/manual_page.h"
#include "agent/config/document_settings.h"
#include "lib/metrics/document.h"
#include "lib/view/check_document.h"
#include "test/support/series_count.h"

namespace {

std::string Read(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

bool Write(const std::string& path, const std::string& text) {
  std::ofstream file(path);
  file << text;
  return static_cast<bool>(file.flush());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return std::fputs("usage: caliwatch_write_docs FOLDER\n", stderr), 2;
  const std::string folder = argv[1];
  const auto configuration = caliwatch::WithSettingsTable(Read(folder + "/configuration.md"));
  if (!configuration.ok()) return std::fprintf(stderr, "%s\n", configuration.status().ToString().c_str()), 1;
  return Write(folder + "/metrics.md", caliwatch::DocumentMetrics()) &&
                 Write(folder + "/cost.md", caliwatch::DocumentCost()) &&
                 Write(folder + "/checks.md", caliwatch::DocumentChecks()) &&
                 Write(folder + "/cluster-checks.md", caliwatch::DocumentClusterChecks()) &&
                 Write(folder + "/ipam-checks.md", caliwatch::DocumentIpamChecks()) &&
                 Write(folder + "/caliwatch.1", caliwatch::ManualPage()) &&
                 Write(folder + "/configuration.md", *configuration)
             ? 0
             : 1;
}
