// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// ptx_instruction_test FOLDER: every FOLDER/<family>/*.ptx is a test (testfile.h has the format),
// run as lowered and once more through LLVM's optimiser. The last test fails for every record of
// runtime/ptx/isa that no test uses, and for every legal form that nothing runs (coverage.h),
// except matrices and textures. --tested writes tested_forms.csv for the coverage page (ninja
// ptx_coverage) instead.
#include "coverage.h"
#include "effects/scene.h"
#include "machine.h"
#include "matrix/case.h"
#include "ptx/index.h"
#include "ptx/isa.h"
#include "ptx/layout.h"
#include "ptx/names.h"
#include "ptx/parser.h"
#include "testfile.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <gtest/gtest.h>
#include <set>

namespace anywarp::ptxtest {
namespace {

const ptx::IndexedFunction* findEntry(const ptx::Index& index, const std::string& name) {
  return index.entry(name);
}

std::string show(uint64_t bits) {
  char text[32];
  snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(bits));
  return text;
}

bool isNan(uint64_t bits, ptx::Type type) {
  switch (type) {
  case ptx::Type::F32:
    return (bits & 0x7fffffff) > 0x7f800000;
  case ptx::Type::F64:
    return (bits & 0x7fffffffffffffff) > 0x7ff0000000000000;
  case ptx::Type::F16:
    return (bits & 0x7fff) > 0x7c00;
  case ptx::Type::BF16:
    return (bits & 0x7fff) > 0x7f80;
  default:
    return false;
  }
}

void checkRun(const ptx::Index& index, const std::string& path, const Run& run, bool optimize) {
  std::string where =
      path + ":" + std::to_string(run.line) + (optimize ? " (optimised)" : "") + ": " + run.text;
  const ptx::IndexedFunction* entry = findEntry(index, run.entry);
  ASSERT_TRUE(entry) << where << ": no entry " << run.entry;
  auto& params = entry->header.params;
  ASSERT_EQ(run.inputs.size() + 1, params.size()) << where << ": inputs";
  uint32_t total = 0;
  std::vector<ptx::ParamLayout> layout = ptx::layoutParams(params, &total);
  std::vector<char> block(total + 16), results(1024, char(0xcc));
  for (size_t i = 0; i < params.size(); ++i) {
    bool ok = true;
    uint64_t bits = i + 1 < params.size() ? parseNumber(run.inputs[i], params[i].type, ok)
                                          : reinterpret_cast<uint64_t>(results.data());
    ASSERT_TRUE(ok) << where << ": input " << run.inputs[i];
    memcpy(block.data() + layout[i].offset, &bits, std::min(8u, layout[i].size));
  }
  Outcome outcome = runKernel(index, run.entry, block, optimize);
  ASSERT_EQ(outcome.error, "") << where;
  EXPECT_EQ(outcome.ending, run.ending) << where;
  bool spread = run.entry.starts_with("form"); // results of forms stand 8 bytes apart
  size_t offset = 0;
  for (size_t i = 0; i < run.outputs.size(); ++i) {
    const Value& want = run.outputs[i];
    unsigned size = ptx::sizeOf(want.type);
    if (!spread)
      offset = (offset + size - 1) / size * size;
    uint64_t got = 0;
    memcpy(&got, results.data() + offset, size);
    offset += spread ? 8 : size;
    if (want.anyNan)
      EXPECT_TRUE(isNan(got, want.type)) << where << ": result " << i << " is " << show(got);
    else
      EXPECT_EQ(show(got), show(want.bits)) << where << ": result " << i;
  }
}

class InstructionTest : public testing::Test {
public:
  explicit InstructionTest(std::string path) : path_(std::move(path)) {}
  void TestBody() override {
    TestFile file = readTestFile(path_);
    ASSERT_EQ(file.problem, "") << path_;
    auto source = std::make_shared<const PtxText>(file.ptx);
    auto module = ptx::parse(source);
    ASSERT_TRUE(module) << path_ << ": " << module.error().message << "\n" << file.ptx;
    if (std::filesystem::path(path_).parent_path().filename() == "gang")
      return; // run by gang/*_test.cpp
    auto index = ptx::Index::build({source});
    ASSERT_TRUE(index) << path_ << ": " << index.error().message;
    EXPECT_FALSE(file.runs.empty() && file.errors.empty()) << path_ << ": nothing to run";
    for (const ptxtest::Run& run : file.runs)
      for (bool optimize : {false, true})
        checkRun(**index, path_, run, optimize);
    for (const ExpectedError& e : file.errors) {
      Outcome outcome = runKernel(**index, e.entry, std::vector<char>(256), false);
      EXPECT_NE(outcome.error.find(e.text), std::string::npos)
          << path_ << ":" << e.line << ": expected an error with '" << e.text << "', got '"
          << outcome.error << "'";
    }
  }

private:
  std::string path_;
};

// What the kernels of gang/ consist of, as ANYWARP_DUMP_DIR had them written: "record form" lines.
bool writeGangForms(const char* dump, const char* to) {
  std::set<std::string> forms;
  std::function<void(const ptx::Block&)> note = [&](const ptx::Block& block) {
    for (const ptx::Statement& s : block.statements) {
      if (s.kind == ptx::Statement::Kind::Block)
        note(*s.block);
      if (s.kind != ptx::Statement::Kind::Instruction)
        continue;
      auto m = ptx::match(s.instruction);
      if (m && ptxsweep::hasEffects(*m->info) && !ptxmatrix::isMatrix(*m->info))
        forms.insert(std::string(m->info->record) + " " + ptxsweep::formOf(*m).name());
    }
  };
  for (auto& entry : std::filesystem::directory_iterator(dump)) {
    if (entry.path().extension() != ".ptx")
      continue;
    std::ifstream in(entry.path());
    auto module = ptx::parse(std::make_shared<const std::string>(std::istreambuf_iterator<char>(in),
                                                                 std::istreambuf_iterator<char>()));
    if (module)
      for (const ptx::Function& f : module->functions)
        note(f.body);
  }
  std::ofstream out(to);
  out << "# Forms that tests in gang/ run; made by ninja ptx_coverage\n";
  for (const std::string& form : forms)
    out << form << "\n";
  out.close();
  return !forms.empty() && out;
}

FormCoverage coverageOf(const char* folder, const std::vector<std::filesystem::path>& files) {
  FormCoverage coverage;
  for (auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.path().string().ends_with("_test.cpp")) {
      std::ifstream in(entry.path());
      coverage.noteSource({std::istreambuf_iterator<char>(in), {}});
    }
  std::ifstream gang(std::string(folder) + "/gang/tested_forms.txt");
  for (std::string line; std::getline(gang, line);)
    coverage.noteGangForm(line);
  for (const auto& path : files) {
    auto module = ptx::parse(std::make_shared<const PtxText>(readTestFile(path).ptx));
    if (module)
      coverage.note(*module);
  }
  return coverage;
}

class CoverageTest : public testing::Test {
public:
  explicit CoverageTest(FormCoverage coverage) : coverage_(std::move(coverage)) {}
  void TestBody() override {
    for (const RecordCoverage& c : coverage_.records()) {
      EXPECT_TRUE(c.swept || c.filesForms || c.mentioned)
          << "no test uses record " << c.record << " (" << c.mnemonic << ")";
      // What only gang/ tests (textures): the coverage page names the forms that none of its
      // kernels has.
      bool onlyGang = !c.swept && c.tested;
      for (const std::string& form : c.missing)
        EXPECT_TRUE(c.refused || onlyGang) << "nothing tests " << form << " of record " << c.record;
    }
  }

private:
  FormCoverage coverage_;
};

} // namespace
} // namespace anywarp::ptxtest

