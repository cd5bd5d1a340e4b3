// SPDX-License-Identifier: Apache-2.0
#include "agent/http/shared_body.h"

#include "agent/http/gzip.h"

namespace caliwatch {

SharedBody::Bytes SharedBody::Get(int64_t version, bool gzipped, const std::function<std::string()>& make) {
  const std::lock_guard lock(made_->mutex);
  if (!made_->plain || made_->version < version) {
    made_->gzipped = nullptr;
    made_->plain = nullptr;  // before the next is made: both at once would be the peak
    made_->plain = std::make_shared<const std::string>(make());
    made_->version = version;
  }
  if (!gzipped) return made_->plain;
  if (!made_->gzipped) made_->gzipped = std::make_shared<const std::string>(Gzip(*made_->plain));
  return made_->gzipped;
}

}  // namespace caliwatch
