// SPDX-License-Identifier: Apache-2.0

// Writes the generated pages into the folder it is given: `make docs`.

#include <cstdio>
#include <fstream>
#include <string>

#include "agent/cli/completion.h"
#include "lib/metrics/exposition.h"

int main(int argc, char** argv) {
  if (argc != 2) return std::fputs("usage: caliwatch_write_docs FOLDER\n", stderr), 2;
  const std::string folder = argv[1];
  std::ofstream metrics(folder + "/metrics.md"), checks(folder + "/checks.md"), manual(folder + "/caliwatch.1");
  metrics << caliwatch::DocumentMetrics();
  checks << caliwatch::DocumentChecks();
  manual << caliwatch::ManualPage();
  return metrics.flush() && checks.flush() && manual.flush() ? 0 : 1;
}
