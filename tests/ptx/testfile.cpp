// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "testfile.h"

#include "ptx/layout.h"
#include "ptx/names.h"

#include <bit>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace anywarp::ptxtest {
namespace {

using ptx::Type;

struct FormOperand {
  std::string name, type; // type empty: written as it is
};

struct Form {
  std::string entry;
  std::vector<FormOperand> outputs, inputs;
};

std::string trim(std::string s) {
  size_t a = s.find_first_not_of(" \t"), b = s.find_last_not_of(" \t;");
  return a == std::string::npos ? "" : s.substr(a, b - a + 1);
}

std::vector<std::string> words(const std::string& s) {
  std::istringstream in(s);
  std::vector<std::string> out;
  for (std::string w; in >> w;)
    out.push_back(w);
  return out;
}

std::string registerType(const std::string& type) {
  if (type == "u8" || type == "s8" || type == "b8")
    return "b16";
  if (type == "f16x2" || type == "bf16x2")
    return "b32";
  if (type == "f16" || type == "bf16")
    return "b16";
  return type;
}

std::string memoryType(const std::string& type) {
  return type == "pred" ? "u32" : registerType(type);
}

// Takes NAME:TYPE pieces out of an operand ("{a:u32,b:u32}", "d:u32|p:pred", "!q:pred", "[a:u64]").
std::string takeNames(const std::string& text, std::vector<FormOperand>& found) {
  std::string out;
  size_t i = 0;
  auto isName = [](char c) { return isalnum(uint8_t(c)) || c == '_'; };
  while (i < text.size()) {
    if (isalpha(uint8_t(text[i])) &&
        (i == 0 || !(isName(text[i - 1]) || text[i - 1] == '%' || text[i - 1] == '.'))) {
      size_t j = i;
      while (j < text.size() && isName(text[j]))
        ++j;
      std::string name = text.substr(i, j - i);
      if (j < text.size() && text[j] == ':') {
        size_t k = ++j;
        while (k < text.size() && isName(text[k]))
          ++k;
        found.push_back({name, text.substr(j, k - j)});
        out += "%" + name;
        i = k;
        continue;
      }
      out += name;
      i = j;
      continue;
    }
    out += text[i++];
  }
  return out;
}

// The kernel of a form: parameters, registers, the instruction, stores of the results.
std::string makeKernel(const std::string& text, Form& form, int number) {
  size_t space = text.find(' ');
  std::string opcode = text.substr(0, space),
              operands = space == std::string::npos ? "" : text.substr(space);
  // Everything up to the first comma outside braces belongs to the outputs.
  int depth = 0;
  size_t comma = 0;
  while (comma < operands.size() && !(operands[comma] == ',' && depth == 0)) {
    depth += operands[comma] == '{' ? 1 : operands[comma] == '}' ? -1 : 0;
    ++comma;
  }
  std::string first = takeNames(operands.substr(0, comma), form.outputs);
  std::string rest = comma < operands.size() ? takeNames(operands.substr(comma), form.inputs) : "";
  form.entry = "form" + std::to_string(number);
  std::string params, body;
  auto declare = [&](const FormOperand& o) {
    body += "  .reg ." + registerType(o.type) + " %" + o.name + ";\n";
  };
  for (const FormOperand& o : form.outputs)
    declare(o);
  for (const FormOperand& o : form.inputs) {
    declare(o);
    params += ".param ." + memoryType(o.type) + " p_" + o.name + ", ";
    if (o.type == "pred")
      body += "  .reg .b32 %i_" + o.name + ";\n  ld.param.b32 %i_" + o.name + ", [p_" + o.name +
              "];\n  setp.ne.u32 %" + o.name + ", %i_" + o.name + ", 0;\n";
    else
      body += "  ld.param." + memoryType(o.type) + " %" + o.name + ", [p_" + o.name + "];\n";
  }
  body +=
      "  .reg .b64 %out;\n  ld.param.u64 %out, [p_out];\n  " + opcode + " " + first + rest + ";\n";
  size_t offset = 0;
  for (const FormOperand& o : form.outputs) {
    std::string name = "%" + o.name;
    if (o.type == "pred") {
      body += "  .reg .b32 %o_" + o.name + ";\n  selp.u32 %o_" + o.name + ", 1, 0, " + name + ";\n";
      name = "%o_" + o.name;
    }
    body += "  st.global." + memoryType(o.type) + " [%out+" + std::to_string(offset) + "], " +
            name + ";\n";
    offset += 8;
  }
  return ".visible .entry " + form.entry + "(" + params + ".param .u64 p_out) {\n" + body +
         "  ret;\n}\n";
}

Value parseValue(const std::string& text, Type type, bool& ok) {
  Value v;
  v.type = type;
  if (text == "nan" && type != Type::None) {
    v.anyNan = true;
    return v;
  }
  v.bits = parseNumber(text, type, ok);
  return v;
}

Type typeOf(const std::string& name) {
  return ptx::typeFromName(name).value_or(Type::None);
}

Run parseRun(const std::string& text, const Form* form, std::string& problem) {
  Run run;
  run.text = text;
  size_t equals = text.find("==");
  if (equals == std::string::npos) {
    problem = "no == in run line";
    return run;
  }
  run.inputs = words(text.substr(0, equals));
  std::vector<std::string> outputs = words(text.substr(equals + 2));
  if (form)
    run.entry = form->entry;
  else if (!run.inputs.empty()) {
    run.entry = run.inputs[0];
    run.inputs.erase(run.inputs.begin());
  }
  if (outputs.size() == 1 && (outputs[0] == "trap" || outputs[0] == "exit")) {
    run.ending = outputs[0];
    return run;
  }
  if (form && outputs.size() != form->outputs.size()) {
    problem = "wrong number of results: " + text;
    return run;
  }
  bool ok = true;
  for (size_t i = 0; i < outputs.size(); ++i) {
    std::string type, value = outputs[i];
    if (form) {
      type = form->outputs[i].type == "pred" ? "u32" : form->outputs[i].type;
    } else {
      size_t colon = value.find(':');
      type = value.substr(0, colon);
      value = colon == std::string::npos ? "" : value.substr(colon + 1);
    }
    if (typeOf(type) == Type::None)
      ok = false;
    run.outputs.push_back(parseValue(value, typeOf(type), ok));
  }
  if (!ok)
    problem = "bad result: " + text;
  return run;
}

} // namespace

