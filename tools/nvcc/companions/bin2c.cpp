// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// bin2c: a file as an array of C, for programs that carry PTX or fatbins inside.
#include "arguments.h"
#include "session.h"

using namespace anywarp::nvcc;

namespace {

constexpr const char* kHelp = "Usage: bin2c [options] file\n"
                              "  -c, --const        declare it const\n"
                              "  -st, --static      declare it static\n"
                              "  -n, --name NAME    name of the array, imageBytes if not given\n"
                              "  -t, --type TYPE    unsigned char (char) only\n"
                              "  -p, --padd BYTES   bytes to append, such as 0 or 0,0\n"
                              "      --length       also define NAME with Length behind it\n";

} // namespace

int main(int argc, char** argv) {
  Arguments arguments(argc, argv, {"n", "name", "t", "type", "p", "padd"});
  if (arguments.has("h") || arguments.has("help"))
    return std::fputs(kHelp, stdout), 0;
  if (arguments.files.size() != 1)
    return failTool("bin2c", "One file is expected; use option --help for more information");
  if (arguments.last({"t", "type"}, "char").find("char") == std::string::npos)
    return failTool("bin2c", "Only arrays of char are made");
  auto bytes = readFile(arguments.files[0]);
  if (!bytes)
    return failTool("bin2c", bytes.error().message);
  std::string name = arguments.last({"n", "name"}, "imageBytes");
  std::string storage = arguments.has("st") || arguments.has("static") ? "static " : "";
  storage += arguments.has("c") || arguments.has("const") ? "const " : "";
  std::printf("#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n%sunsigned char %s[] = {\n",
              storage.c_str(), name.c_str());
  for (size_t i = 0; i < bytes->size(); ++i)
    std::printf("0x%02x,%s", unsigned((unsigned char)(*bytes)[i]), i % 16 == 15 ? "\n" : "");
  std::printf("%s\n};\n", arguments.last({"p", "padd"}).c_str());
  if (arguments.has("length"))
    std::printf("%sunsigned long long %sLength = %zu;\n", storage.c_str(), name.c_str(),
                bytes->size());
  std::printf("\n#ifdef __cplusplus\n}\n#endif\n");
  return 0;
}
