// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

namespace caliwatch {

// The body of a page, made when somebody first asks for it and shared by all who ask until it is another one. Any
// number of readers thus cost no more than one, and who reads slowly keeps nothing alive but the bytes he reads.
class SharedBody {
 public:
  using Bytes = std::shared_ptr<const std::string>;

  // `make` makes what belongs to `version`, once; who asks meanwhile waits for it. Where there is a later one already,
  // it is that: who waited long does not have an old one made anew. Any thread.
  Bytes Get(int64_t version, bool gzipped, const std::function<std::string()>& make);

 private:
  struct Made {
    std::mutex mutex;  // guards what follows
    int64_t version = 0;
    Bytes plain, gzipped;
  };
  std::unique_ptr<Made> made_ = std::make_unique<Made>();  // so that it can be moved
};

}  // namespace caliwatch
