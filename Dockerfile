# SPDX-License-Identifier: Apache-2.0
# Two images. Each holds the program, the shared libraries it loads, and nothing else: no shell, no package manager, no root.
#   docker build --build-arg REVISION=$(git describe --always --dirty) -t caliwatch .
#   docker build --target ipam … -t caliwatch-ipam .    for `caliwatch ipam` in a pod: with libcurl, which no agent needs
#   docker build --platform linux/arm64 …               for another kind of machine; compiled on this one
# Debian 13: its civetweb has IPv6. With Debian 12 the image serves on IPv4 alone.
ARG BASE_IMAGE=debian:trixie-slim

FROM --platform=$BUILDPLATFORM ${BASE_IMAGE} AS build
ARG TARGETARCH
WORKDIR /src
COPY .ci/packages.txt .ci/install-packages .ci/
RUN .ci/install-packages --for="${TARGETARCH}" build && rm -rf /var/lib/apt/lists/*
COPY CMakeLists.txt CMakePresets.json ./
COPY lib lib
COPY agent agent
COPY docs/runbooks docs/runbooks
COPY deploy/image/toolchain.cmake deploy/image/
ARG REVISION=unknown
RUN cmake --preset release --toolchain deploy/image/toolchain.cmake -DBUILD_TESTING=OFF -DCALIWATCH_IPAM_LIVE=OFF -DCMAKE_INSTALL_PREFIX=/usr -DCALIWATCH_REVISION="${REVISION}" \
 && cmake --build --preset release --target caliwatch
COPY deploy/image/collect-runtime LICENSE ./
RUN ./collect-runtime build/release/caliwatch LICENSE /image

# What differs is compiled besides; the rest is there.
FROM build AS build-ipam
ARG TARGETARCH
RUN cmake --preset release -DCALIWATCH_IPAM_LIVE=ON && cmake --build --preset release --target caliwatch
RUN ./collect-runtime build/release/caliwatch LICENSE /image-ipam

FROM scratch AS ipam
ARG REVISION=unknown
LABEL org.opencontainers.image.title="caliwatch-ipam" \
      org.opencontainers.image.description="Compares Calico's IPAM records of a cluster with its pods and with what its nodes have" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=build-ipam /image-ipam/ /
# By number, so that Kubernetes sees that it is not root; any other will do.
USER 65534:65534
EXPOSE 10181
ENTRYPOINT ["/usr/bin/caliwatch"]
CMD ["ipam", "--serve"]

# The last is what is built where nobody names a target.
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
