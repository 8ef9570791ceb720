// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// See table.h.
#include "table.h"

#include "environment.h"

#include <algorithm>
#include <cstdio>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace anywarp::cli {

std::string styled(Style style, std::string_view text, FILE* out) {
  bool colours = isatty(fileno(out)) && environment("NO_COLOR").empty();
  if (!colours || style == Style::Plain)
    return std::string(text);
  const char* code = "";
  switch (style) {
  case Style::Heading:
    code = "1";
    break;
  case Style::Dim:
    code = "2";
    break;
  case Style::Good:
    code = "32";
    break;
  case Style::Bad:
    code = "31";
    break;
  case Style::Warning:
    code = "33";
    break;
  case Style::Plain:
    break;
  }
  return fmt::format("\033[{}m{}\033[0m", code, text);
}

size_t terminalWidth() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
    return 100;
  return std::clamp<size_t>(size.ws_col, 80, 100);
}

void Table::print(size_t indent, FILE* out) const {
  std::vector<size_t> widths;
  for (size_t c = 0; c < columns_.size(); ++c) {
    size_t width = columns_[c].title.size();
    for (const auto& row : rows_)
      width = std::max(width, c < row.size() ? row[c].size() : 0);
    widths.push_back(width);
  }
  size_t total = indent + 2 * (widths.size() - 1);
  for (size_t w : widths)
    total += w;
  size_t most = terminalWidth();
  for (size_t c = 0; c < columns_.size() && total > most; ++c)
    if (columns_[c].shrink) {
      size_t cut = std::min(total - most, widths[c] > 12 ? widths[c] - 12 : 0);
      widths[c] -= cut;
      total -= cut;
    }
  auto line = [&](Style style, auto cellOf) {
    std::string text;
    for (size_t c = 0; c < columns_.size(); ++c) {
      std::string cell = cellOf(c);
      if (cell.size() > widths[c])
        cell = cell.substr(0, widths[c] - 3) + "...";
      text += c == 0 ? std::string(indent, ' ') : "  ";
      text += columns_[c].align == Align::Right ? fmt::format("{:>{}}", cell, widths[c])
                                                : fmt::format("{:<{}}", cell, widths[c]);
    }
    text.erase(text.find_last_not_of(' ') + 1);
    fmt::print(out, "{}\n", styled(style, text, out));
  };
  line(Style::Dim, [this](size_t c) { return columns_[c].title; });
  for (const auto& row : rows_)
    line(Style::Plain, [&row](size_t c) { return c < row.size() ? row[c] : std::string(); });
}

std::string humanSize(unsigned long long bytes) {
  if (bytes < 1024)
    return fmt::format("{} B", bytes);
  double value = static_cast<double>(bytes);
  const char* unit = "";
  for (const char* next : {"KiB", "MiB", "GiB", "TiB"}) {
    if (value < 1024)
      break;
    value /= 1024;
    unit = next;
  }
  return fmt::format("{:.1f} {}", value, unit);
}

std::string cudaVersion(int version) {
  return fmt::format("{}.{}", version / 1000, version % 1000 / 10);
}

std::string counted(unsigned long long n, std::string_view thing) {
  return fmt::format("{} {}{}", n, thing, n == 1 ? "" : "s");
}

std::string wrapped(std::string_view text, size_t indent) {
  std::string out, line(indent, ' ');
  size_t width = terminalWidth();
  auto flush = [&] {
    if (line.size() > indent)
      out += line + "\n";
    line.assign(indent, ' ');
  };
  for (size_t at = 0; at < text.size();) {
    size_t end = std::min(text.find(' ', at), text.size());
    std::string_view word = text.substr(at, end - at);
    if (line.size() > indent && line.size() + 1 + word.size() > width)
      flush();
    if (line.size() > indent)
      line += ' ';
    line += word;
    at = end + 1;
  }
  flush();
  return out;
}

} // namespace anywarp::cli
