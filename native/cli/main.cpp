// shardplan: argv -> request, response -> table or JSON. Exit status 0; 2 for a request that is wrong; 1 for a fault of
// ours.
#include <iostream>

#include "api/handle.h"
#include "render.h"
#include "request.h"

int main(int argc, char** argv) {
  using namespace shardplan;
  const cli::Parsed parsed = cli::parse(argc, argv);
  if (!parsed.command) return parsed.exit_status;
  const cli::Command& command = *parsed.command;
  const api::Reply reply = api::handle(command.operation, command.request);
  const bool ok = reply.kind == api::Reply::Kind::kOk;
  if (command.json) std::cout << reply.json << "\n";
  else {
    const auto document = json::parse(reply.json, reply.json.size());
    if (ok) cli::render(command.operation, json::View(*document), std::cout);
    else cli::render_error(json::View(*document), std::cerr);
  }
  if (ok) return 0;
  return reply.kind == api::Reply::Kind::kInvalidRequest ? 2 : 1;
}
