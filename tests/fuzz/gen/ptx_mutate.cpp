// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Damage to PTX text, line by line and word by word.
#include "ptx_program.h"

#include <algorithm>
#include <cctype>

namespace anywarp::fuzz {
namespace {

std::vector<std::string> linesOf(const std::string& text) {
  std::vector<std::string> lines;
  for (size_t at = 0; at < text.size();) {
    size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

std::string join(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines)
    text += line + "\n";
  return text;
}

// Names and numbers are words, each other character stands for itself; blanks go with the next.
std::vector<std::string> wordsOf(const std::string& line) {
  std::vector<std::string> words;
  auto inWord = [](char x) {
    return isalnum(static_cast<unsigned char>(x)) || x == '_' || x == '%' || x == '$';
  };
  for (size_t at = 0; at < line.size();) {
    size_t end = line.find_first_not_of(" \t", at);
    if (end == line.npos)
      break;
    bool word = inWord(line[end++]);
    while (word && end < line.size() && inWord(line[end]))
      ++end;
    words.push_back(line.substr(at, end - at));
    at = end;
  }
  return words;
}

std::string joinWords(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words)
    text += word;
  return text;
}

bool isInstruction(const std::string& line) {
  return line.size() > 3 && line.starts_with("  ") && line.ends_with(";") &&
         line.find(" .") == line.npos;
}

std::string bigNumber(Choices& c) {
  return c.pick({"18446744073709551615", "9223372036854775808", "4294967296", "0x80000000", "-1",
                 "2147483647", "65536", "0xffffffffffffffff", "1000000007",
                 "-9223372036854775808"});
}

// The place of some word that satisfies `is`; false: there is none.
template <typename Is>
bool findWord(const std::vector<std::string>& words, Choices& c, Is is, size_t& at) {
  std::vector<size_t> places;
  for (size_t i = 0; i < words.size(); ++i)
    if (is(words[i].substr(words[i].find_first_not_of(" \t"))))
      places.push_back(i);
  if (places.empty())
    return false;
  at = c.pick(places);
  return true;
}

} // namespace

std::string breakRule(std::string& text, Choices& c) {
  std::vector<std::string> lines = linesOf(text);
  std::vector<size_t> code;
  for (size_t i = 0; i < lines.size(); ++i)
    if (isInstruction(lines[i]))
      code.push_back(i);
  if (code.empty() || lines.size() < 4)
    return {};
  std::string& line = lines[c.pick(code)];
  std::vector<std::string> words = wordsOf(line);
  auto isRegister = [](const std::string& w) { return w[0] == '%'; };
  auto isNumber = [](const std::string& w) {
    return isdigit(static_cast<unsigned char>(w[0])) != 0;
  };
  size_t at = 0;
  std::string what;
  switch (c.below(14)) {
  case 0:
    if (findWord(words, c, isRegister, at)) {
      words[at] = " " + std::string(c.pick({"%p0", "%h1", "%r2", "%d0", "%f1", "%e1", "%q0", "%c0",
                                            "%v", "%tid"}));
      what = "register of another type";
    }
    break;
  case 1:
    if (findWord(words, c, isRegister, at)) {
      words[at] = " %nosuch";
      what = "undeclared register";
    }
    break;
  case 2:
    if (findWord(words, c, [](const std::string& w) { return w == "."; }, at)) {
      words[at] = "." +
                  std::string(c.pick(
                      {"frob", "sat", "ftz", "v4", "f32", "rn", "global", "sync", "s64", "cta"})) +
                  ".";
      what = "modifier too many";
    }
    break;
  case 3:
    words.insert(words.begin(), "  frob");
    what = "unknown instruction";
    break;
  case 4:
    lines.insert(lines.begin() + long(c.pick(code)),
                 "  bra " + std::string(c.pick({"$nowhere", "gdata", "k", "%r0"})) + ";");
    text = join(lines);
    return "bad label";
  case 5:
    lines[0] = ".version " +
               std::string(c.pick({"1.0", "3.1", "5.0", "6.3", "7.0", "7.8", "8.0", "99.9"}));
    lines[1] = ".target " + std::string(c.pick({"sm_100a", "sm_20", "sm_53", "sm_70", "sm_80",
                                                "sm_90", "sm_9", "texmode_independent"}));
    text = join(lines);
    return "old version";
  case 6:
    if (findWord(words, c, [](const std::string& w) { return w == ","; }, at)) {
      words.erase(words.begin() + long(at), words.begin() + long(std::min(at + 2, words.size())));
      what = "operand missing";
    }
    break;
  case 7:
    words.insert(words.end() - 1, ", %r1");
    what = "operand too many";
    break;
  case 8:
    if (findWord(words, c, isNumber, at)) {
      words[at] = bigNumber(c);
      what = "huge constant";
    }
    break;
  case 9: {
    std::string size =
        c.pick({"1000000", "1073741824", "4294967295", "9223372036854775807", "2147483648"});
    std::string name = "huge" + size + "[" + size + "];";
    lines.insert(lines.begin() + 3,
                 c.pick({".shared .b8 ", ".global .b64 ", ".const .b8 "}) + name);
    if (c.chance(70))
      lines.insert(lines.begin() + long(code.back()) + 1, "  mov.u64 %d2, huge" + size + ";");
    text = join(lines);
    return "huge array";
  }
  case 10:
    lines.insert(lines.begin() + long(c.pick(code)), "  .reg .b32 %r<" + bigNumber(c) + ">;");
    text = join(lines);
    return "declared twice";
  case 11:
    if (findWord(
            words, c,
            [](const std::string& w) {
              return w.size() == 1 && ispunct(static_cast<unsigned char>(w[0]));
            },
            at)) {
      words.erase(words.begin() + long(at));
      what = "punctuation missing";
    }
    break;
  case 12:
    if (!words.empty()) {
      at = c.below(uint32_t(words.size()));
      std::vector<std::string> other = wordsOf(lines[c.pick(code)]);
      if (!other.empty())
        words[at] = c.pick(other);
      what = "word of another line";
    }
    break;
  default:
    lines.insert(lines.begin() + long(c.pick(code)),
                 "  " + std::string(c.pick(
                            {"call nothing, (%r0);", "call k;", "call f0, (%r0, %r1, %r2, %r3);",
                             "call (%r0), %d1, (%r2);", ".local .b8 big[1073741825];",
                             ".reg .v8 .b32 %wide;", ".reg .b32 %array[4];", "$L0: $L0:",
                             ".shared .align 3 .b8 odd[4];", "ld.shared.u32 %r0, [gdata];",
                             "alloca.u64 %d0, %d1, 999;", ".param .b8 pass2[0];"})));
    text = join(lines);
    return "line that is wrong";
  }
  if (what.empty())
    return what;
  line = joinWords(words);
  text = join(lines);
  return what;
}

std::string mutate(const std::vector<std::string>& texts, Choices& c) {
  if (texts.empty())
    return {};
  std::vector<std::string> lines = linesOf(c.pick(texts));
  std::vector<std::string> others = linesOf(c.pick(texts));
  if (lines.empty() || others.empty())
    return {};
  for (unsigned n = 1 + c.below(6); n > 0; --n) {
    size_t at = c.below(uint32_t(lines.size()));
    std::vector<std::string> words = wordsOf(lines[at]),
                             from = wordsOf(others[c.below(uint32_t(others.size()))]);
    switch (c.below(7)) {
    case 0:
      lines[at] = others[c.below(uint32_t(others.size()))];
      break;
    case 1:
      lines.insert(lines.begin() + long(at), others[c.below(uint32_t(others.size()))]);
      break;
    case 2:
      if (lines.size() > 1)
        lines.erase(lines.begin() + long(at));
      break;
    case 3:
      std::swap(lines[at], lines[c.below(uint32_t(lines.size()))]);
      break;
    case 4:
      if (!words.empty() && !from.empty())
        words[c.below(uint32_t(words.size()))] = c.pick(from);
      lines[at] = joinWords(words);
      break;
    case 5:
      if (!words.empty())
        words[c.below(uint32_t(words.size()))] = " " + bigNumber(c);
      lines[at] = joinWords(words);
      break;
    default:
      if (!words.empty())
        words.erase(words.begin() + c.below(uint32_t(words.size())));
      lines[at] = joinWords(words);
      break;
    }
  }
  return join(lines);
}

} // namespace anywarp::fuzz
