// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Clang's messages in the form of NVRTC's program log:
//
//   name(3): error: identifier "x" is undefined
//     a[0] = x;
//            ^
//
// Programs look for parts of it, so the messages that they are known to look for (a header that
// cannot be opened) are worded as NVRTC words them. Belongs to one compilation.
#pragma once

#include <clang/Basic/Diagnostic.h>
#include <string>
#include <vector>

namespace anywarp::frontend {

// The file in which name expressions are compiled, one a line from line 2 on.
inline constexpr const char* kNameMap = "__nv_name_map";
// The folder of headers that are given as texts.
inline constexpr const char* kTextFolder = "/anywarp/texts";

// The name of the whole text, of which the program is a part.
inline constexpr const char* kProgramFile = "/anywarp/program";

// clang's warning group for the number of a message of NVRTC; null: clang has none.
const char* warningGroup(unsigned number);

class SourceLog : public clang::DiagnosticConsumer {
public:
  SourceLog(std::string programName, const std::vector<std::string>& expressions, bool numbers,
            bool haveFolders)
      : program_(std::move(programName)), expressions_(expressions), numbers_(numbers),
        haveFolders_(haveFolders) {}

  void HandleDiagnostic(clang::DiagnosticsEngine::Level level,
                        const clang::Diagnostic& info) override;
  // The log with its last lines, which count the errors.
  std::string take();
  // Without a place in a file.
  void addPlain(const std::string& line) { text_ += line; }
  bool failed() const { return errors_ || catastrophes_; }

private:
  std::string wording(const clang::Diagnostic& info, clang::DiagnosticsEngine::Level level,
                      bool& catastrophe) const;
  void place(const clang::SourceManager& sources, clang::SourceLocation location,
             const std::string& title);

  const std::string program_;
  const std::vector<std::string>& expressions_;
  const bool numbers_, haveFolders_;
  std::string text_;
  unsigned errors_ = 0, catastrophes_ = 0, blamed_ = 0;
  bool remarked_ = false, lastShown_ = false;
};

} // namespace anywarp::frontend
