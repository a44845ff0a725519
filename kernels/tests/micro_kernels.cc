// Fails when the inner loop of a register tile moves vectors to or from the stack. Compilers have
// been seen to spill accumulators there, which halves the speed and changes no result.
// Usage: micro_kernels OBJDUMP ARCHIVE
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

struct Instruction {
  uint64_t address;
  std::string text;
};

bool contains(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

#if defined(__aarch64__)

/// In fp32 every tier has one loop per tile height (6) and two of attention; in reduced precision
/// those of matrix instructions have nine, the others more.
constexpr int kLoops = 3 * (6 + 2) + 9 + 2 * 15;
/// A function with this in it has a frame register besides the stack pointer.
constexpr char kFrame[] = "x29, sp";

bool is_jump(const std::string& text) {
  return text.starts_with("b.") || text.starts_with("b\t") || text.starts_with("cb") ||
         text.starts_with("tb");
}

bool multiplies(const std::string& text) {
  for (const char* name : {"fmla", "smlal", "sdot", "usmmla", "bfmmla"}) {
    if (text.starts_with(name)) return true;
  }
  return false;
}

bool touches_stack(const std::string& text, bool has_frame) {
  bool vector = false;
  for (const char* part : {"\tq", ", q", "\td", ", d", "{v"}) vector |= contains(text, part);
  if (!vector) return false;
  return contains(text, "[sp") || (has_frame && contains(text, "[x29"));
}

#else

/// In fp32 six tiers have one loop per tile height (6 or 8) and two of attention; in reduced
/// precision every one has more than a dozen.
constexpr int kLoops = 120;
constexpr char kFrame[] = "%rsp,%rbp";

bool is_jump(const std::string& text) { return text.starts_with('j'); }

bool multiplies(const std::string& text) {
  for (const char* name : {"vfmadd", "vpdpbusd", "vdpbf16ps", "vpmaddwd", "tdpbusd", "tdpbf16ps"}) {
    if (contains(text, name)) return true;
  }
  return false;
}

bool touches_stack(const std::string& text, bool has_frame) {
  if (!contains(text, "%ymm") && !contains(text, "%zmm")) return false;
  return contains(text, "(%rsp") || (has_frame && contains(text, "(%rbp"));
}

#endif

/// Address a jump goes to, or 0 when the instruction is not a direct jump: "jne 3a0 <name>".
uint64_t jump_target(const std::string& text) {
  const size_t name = text.find(" <");
  if (!is_jump(text) || name == std::string::npos) return 0;
  return std::strtoull(text.c_str() + text.find_last_of(" \t", name - 1), nullptr, 16);
}

/// Whether a function holds a register tile.
bool is_tile(const std::string& function) {
  for (const char* name : {"linear_tile", "multiply_block", "product_tile", "tile_block",
                           "tile_strip", "matrix_tile"}) {
    if (contains(function, name)) return true;
  }
  return false;
}

struct Findings {
  int loops = 0;
  int spills = 0;
};

/// Looks at the loops of one function that multiply and hold no other loop.
void check(const std::string& function, const std::vector<Instruction>& body, Findings& findings) {
  bool has_frame = false;
  for (const Instruction& i : body) has_frame |= contains(i.text, kFrame);
  for (size_t end = 0; end < body.size(); ++end) {
    const uint64_t target = jump_target(body[end].text);
    if (target == 0 || target > body[end].address || target < body.front().address) continue;
    bool tile = false, innermost = true;
    std::string spill;
    for (size_t i = end; i-- > 0 && body[i].address >= target;) {
      const uint64_t inner = jump_target(body[i].text);
      innermost &= inner == 0 || inner < target || inner > body[i].address;
      tile |= multiplies(body[i].text);
      if (touches_stack(body[i].text, has_frame)) spill = body[i].text;
    }
    if (!tile || !innermost) continue;
    ++findings.loops;
    if (spill.empty()) continue;
    ++findings.spills;
    std::fprintf(stderr, "%s: the loop at %llx uses the stack: %s\n", function.c_str(),
                 static_cast<unsigned long long>(target), spill.c_str());
  }
}

/// Reads a disassembly: "<address> <name>:" starts a function, "  address:\ttext" is in it.
Findings check_all(FILE* listing) {
  Findings findings;
  std::string function;
  std::vector<Instruction> body;
  char line[1024];
  const auto finish = [&] {
    if (is_tile(function) && !body.empty()) check(function, body, findings);
    body.clear();
  };
  while (std::fgets(line, sizeof line, listing) != nullptr) {
    std::string text(line);
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
    const size_t tab = text.find('\t');
    if (tab != std::string::npos) {
      body.push_back({std::strtoull(text.c_str(), nullptr, 16), text.substr(tab + 1)});
    } else if (text.ends_with(">:")) {
      finish();
      function = text.substr(text.find('<'));
    }
  }
  finish();
  return findings;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: micro_kernels OBJDUMP ARCHIVE\n");
    return 2;
  }
  std::string command(argv[1]);
  command.append(" -d --no-show-raw-insn '").append(argv[2]).append("'");
  FILE* listing = popen(command.c_str(), "r");
  if (listing == nullptr) return 2;
  const Findings findings = check_all(listing);
  if (pclose(listing) != 0) {
    std::fprintf(stderr, "%s failed\n", command.c_str());
    return 2;
  }
  std::printf("%d inner loops, %d use the stack\n", findings.loops, findings.spills);
  if (findings.loops < kLoops) {
    std::fprintf(stderr,
                 "too few inner loops found: are the tiles still called as is_tile() says?\n");
    return 1;
  }
  return findings.spills == 0 ? 0 : 1;
}
