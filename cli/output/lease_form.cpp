#include "cli/output/lease_form.h"

#include <utility>

#include "cli/output/lease_field.h"

namespace leases::cli {

void add_lease_form(Command command, LeaseForm& form, Option json,
                    const std::vector<std::string_view>& more) {
  std::vector<std::string_view> known = lease_field_names();
  known.insert(known.end(), more.begin(), more.end());
  Option columns =
      command.add_option("--columns", form.typed_columns, "Only these columns, with commas between");
  columns.excludes(json).value("FIELDS").validated_by([&form, known](const std::string& text) {
    std::string problem;
    if (auto fields = parse_fields(text, known, problem)) form.columns = std::move(*fields);
    return problem;
  });
  Option format =
      command.add_option("--format", form.typed_format, "A line for each, like '{name}\\t{ip-address}'");
  format.excludes(json)
      .excludes(columns)
      .value("TEMPLATE")
      .validated_by([&form, known](const std::string& text) {
        std::string problem;
        form.format = LineFormat::parse(text, known, problem);
        return problem;
      });
}

}  // namespace leases::cli
