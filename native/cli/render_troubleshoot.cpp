#include "render_troubleshoot.h"

#include <string>

#include "table.h"

namespace shardplan::cli {
namespace {

using json::View;

void list(const char* title, View items, std::ostream& out, std::string (*line)(View)) {
  if (items.size() == 0) return;
  out << "  " << title << "\n";
  for (size_t i = 0; i < items.size(); ++i) out << "    " << line(items.at(i)) << "\n";
}

std::string cause(View c) {
  const std::string holds = c["holds"].text(), because = c["because"] ? " " + c["because"].text() : "";
  return (holds == "possible" ? "" : holds + ": ") + c["cause"].text() + because;
}

void diagnosis(View d, std::ostream& out) {
  out << "\n" << d["summary"].text() << "\n";
  out << "  " << d["topic"].text() << ", " << d["category"].text() << ", " << d["severity"].text();
  if (d["follows"]) out << ", probably a consequence of " << d["follows"].text();
  out << "\n";
  list("Evidence", d["evidence"], out, [](View e) { return "line " + e["line"].text() + ": " + e["text"].text(); });
  list("Causes", d["causes"], out, cause);
  list("Checks", d["checks"], out, [](View c) { return c["run"].text() + "\n      " + c["shows"].text(); });
  list("What mends it", d["fixes"], out, [](View f) { return f["fix"].text(); });
  list("Settings", d["settings"], out,
       [](View s) { return s["name"].text() + "=" + s["value"].text() + "\n      " + s["reason"].text(); });
  list("Sources", d["sources"], out, [](View s) { return s["title"].text() + ": " + s["url"].text(); });
}

}  // namespace

void render_troubleshoot(View r, std::ostream& out) {
  out << r["verdict"].text() << "\n";
  for (size_t i = 0; i < r["diagnoses"].size(); ++i) diagnosis(r["diagnoses"].at(i), out);
  View topics = r["topics"];
  if (topics.size() == 0) return;
  Table t({"topic", "what", "category", "severity"});
  for (size_t i = 0; i < topics.size(); ++i) {
    View topic = topics.at(i);
    t.row({topic["topic"].text(), topic["title"].text(), topic["category"].text(), topic["severity"].text()});
  }
  t.left({0, 1, 2, 3});
  out << "\n";
  t.print(out);
}

}  // namespace shardplan::cli
