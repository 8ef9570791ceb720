// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "coverage.h"

#include "effects/scene.h"
#include "matrix/case.h"
#include "ptx/names.h"

#include <algorithm>

namespace anywarp::ptxtest {

using namespace ptxsweep;

void FormCoverage::note(const ptx::Module& module) {
  for (const ptx::Function& f : module.functions)
    note(f.body);
}

void FormCoverage::noteSource(const std::string& text) {
  for (const ptx::InstrInfo& info : ptx::instructions()) {
    std::string word = std::string(info.mnemonic) + ".";
    for (size_t at = 0; (at = text.find(word, at)) != std::string::npos; ++at)
      if (at == 0 || !isalnum(uint8_t(text[at - 1])))
        mentioned_.insert(std::string(info.mnemonic));
  }
}

void FormCoverage::note(const ptx::Block& block) {
  for (const ptx::Statement& s : block.statements) {
    if (s.kind == ptx::Statement::Kind::Block)
      note(*s.block);
    if (s.kind != ptx::Statement::Kind::Instruction)
      continue;
    auto m = ptx::match(s.instruction);
    if (!m)
      continue;
    Used& used = used_[std::string(m->info->record)];
    used.forms.insert(formOf(*m).name());
    for (std::string_view word : s.instruction.modifiers)
      used.words.insert(std::string(word));
  }
}

std::vector<RecordCoverage> FormCoverage::records() const {
  std::vector<RecordCoverage> all;
  const Used none;
  for (const ptx::InstrInfo& info : ptx::instructions()) {
    RecordCoverage c;
    c.record = info.record;
    c.mnemonic = info.mnemonic;
    c.mentioned = mentioned_.contains(info.mnemonic);
    auto found = used_.find(c.record);
    const Used& used = found == used_.end() ? none : found->second;
    c.filesForms = used.forms.size();
    c.refused = info.kind == ptx::LoweringKind::Refused;
    std::vector<Form> forms = formsOf(info);
    std::erase_if(forms, [](const Form& f) { return !isLegal(f); });
    bool effects = hasEffects(info);
    for (const Form& f : forms) {
      bool known = ptxmatrix::isMatrix(info)
                       ? ptxmatrix::testedForms().contains(c.record + " " + f.name())
                   : effects ? !scenes(f).empty()
                             : !references(f).empty();
      c.swept |= known;
      if (!known && !used.forms.contains(f.name()) && !gang_.contains(c.record + " " + f.name()))
        c.missing.push_back(f.name());
    }
    c.total = forms.size();
    c.tested = c.total - c.missing.size();
    all.push_back(std::move(c));
  }
  return all;
}

std::string FormCoverage::csv() const {
  std::string text =
      "# record,how,tested,total,forms in files,missing; made by ninja ptx_coverage\n";
  for (const RecordCoverage& c : records()) {
    text += c.record + (c.swept ? ",sweep," : ",files,") + std::to_string(c.tested) + "," +
            std::to_string(c.total) + "," + std::to_string(c.filesForms) + ",";
    for (size_t i = 0; i < c.missing.size() && i < 12; ++i)
      text += (i ? " " : "") + c.missing[i];
    if (c.missing.size() > 12)
      text += " ...";
    text += "\n";
  }
  return text;
}

} // namespace anywarp::ptxtest
