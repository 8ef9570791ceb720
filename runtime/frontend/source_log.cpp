// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "frontend/source_log.h"

#include <clang/Basic/DiagnosticIDs.h>
#include <clang/Basic/SourceManager.h>
#include <clang/Lex/LexDiagnostic.h>
#include <clang/Sema/SemaDiagnostic.h>
#include <fmt/format.h>

namespace anywarp::frontend {
namespace {

// Numbers that NVRTC gives its warnings, and what clang calls the same.
constexpr struct {
  unsigned number;
  const char* group;
} kGroups[] = {
    {111, "unreachable-code"},
    {128, "unreachable-code-loop-increment"},
    {174, "unused-value"},
    {177, "unused-variable"},
    {177, "unused-function"},
    {177, "unused-private-field"},
    {186, "tautological-unsigned-zero-compare"},
    {550, "unused-but-set-variable"},
    {940, "return-type"},
    {1105, "#warnings"},
    {68, "sign-conversion"},
    {549, "uninitialized"},
    {1444, "deprecated-declarations"},
};

unsigned numberOf(llvm::StringRef group) {
  for (const auto& row : kGroups)
    if (group == row.group)
      return row.number;
  return 0;
}

std::string argument(const clang::Diagnostic& info, unsigned i) {
  switch (info.getArgKind(i)) {
  case clang::DiagnosticsEngine::ak_std_string:
    return info.getArgStdStr(i);
  case clang::DiagnosticsEngine::ak_c_string:
    return info.getArgCStr(i);
  default:
    return {};
  }
}

} // namespace

const char* warningGroup(unsigned number) {
  for (const auto& row : kGroups)
    if (number == row.number)
      return row.group;
  return nullptr;
}

std::string SourceLog::wording(const clang::Diagnostic& info, clang::DiagnosticsEngine::Level level,
                               bool& catastrophe) const {
  llvm::SmallString<256> text;
  info.FormatDiagnostic(text);
  catastrophe = level == clang::DiagnosticsEngine::Fatal;
  switch (info.getID()) {
  case clang::diag::err_pp_file_not_found:
  case clang::diag::err_pp_file_not_found_angled_include_not_fatal: {
    catastrophe = true;
    std::string name = argument(info, 0);
    // The quotes of the directive say which form it was.
    bool angled = false;
    if (info.getLocation().isValid()) {
      const char* at = info.getSourceManager().getCharacterData(info.getLocation());
      angled = at && *at == '<';
    }
    if (angled && !haveFolders_)
      return fmt::format("could not open source file \"{}\" (no directories in search list)", name);
    return fmt::format("cannot open source file \"{}\"", name);
  }
  case clang::diag::err_pp_hash_error:
    catastrophe = true;
    return "#error directive: " + argument(info, 0);
  case clang::diag::pp_hash_warning:
    return "#warning directive: " + argument(info, 0);
  case clang::diag::err_undeclared_var_use:
  case clang::diag::err_undeclared_var_use_suggest:
  case clang::diag::err_unknown_typename:
  case clang::diag::err_unknown_typename_suggest: {
    // "use of undeclared identifier 'x'", "unknown type name 'x'"
    llvm::StringRef all = text;
    auto [before, rest] = all.split('\'');
    return fmt::format("identifier \"{}\" is undefined", rest.split('\'').first.str());
  }
  default:
    return std::string(text);
  }
}

void SourceLog::place(const clang::SourceManager& sources, clang::SourceLocation location,
                      const std::string& title) {
  clang::SourceLocation at = sources.getExpansionLoc(location);
  clang::PresumedLoc where = sources.getPresumedLoc(at);
  if (where.isInvalid()) {
    text_ += title + "\n";
    return;
  }
  llvm::StringRef file = where.getFilename();
  file.consume_front(std::string(kTextFolder) + "/");
  text_ += fmt::format("{}({}): {}\n", file.str(), where.getLine(), title);
  if (file == kNameMap) { // as NVRTC compiles it
    size_t index = where.getLine() - 2;
    if (index < expressions_.size())
      text_ += fmt::format("  #pragma nv_mangled_name {}\n                          ^\n",
                           expressions_[index]);
    return;
  }
  bool invalid = false;
  llvm::StringRef buffer = sources.getBufferData(sources.getFileID(at), &invalid);
  if (invalid)
    return;
  size_t offset = sources.getFileOffset(at);
  size_t begin = buffer.rfind('\n', offset ? offset - 1 : 0);
  begin = offset == 0 || begin == llvm::StringRef::npos ? 0 : begin + 1;
  if (offset && buffer[offset - 1] == '\n')
    begin = offset;
  size_t end = std::min(buffer.find('\n', offset), buffer.size());
  std::string pad;
  for (size_t i = begin; i < offset; i++)
    pad += buffer[i] == '\t' ? '\t' : ' ';
  text_ += fmt::format("  {}\n  {}^\n", buffer.slice(begin, end).rtrim('\r').str(), pad);
}

void SourceLog::HandleDiagnostic(clang::DiagnosticsEngine::Level level,
                                 const clang::Diagnostic& info) {
  using Level = clang::DiagnosticsEngine::Level;
  DiagnosticConsumer::HandleDiagnostic(level, info);
  if (level == Level::Ignored || level == Level::Remark)
    return;
  if (level == Level::Note) { // belongs to the message before
    if (!lastShown_)
      return;
    if (llvm::StringRef(text_).ends_with("\n\n"))
      text_.pop_back();
  }
  // Lines that the front end put before the program; nobody can mend what they are warned about.
  std::string file;
  if (info.getLocation().isValid() && info.hasSourceManager()) {
    const clang::SourceManager& sources = info.getSourceManager();
    clang::PresumedLoc where = sources.getPresumedLoc(sources.getExpansionLoc(info.getLocation()));
    file = where.isValid() ? where.getFilename() : "";
  }
  if (level == Level::Warning && file == kProgramFile) {
    lastShown_ = false;
    return;
  }
  bool catastrophe = false;
  std::string words = wording(info, level, catastrophe);
  std::string title;
  bool numbered = false;
  if (level == Level::Note) {
    title = "note: " + words;
  } else if (level == Level::Warning) {
    unsigned number =
        numbers_
            ? numberOf(info.getDiags()->getDiagnosticIDs()->getWarningOptionForDiag(info.getID()))
            : 0;
    numbered = number != 0;
    title = number ? fmt::format("warning #{}-D: {}", number, words) : "warning: " + words;
  } else {
    title = (catastrophe ? "catastrophic error: " : "error: ") + words;
    ++(catastrophe ? catastrophes_ : errors_);
  }
  lastShown_ = true;
  if (file.empty() || file == "<built-in>") {
    text_ += (catastrophe ? "Command-line error: " + words : title) + "\n\n";
    return;
  }
  const clang::SourceManager& sources = info.getSourceManager();
  place(sources, info.getLocation(), title);
  text_ += "\n";
  clang::PresumedLoc where = sources.getPresumedLoc(sources.getExpansionLoc(info.getLocation()));
  // Once for each name expression that is no expression.
  if (level >= Level::Error && where.isValid() &&
      llvm::StringRef(where.getFilename()) == kNameMap && blamed_ != where.getLine() &&
      words.find("Name expression must") == std::string::npos) {
    blamed_ = where.getLine();
    size_t index = where.getLine() - 2;
    errors_++;
    place(sources, info.getLocation(),
          fmt::format("error: Error in parsing name expression for lowered name lookup. Input name "
                      "expression was: \"{}\"",
                      index < expressions_.size() ? expressions_[index] : ""));
    text_ += "\n";
  }
  if (numbered && !remarked_) {
    remarked_ = true;
    text_ += "Remark: The warnings can be suppressed with \"-diag-suppress <warning-number>\"\n\n";
  }
}

std::string SourceLog::take() {
  auto count = [&](unsigned n, const char* kind) {
    return fmt::format("{} {}{} detected in the compilation of \"{}\".\n", n, kind,
                       n == 1 ? "" : "s", program_);
  };
  if (catastrophes_)
    text_ +=
        errors_
            ? fmt::format(
                  "{} error{} and {} catastrophic error{} detected in the compilation of \"{}\".\n",
                  errors_, errors_ == 1 ? "" : "s", catastrophes_, catastrophes_ == 1 ? "" : "s",
                  program_)
            : count(catastrophes_, "catastrophic error");
  else if (errors_)
    text_ += count(errors_, "error");
  if (catastrophes_)
    text_ += "Compilation terminated.\n";
  return std::move(text_);
}

} // namespace anywarp::frontend