uint64_t parseNumber(const std::string& text, Type type, bool& ok) {
  char* end = nullptr;
  const char* start = text.c_str();
  uint64_t bits = 0;
  bool isFloat = type == Type::F32 || type == Type::F64;
  if (isFloat && (text.starts_with("0f") || text.starts_with("0d"))) {
    bits = strtoull(start + 2, &end, 16);
  } else if (isFloat) {
    if (type == Type::F32)
      bits = std::bit_cast<uint32_t>(strtof(start, &end));
    else
      bits = std::bit_cast<uint64_t>(strtod(start, &end));
  } else {
    bits = text[0] == '-' ? uint64_t(strtoll(start, &end, 0)) : strtoull(start, &end, 0);
  }
  if (!end || *end || text.empty())
    ok = false;
  unsigned size = type == Type::Pred ? 4 : ptx::sizeOf(type);
  return size >= 8 ? bits : bits & ((1ull << (8 * size)) - 1);
}

TestFile readTestFile(const std::string& path) {
  TestFile file;
  std::ifstream in(path);
  std::string line, own, made;
  std::vector<Form> forms;
  bool hasForm = false;
  std::vector<std::pair<int, std::string>> runs;
  for (int number = 1; std::getline(in, line); ++number) {
    auto after = [&](const char* key) {
      size_t at = line.find(key);
      return at == std::string::npos ? std::string()
                                     : trim(line.substr(at + std::string(key).size()));
    };
    std::string problem;
    if (line.find("// form:") == 0) {
      Form form;
      made += makeKernel(after("// form:"), form, int(forms.size()));
      forms.push_back(form);
      hasForm = true;
    } else if (line.find("// run:") == 0) {
      file.runs.push_back(parseRun(after("// run:"), hasForm ? &forms.back() : nullptr, problem));
      file.runs.back().line = number;
    } else if (line.find("// error:") == 0) {
      std::string rest = after("// error:");
      size_t colon = rest.find(':');
      file.errors.push_back({number, rest.substr(0, colon), trim(rest.substr(colon + 1))});
    } else if (line.find("// ptx") == 0) {
      hasForm = false;
    }
    if (!problem.empty() && file.problem.empty())
      file.problem = std::to_string(number) + ": " + problem;
    if (line.find("//") != 0)
      own += line;
    own += "\n"; // comments leave empty lines, so that line numbers stay
  }
  bool ownHeader = own.find(".version") != std::string::npos;
  file.ptx = (ownHeader ? own : ".version 9.0\n.target sm_100\n.address_size 64\n" + own) + made;
  return file;
}

} // namespace anywarp::ptxtest
