// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A '*' ends a type, so the type's words are the last ones written so far: they are taken back and
// "ptr" stands in for them. Words are kept as slices of the text with the blanks before them.
#include "frontend/typed_pointers.h"

#include <cctype>
#include <vector>

namespace anywarp::frontend {
namespace {

struct Word {
  std::string blank; // before the word
  std::string text;
};

bool isNameChar(char c) {
  return isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_' || c == '$' || c == '-';
}

// The end of the word that begins at `at`.
size_t wordEnd(std::string_view text, size_t at) {
  size_t end = at;
  if (text[end] == '%' || text[end] == '@' || text[end] == '!' || text[end] == '#' ||
      text[end] == 'c')
    end++;
  if (end < text.size() && text[end] == '"') { // a string, a quoted name, c"..."
    end = text.find('"', end + 1);
    return end == std::string_view::npos ? text.size() : end + 1;
  }
  while (end < text.size() && isNameChar(text[end]))
    end++;
  return end > at ? end : at + 1;
}

std::vector<Word> split(std::string_view text) {
  std::vector<Word> words;
  for (size_t at = 0; at < text.size();) {
    Word word;
    while (at < text.size() && (isspace(static_cast<unsigned char>(text[at])) || text[at] == ';')) {
      size_t end =
          text[at] == ';' ? std::min(text.find('\n', at), text.size()) : at + 1; // a comment
      word.blank += text.substr(at, end - at);
      at = end;
    }
    if (at < text.size()) {
      size_t end = wordEnd(text, at);
      word.text = text.substr(at, end - at);
      at = end;
    }
    words.push_back(std::move(word));
  }
  return words;
}

// Where the bracket is that the last word closes.
size_t opening(const std::vector<Word>& words, size_t last) {
  unsigned depth = 0;
  for (size_t i = last + 1; i-- > 0;) {
    const std::string& word = words[i].text;
    if (word == ")" || word == "]" || word == "}" || word == ">")
      depth++;
    else if ((word == "(" || word == "[" || word == "{" || word == "<") && --depth == 0)
      return i;
  }
  return 0;
}

// The first word of the type that ends at `last`.
size_t typeBegin(const std::vector<Word>& words, size_t last) {
  const std::string& word = words[last].text;
  if (word == "]")
    return opening(words, last);
  if (word == ">" || word == "}") { // <{ ... }> is a packed structure
    size_t begin = opening(words, last);
    return begin;
  }
  if (word == ")") {
    size_t begin = opening(words, last);
    if (begin == 0)
      return 0;
    if (words[begin - 1].text == "addrspace") // ptr addrspace(3)
      return typeBegin(words, begin - 2);
    return typeBegin(words, begin - 1); // a function: its result comes first
  }
  return last;
}

} // namespace

std::string withOpaquePointers(std::string_view text) {
  if (text.find('*') == std::string_view::npos)
    return std::string(text);
  std::vector<Word> out;
  for (Word& word : split(text)) {
    if (word.text != "*" || out.empty()) {
      out.push_back(std::move(word));
      continue;
    }
    std::string space;
    size_t last = out.size() - 1;
    if (out[last].text == ")")
      if (size_t open = opening(out, last); open > 0 && out[open - 1].text == "addrspace" &&
                                            open >= 2 && out[open - 2].text != "ptr") {
        for (size_t i = open - 1; i <= last; i++)
          space += (i == open - 1 ? " " : "") + out[i].text;
        last = open - 2;
      }
    size_t begin = typeBegin(out, last);
    std::string blank = out[begin].blank;
    out.resize(begin);
    out.push_back({blank, "ptr"});
    // As words again, so that a pointer to this pointer finds its beginning.
    if (!space.empty()) {
      out.push_back({" ", "addrspace"});
      out.push_back({"", "("});
      out.push_back({"", space.substr(space.find('(') + 1, space.find(')') - space.find('(') - 1)});
      out.push_back({"", ")"});
    }
  }
  std::string result;
  for (const Word& word : out)
    result += word.blank + word.text;
  return result;
}

} // namespace anywarp::frontend