int main(int argc, char** argv) {
  using namespace anywarp::ptxtest;
  testing::InitGoogleTest(&argc, argv);
  if (argc < 2)
    return fprintf(stderr,
                   "usage: ptx_instruction_test FOLDER [--tested FILE.csv | --gang DUMP FILE]\n"),
           2;
  std::vector<std::filesystem::path> files;
  for (auto& entry : std::filesystem::recursive_directory_iterator(argv[1]))
    if (entry.path().extension() == ".ptx")
      files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  if (argc == 5 && !strcmp(argv[2], "--gang"))
    return writeGangForms(argv[3], argv[4]) ? 0 : 1;
  if (argc == 4 && !strcmp(argv[2], "--tested")) {
    std::ofstream out(argv[3]);
    out << coverageOf(argv[1], files).csv();
    out.close();
    return out ? 0 : 1;
  }
  for (const auto& file : files) {
    std::string family = file.parent_path().filename(), name = file.stem();
    testing::RegisterTest(
        family.c_str(), name.c_str(), nullptr, nullptr, __FILE__, __LINE__,
        [path = file.string()]() -> testing::Test* { return new InstructionTest(path); });
  }
  testing::RegisterTest("records", "all_are_tested", nullptr, nullptr, __FILE__, __LINE__,
                        [folder = argv[1], files]() -> testing::Test* {
                          return new CoverageTest(coverageOf(folder, files));
                        });
  return RUN_ALL_TESTS();
}
