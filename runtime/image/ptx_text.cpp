// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// See ptx_text.h.
#include "image/ptx_text.h"

#include "image/elf.h"

#include <charconv>

namespace anywarp::image {
namespace {

bool isSpace(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}
bool isDigit(char c) {
  return c >= '0' && c <= '9';
}
bool isWord(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || isDigit(c) || c == '_' || c == '$' ||
         c == '%' || c == '.';
}

// Cuts PTX into words and single punctuation characters; comments and strings are skipped.
class Words {
public:
  explicit Words(std::string_view text) : text_(text) {}

  // Empty at the end.
  std::string_view next() {
    skip();
    if (at_ >= text_.size())
      return {};
    size_t begin = at_;
    if (text_[at_] == '"') {
      size_t end = text_.find('"', at_ + 1);
      at_ = end == std::string_view::npos ? text_.size() : end + 1;
    } else if (isWord(text_[at_])) {
      while (at_ < text_.size() && isWord(text_[at_]))
        ++at_;
    } else {
      ++at_;
    }
    return text_.substr(begin, at_ - begin);
  }

private:
  void skip() {
    while (at_ < text_.size()) {
      if (isSpace(text_[at_])) {
        ++at_;
      } else if (text_.substr(at_, 2) == "//") {
        size_t end = text_.find('\n', at_);
        at_ = end == std::string_view::npos ? text_.size() : end + 1;
      } else if (text_.substr(at_, 2) == "/*") {
        size_t end = text_.find("*/", at_ + 2);
        at_ = end == std::string_view::npos ? text_.size() : end + 2;
      } else {
        return;
      }
    }
  }

  std::string_view text_;
  size_t at_ = 0;
};

template <typename T> size_t number(std::string_view s, T& value) {
  auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), value);
  return error == std::errc{} ? static_cast<size_t>(end - s.data()) : 0;
}

void readVersion(std::string_view word, PtxHeader& ptx) {
  uint16_t major = 0, minor = 0;
  size_t used = number(word, major);
  if (used && used < word.size() && word[used] == '.' && number(word.substr(used + 1), minor)) {
    ptx.versionMajor = major;
    ptx.versionMinor = minor;
  }
}

void readTarget(std::string_view word, PtxHeader& ptx) {
  if (!word.starts_with("sm_") || ptx.arch)
    return;
  word.remove_prefix(3);
  size_t used = number(word, ptx.arch);
  if (used && used < word.size() && (word[used] == 'a' || word[used] == 'f'))
    ptx.archSuffix = word[used];
}

} // namespace

bool looksLikePtx(std::string_view text) {
  text = text.substr(0, text.find('\0'));
  // Control characters do not occur in PTX; a short look is enough to tell binaries apart.
  for (char c : text.substr(0, 256))
    if (static_cast<unsigned char>(c) < 0x20 && !isSpace(c))
      return false;
  Words words(text);
  std::string_view first = words.next();
  return first.size() > 1 && first[0] == '.' && !isDigit(first[1]);
}

PtxHeader readPtxHeader(std::string_view text) {
  PtxHeader ptx;
  Words words(text);
  for (std::string_view word = words.next(); !word.empty(); word = words.next()) {
    if (word == ".version")
      readVersion(words.next(), ptx);
    else if (word == ".target")
      readTarget(words.next(), ptx);
    else if (word == ".address_size")
      ptx.address64 = words.next() != "32";
    else if (word == ".entry" || word == ".func" || word == "{")
      break;
  }
  return ptx;
}

std::vector<std::string_view> ptxKernels(std::string_view text) {
  std::vector<std::string_view> kernels;
  Words words(text);
  for (std::string_view at = words.next(); !at.empty(); at = words.next()) {
    if (at != ".entry")
      continue;
    std::string_view name = words.next();
    // A declaration ends with ';' before a body opens.
    std::string_view word = name;
    while (!word.empty() && word != "{" && word != ";")
      word = words.next();
    if (word == "{")
      kernels.push_back(name);
  }
  return kernels;
}

Image bareImage(Bytes bytes) {
  Image image;
  image.stored = bytes;
  image.size = bytes.size();
  switch (sniff(bytes)) {
  case Container::Cubin: {
    image.kind = Kind::Cubin;
    Elf64_Ehdr header;
    if (read(bytes, 0, header)) {
      image.arch = cubinArch(header);
      image.relocatable = header.e_type == ET_REL;
    }
    break;
  }
  case Container::Ptx: {
    image.kind = Kind::Ptx;
    std::string_view ptx = text(bytes);
    ptx = ptx.substr(0, ptx.find('\0'));
    image.stored = bytesOf(ptx);
    image.size = ptx.size();
    PtxHeader header = readPtxHeader(ptx);
    image.arch = header.arch;
    image.archSuffix = header.archSuffix;
    image.versionMajor = header.versionMajor;
    image.versionMinor = header.versionMinor;
    image.address64 = header.address64;
    break;
  }
  case Container::LtoIr:
    image.kind = Kind::LtoIr;
    break;
  default:
    break;
  }
  return image;
}

} // namespace anywarp::image
