// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tables and colours for the terminal. Colours only when the output is a terminal and NO_COLOR is
// not set; widths count bytes, cells are expected to be ASCII.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace anywarp::cli {

enum class Style { Plain, Heading, Dim, Good, Bad, Warning };
std::string styled(Style style, std::string_view text, FILE* out = stdout);
// Columns of the terminal, from 80 to 100; 100 where stdout is none.
size_t terminalWidth();

class Table {
public:
  enum class Align { Left, Right };
  struct Column {
    std::string title;
    Align align = Align::Left;
    bool shrink = false; // is cut with "..." where the line would be too long
  };
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  void row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  bool empty() const { return rows_.empty(); }
  void print(size_t indent = 2, FILE* out = stdout) const;

private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

std::string humanSize(unsigned long long bytes); // "1.2 MiB"
std::string cudaVersion(int version);            // "13.0" of 13000
// "x" and "s" by number: "1 kernel", "3 kernels".
std::string counted(unsigned long long n, std::string_view thing);
// Breaks words at the terminal's width, each line indented.
std::string wrapped(std::string_view text, size_t indent);

} // namespace anywarp::cli
