// SPDX-License-Identifier: Apache-2.0
#include "agent/daemon/system_calls.h"

#include <cerrno>
#include <csignal>
#include <initializer_list>
#include <memory>
#include <vector>

#include <absl/strings/str_cat.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace caliwatch {
namespace {

// Of every architecture; a name that this one has not got is passed over.
constexpr const char* kAllowed[] = {
    // Memory. Never executable: mmap and mprotect are below.
    "brk", "madvise", "mremap", "munmap",
    // Threads, of which those of civetweb and of looks into pods begin later. clone is below; clone3, whose flags a
    // filter cannot see, is not there, and glibc then takes clone.
    "exit", "exit_group", "futex", "get_robust_list", "getcpu", "gettid", "membarrier", "rseq", "sched_getaffinity",
    "sched_getparam", "sched_getscheduler", "sched_yield", "set_robust_list", "set_tid_address",
    // Signals. tgkill is below.
    "pause", "restart_syscall", "rt_sigaction", "rt_sigpending", "rt_sigprocmask", "rt_sigreturn", "rt_sigsuspend",
    "rt_sigtimedwait", "sigaltstack",
    // Time.
    "clock_getres", "clock_gettime", "clock_nanosleep", "gettimeofday", "nanosleep", "time",
    // Files. Which may be written is Landlock's.
    "access", "close", "close_range", "dup", "dup2", "dup3", "faccessat", "faccessat2", "fadvise64", "fchmod", "fcntl",
    "fdatasync", "flock", "fstat", "fstatfs", "fsync", "ftruncate", "getcwd", "getdents64", "lseek", "lstat",
    "inotify_add_watch", "inotify_init1", "newfstatat", "open", "openat", "openat2", "pread64", "preadv", "pwrite64",
    "pwritev", "read", "readlink", "readlinkat", "readv", "rename", "renameat", "renameat2", "stat", "statfs", "statx",
    "unlink", "unlinkat", "write", "writev",
    // Waiting.
    "epoll_create1", "epoll_ctl", "epoll_pwait", "epoll_wait", "eventfd2", "pipe2", "poll", "ppoll", "pselect6",
    "select",
    // Sockets: netlink, BIRD, Felix, HTTP, names of hosts. socket is below.
    "accept", "accept4", "bind", "connect", "getpeername", "getsockname", "getsockopt", "listen", "recvfrom",
    "recvmmsg", "recvmsg", "sendmmsg", "sendmsg", "sendto", "setsockopt", "shutdown",
    // What it is and where it runs.
    "getegid", "geteuid", "getgid", "getpid", "getppid", "getrandom", "getresgid", "getresuid", "getrlimit",
    "getrusage", "getuid", "sysinfo", "times", "uname"};

using Conditions = std::vector<scmp_arg_cmp>;

// The first that failed is the one told.
class Filter {
 public:
  Filter() : context_(seccomp_init(SCMP_ACT_ERRNO(ENOSYS)), seccomp_release) {
    if (!context_) result_ = -ENOMEM;
    Set(SCMP_FLTATR_CTL_TSYNC, 1);
    // A tree of numbers: each call is one of a hundred, and most are asked for again and again.
    Set(SCMP_FLTATR_CTL_OPTIMIZE, 2);
  }

  // When all conditions hold. Of several rules for one call, any one allows it.
  void Allow(const char* name, const Conditions& conditions = {}) {
    const int number = seccomp_syscall_resolve_name(name);
    if (result_ != 0 || number == __NR_SCMP_ERROR || number < 0) return;
    result_ = seccomp_rule_add_array(context_.get(), SCMP_ACT_ALLOW, number, static_cast<unsigned>(conditions.size()),
                                     conditions.data());
  }

  absl::Status Load() {
    if (result_ == 0) result_ = seccomp_load(context_.get());
    // libseccomp says ECANCELED for whatever the kernel refused.
    return result_ == 0 ? absl::OkStatus() : absl::ErrnoToStatus(-result_, "no filter of system calls can be set");
  }

 private:
  void Set(scmp_filter_attr attribute, uint32_t value) {
    if (result_ == 0) result_ = seccomp_attr_set(context_.get(), attribute, value);
  }

  std::unique_ptr<void, void (*)(void*)> context_;
  int result_ = 0;
};

constexpr unsigned kNewNamespaces =
    CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;

// Threads, not processes.
void AllowThreads(Filter& filter) {
  filter.Allow("clone",
               {SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD | CLONE_VM | kNewNamespaces, CLONE_THREAD | CLONE_VM)});
  // abort() and assert().
  filter.Allow("tgkill", {SCMP_A0(SCMP_CMP_EQ, static_cast<scmp_datum_t>(getpid()))});
}

void AllowMemory(Filter& filter) {
  for (const char* name : {"mmap", "mprotect"}) filter.Allow(name, {SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)});
  // To ask for limits, its own.
  for (const scmp_datum_t process : {scmp_datum_t{0}, static_cast<scmp_datum_t>(getpid())})
    filter.Allow("prlimit64", {SCMP_A0(SCMP_CMP_EQ, process), SCMP_A2(SCMP_CMP_EQ, 0)});
}

void AllowSockets(Filter& filter) {
  constexpr scmp_datum_t kTypes = 0xf;  // the rest of the type are flags
  filter.Allow("socket", {SCMP_A0(SCMP_CMP_EQ, AF_UNIX)});
  for (const scmp_datum_t protocol : {NETLINK_ROUTE, NETLINK_SOCK_DIAG})
    filter.Allow("socket", {SCMP_A0(SCMP_CMP_EQ, AF_NETLINK), SCMP_A2(SCMP_CMP_EQ, protocol)});
  for (const scmp_datum_t domain : {AF_INET, AF_INET6})
    for (const scmp_datum_t type : {SOCK_STREAM, SOCK_DGRAM})
      filter.Allow("socket", {SCMP_A0(SCMP_CMP_EQ, domain), SCMP_A1(SCMP_CMP_MASKED_EQ, kTypes, type)});
}

void AllowWords(Filter& filter) {
  // Of prctl, names of threads; of ioctl, what bytes wait and which interface a scope names.
  for (const scmp_datum_t option : {PR_SET_NAME, PR_GET_NAME}) filter.Allow("prctl", {SCMP_A0(SCMP_CMP_EQ, option)});
  for (const scmp_datum_t request : {FIONREAD, FIONBIO, TCGETS, SIOCGIFINDEX, SIOCGIFNAME})
    filter.Allow("ioctl", {SCMP_A1(SCMP_CMP_EQ, request)});
}

}  // namespace

absl::Status GiveUpSystemCalls(const SystemCallNeeds& needs) {
  Filter filter;
  for (const char* name : kAllowed) filter.Allow(name);
  AllowThreads(filter);
  AllowMemory(filter);
  AllowSockets(filter);
  AllowWords(filter);
  if (needs.enters_network_namespaces) filter.Allow("setns", {SCMP_A1(SCMP_CMP_EQ, CLONE_NEWNET)});
  return filter.Load();
}

}  // namespace caliwatch
