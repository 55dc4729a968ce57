// A struct with a field of every kind, for the tests of reader, writer and schema.
#pragma once

#include "json/document.h"
#include "json/meta.h"

namespace shardplan::json {

enum class Colour { kRed, kBlue };

struct Point {
  int x = 0, y = 0;
  bool operator==(const Point&) const = default;
};

struct Named {
  using is_text_or_object = void;
  std::string name;
  std::optional<Point> definition;
  bool operator==(const Named&) const = default;
};

struct Part {
  int depth = 0;
  bool operator==(const Part&) const = default;
};

struct Sample {
  int whole = 0;
  double number = 0;
  bool flag = false;
  std::string text;
  Colour colour = Colour::kRed;
  std::optional<int> maybe;
  std::optional<double> maybe_number;
  std::vector<int> list;
  std::vector<Point> points;
  std::vector<std::pair<std::string, double>> map;
  Named named;
  RawJson raw;
  Part part;  // its fields stand beside the others
  bool operator==(const Sample&) const = default;
};

template <>
struct DescribeEnum<Colour> {
  static constexpr const char* kName = "colour";
  static std::span<const EnumEntry> entries() {
    static constexpr EnumEntry table[] = {{0, "red"}, {1, "blue"}, {1, "azure", "", true}};
    return table;
  }
};

template <>
struct Describe<Point> {
  static constexpr const char* kName = "point";
  static Fields fields() {
    static constexpr Field table[] = {field<&Point::x>("x").required(), field<&Point::y>("y").omit_default()};
    return table;
  }
};

template <>
struct Describe<Part> {
  static constexpr const char* kName = "part";
  static Fields fields() {
    static constexpr Field table[] = {field<&Part::depth>("depth").omit_default()};
    return table;
  }
};

template <>
struct Describe<Sample> {
  static constexpr const char* kName = "sample";
  static Fields fields() {
    using S = Sample;
    static constexpr Field own[] = {
        field<&S::whole>("whole", "A whole number.").alias("count").alias("n").range(-10, 1000),
        field<&S::number>("number").at_least(0),
        field<&S::flag>("flag"),
        field<&S::text>("text").omit_default(),
        field<&S::colour>("colour"),
        field<&S::maybe>("maybe").range(1, 8).or_text(),
        field<&S::maybe_number>("maybe_number"),
        field<&S::list>("list").scalar_or_list().range(0, 9).omit_default(),
        field<&S::points>("points").omit_default(),
        field<&S::map>("map").omit_default(),
        field<&S::named>("named").omit_default(),
        field<&S::raw>("raw").omit_default(),
    };
    static const FieldList table = FieldList().add(own).include<&S::part>();
    return table;
  }
};

inline Result<Sample> read_sample(std::string_view text) {
  Result<Document> document = parse(text);
  if (!document) return tl::unexpected<Diagnostics>(document.error());
  return read<Sample>(*document);
}

}  // namespace shardplan::json
