// SPDX-License-Identifier: Apache-2.0
#include "agent/daemon/confinement.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <functional>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include <absl/strings/match.h>
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/daemon/state_file.h"
#include "lib/node/kernel_socket.h"
#include "test/support/catch.h"
#include "test/support/temporary_folder.h"

namespace caliwatch {
namespace {

struct Attempt {
  const char* what;
  std::function<long()> act;  // -1: refused, by errno
};

Config ConfigWith(const TemporaryFolder& folder) {
  Config config;
  config.state_file = folder / "state";
  return config;
}

// What stopped each attempt, made one after the other in a process that has confined itself: 0 for what worked. Before
// them stands what the process says of its confinement.
std::pair<std::string, std::vector<int>> Confined(const Config& config, const std::vector<Attempt>& attempts) {
  int results[2];
  REQUIRE(pipe(results) == 0);
  const pid_t child = fork();
  if (child == 0) {
    std::string told = Confine(config);
    told.resize(512);
    if (write(results[1], told.data(), told.size()) != static_cast<ssize_t>(told.size())) _exit(1);
    for (const Attempt& attempt : attempts) {
      errno = 0;
      const int error = attempt.act() == -1 ? errno : 0;
      if (write(results[1], &error, sizeof error) != sizeof error) _exit(1);
    }
    _exit(0);
  }
  close(results[1]);
  std::string told(512, '\0');
  CHECK(read(results[0], told.data(), told.size()) == 512);
  std::vector<int> errors;
  for (int error = 0; read(results[0], &error, sizeof error) == sizeof error;) errors.push_back(error);
  close(results[0]);
  int status = 0;
  waitpid(child, &status, 0);
  CHECK(status == 0);
  return {told.substr(0, told.find('\0')), errors};
}

// False, and said, where `part` of the confinement cannot be had here.
bool InForce(const std::string& told, const std::string& part) {
  if (absl::StrContains(told, part)) return true;
  std::cout << "skipped: confinement is " << told << "\n";
  return false;
}

void CheckAll(const std::vector<Attempt>& attempts, const std::vector<int>& errors, int expected) {
  REQUIRE(errors.size() == attempts.size());
  for (size_t i = 0; i < attempts.size(); ++i) {
    INFO(attempts[i].what);
    CHECK(errors[i] == expected);
  }
}

long Start(const char* program) {
  char* const arguments[] = {const_cast<char*>(program), nullptr};
  return execve(program, arguments, nullptr);
}

// As libc's, which would fork by clone with other flags.
long Fork() {
  const long child = syscall(SYS_clone, SIGCHLD, nullptr, nullptr, nullptr, nullptr);
  if (child == 0) _exit(0);
  return child;
}

long Map(int protection) {
  return mmap(nullptr, 4096, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0;
}

// None of them does anything where it is not refused.
std::vector<Attempt> ForbiddenCalls() {
  return {
      {"run a program", [] { return Start("/bin/true"); }},
      {"run an open file", [] { return syscall(SYS_execveat, 0, "", nullptr, nullptr, AT_EMPTY_PATH); }},
      {"fork", Fork},
      {"vfork", [] { return syscall(SYS_vfork) == 0 ? (_exit(0), 0) : -1; }},
      {"a process of its own by clone3", [] { return syscall(SYS_clone3, nullptr, 0); }},
      {"be traced", [] { return ptrace(PTRACE_TRACEME, 0, nullptr, nullptr); }},
      {"read another's memory", [] { return syscall(SYS_process_vm_readv, getppid(), nullptr, 0, nullptr, 0, 0); }},
      {"signal another", [] { return kill(getppid(), 0); }},
      {"signal another's thread", [] { return syscall(SYS_tgkill, getppid(), getppid(), 0); }},
      {"mount", [] { return mount("none", "/proc/self/nowhere", "tmpfs", 0, nullptr); }},
      {"change the root", [] { return chroot("/"); }},
      {"a new user namespace", [] { return unshare(CLONE_NEWUSER); }},
      {"enter a namespace", [] { return setns(-1, CLONE_NEWNET); }},
      {"become another", [] { return syscall(SYS_setuid, getuid()); }},
      {"take capabilities", [] { return syscall(SYS_capset, nullptr, nullptr); }},
      {"raise its limits", [] { return syscall(SYS_prlimit64, 0, 0, "1234567812345678", nullptr); }},
      {"a raw socket", [] { return socket(AF_INET, SOCK_RAW, IPPROTO_ICMP); }},
      {"hear all packets", [] { return socket(AF_PACKET, SOCK_RAW, 0); }},
      {"netlink to the firewall", [] { return socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER); }},
      {"a socket of virtual machines", [] { return socket(AF_VSOCK, SOCK_STREAM, 0); }},
      {"code in new memory", [] { return Map(PROT_READ | PROT_EXEC); }},
      {"code in its memory", [] { return syscall(SYS_mprotect, nullptr, 0, PROT_EXEC); }},
      {"programs in the kernel", [] { return syscall(SYS_bpf, 0, nullptr, 0); }},
      {"count events", [] { return syscall(SYS_perf_event_open, nullptr, 0, 0, 0, 0); }},
      {"io_uring", [] { return syscall(SYS_io_uring_setup, 0, nullptr); }},
      {"userfaultfd", [] { return syscall(SYS_userfaultfd, 0); }},
      {"keys", [] { return syscall(SYS_keyctl, 0, 0, 0, 0, 0); }},
      {"load a module", [] { return syscall(SYS_finit_module, -1, "", 0); }},
      {"set the clock", [] { return syscall(SYS_settimeofday, nullptr, nullptr); }},
      {"change an owner", [] { return chown("/", static_cast<uid_t>(-1), static_cast<gid_t>(-1)); }},
      {"type into a terminal", [] { return syscall(SYS_ioctl, 0, 0x5412, nullptr); }},
  };
}

TEST_CASE("a confined process has no system call that an agent does not need") {
  const TemporaryFolder folder;
  const auto [told, errors] = Confined(ConfigWith(folder), ForbiddenCalls());
  if (InForce(told, "seccomp")) CheckAll(ForbiddenCalls(), errors, ENOSYS);
}

long OpenFor(const std::string& path, int flags) { return open(path.c_str(), flags | O_CLOEXEC | O_NONBLOCK, 0600); }

TEST_CASE("a confined process writes in the state file's folder and nowhere else") {
  const TemporaryFolder folder, other;
  const Config config = ConfigWith(folder);
  Write(other / "there", "x");
  Write(other / "read", "x");
  Write(folder / "here", "x");
  REQUIRE(mkfifo((folder / "fifo").c_str(), 0600) == 0);
  const std::vector<Attempt> refused = {
      {"make a file", [&] { return OpenFor(other / "new", O_WRONLY | O_CREAT); }},
      {"write a file", [&] { return OpenFor(other / "there", O_WRONLY); }},
      {"write a device", [] { return OpenFor("/dev/null", O_RDWR); }},
      {"write to its own process", [] { return OpenFor("/proc/self/oom_score_adj", O_WRONLY); }},
      {"remove a file", [&] { return unlink((other / "there").c_str()); }},
      {"write by a link", [&] { return OpenFor(folder / "link", O_WRONLY); }},
  };
  REQUIRE(symlink((other / "there").c_str(), (folder / "link").c_str()) == 0);
  const std::vector<Attempt> allowed = {
      {"save the state", [&] { return StateFile(config.state_file).Save({}).ok() ? 0 : -1; }},
      {"set a state aside", [&] { return rename((folder / "here").c_str(), (folder / "here.bad").c_str()); }},
      {"set a FIFO aside", [&] { return rename((folder / "fifo").c_str(), (folder / "fifo.unread").c_str()); }},
      {"remove a file of it", [&] { return unlink((folder / "here.bad").c_str()); }},
      {"read a file elsewhere", [&] { return OpenFor(other / "read", O_RDONLY); }},
  };
  const auto [told, errors] = Confined(config, refused);
  const bool has_landlock = InForce(told, "Landlock: writes below " + folder.path());
  if (has_landlock) CheckAll(refused, errors, EACCES);
  CHECK((!has_landlock || Read(other / "there") == "x"));
  CheckAll(allowed, Confined(config, allowed).second, 0);
}

long ThreadsBeginAndEnd() {
  int begun = 0;
  std::thread([&] { ++begun; }).join();
  return begun == 1 ? 0 : -1;
}

long DumpRoutes() {
  auto kernel = KernelSocket::Open();
  if (!kernel.ok()) return -1;
  const bool routes = (*kernel)->Dump(KernelTable::kRoutes, [](const nlmsghdr&) {}).ok();
  return routes && (*kernel)->Dump(KernelTable::kBgpSockets, [](const nlmsghdr&) {}).ok() ? 0 : -1;
}

// As BIRD and Felix are asked.
long SpeakTcp() {
  const int server = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(server, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(server, 1) != 0) return -1;
  getsockname(server, reinterpret_cast<sockaddr*>(&address), &size);
  if (connect(client, reinterpret_cast<sockaddr*>(&address), size) != 0 && errno != EINPROGRESS) return -1;
  return accept(server, nullptr, nullptr) >= 0 ? 0 : -1;
}

TEST_CASE("a confined process can still do what an agent does") {
  const TemporaryFolder folder;
  const std::vector<Attempt> needed = {
      {"threads", ThreadsBeginAndEnd},
      {"memory", [] { return Map(PROT_READ | PROT_WRITE); }},
      {"much memory", [] { return std::string(size_t{8} << 20, 'x').empty() ? -1 : 0; }},
      {"the kernel's tables", DumpRoutes},
      {"TCP", SpeakTcp},
      {"wake a thread", [] { return eventfd(0, EFD_CLOEXEC); }},
      {"its own figures", [] { return OpenFor("/proc/self/stat", O_RDONLY); }},
  };
  CheckAll(needed, Confined(ConfigWith(folder), needed).second, 0);
}

TEST_CASE("only an agent that looks into pods enters namespaces, and those of the network alone") {
  const TemporaryFolder folder;
  Config config = ConfigWith(folder);
  config.check_pods = true;
  const std::vector<Attempt> attempts = {{"network", [] { return setns(-1, CLONE_NEWNET); }},
                                         {"any kind", [] { return setns(-1, 0); }},
                                         {"processes", [] { return setns(-1, CLONE_NEWPID); }}};
  const auto [told, errors] = Confined(config, attempts);
  if (InForce(told, "seccomp")) CHECK(errors == std::vector<int>{EBADF, ENOSYS, ENOSYS});
}

TEST_CASE("a state file whose folder is missing, or that is not kept, lets a process write nowhere") {
  const TemporaryFolder folder;
  Config config = ConfigWith(folder);
  const std::vector<Attempt> write = {{"write", [&] { return OpenFor(folder / "new", O_WRONLY | O_CREAT); }}};
  for (const std::string& state_file : {std::string(), folder / "missing/state"}) {
    config.state_file = state_file;
    const auto [told, errors] = Confined(config, write);
    if (InForce(told, "Landlock: writes nowhere")) CHECK(errors == std::vector<int>{EACCES});
  }
}

TEST_CASE("who sets security.seccomp to false is not confined, and reads that") {
  const TemporaryFolder folder, other;
  Config config = ConfigWith(folder);
  config.seccomp = false;
  const std::vector<Attempt> attempts = {{"write", [&] { return OpenFor(other / "new", O_WRONLY | O_CREAT); }},
                                         {"fork", Fork}};
  const auto [told, errors] = Confined(config, attempts);
  CHECK(told == "none, as security.seccomp is false");
  CHECK(errors == std::vector<int>{0, 0});
}

}  // namespace
}  // namespace caliwatch
