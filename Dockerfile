# SPDX-License-Identifier: Apache-2.0
# The image holds the program, the shared libraries it loads, and nothing else: no shell, no package manager, no root.
#   docker build --build-arg REVISION=$(git describe --always --dirty) -t caliwatch .
#   docker build --build-arg IPAM_LIVE=ON … -t caliwatch-ipam .    for `caliwatch ipam` in a pod: with libcurl, which no agent needs
# Debian 13: its civetweb has IPv6. With Debian 12 the image serves on IPv4 alone.
ARG BASE_IMAGE=debian:trixie-slim

FROM ${BASE_IMAGE} AS build
WORKDIR /src
COPY .ci/packages.txt .ci/
RUN apt-get update \
 && awk '$1 == "build" { print $2 }' .ci/packages.txt \
    | DEBIAN_FRONTEND=noninteractive xargs apt-get install --yes --no-install-recommends \
 && rm -rf /var/lib/apt/lists/*
COPY CMakeLists.txt CMakePresets.json ./
COPY lib lib
COPY agent agent
COPY docs/runbooks docs/runbooks
ARG REVISION=unknown
ARG IPAM_LIVE=OFF
RUN cmake --preset release -DBUILD_TESTING=OFF -DCALIWATCH_IPAM_LIVE="${IPAM_LIVE}" -DCMAKE_INSTALL_PREFIX=/usr -DCALIWATCH_REVISION="${REVISION}" \
 && cmake --build --preset release --target caliwatch
COPY deploy/image/collect-runtime LICENSE ./
RUN ./collect-runtime build/release/caliwatch LICENSE /image

FROM scratch AS runtime
ARG REVISION=unknown
LABEL org.opencontainers.image.title="caliwatch" \
      org.opencontainers.image.description="Watches a Kubernetes node's Calico network: kernel tables, BIRD and Calico's files" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=build /image/ /
# Group 0 is what opens BIRD's control socket (root:root, mode 0660); the user has no other right.
USER 65534:0
EXPOSE 10179
ENTRYPOINT ["/usr/bin/caliwatch"]
CMD ["agent"]
