// How Allure renders a run. `webex-conformance report` sets the REPORT_* variables.
import { readFileSync } from "node:fs";
import { join } from "node:path";

const { REPORT_NAME, REPORT_RESULTS, REPORT_OUTPUT, REPORT_HISTORY } = process.env;

export default {
  name: REPORT_NAME,
  output: REPORT_OUTPUT,
  historyPath: REPORT_HISTORY,
  historyLimit: 15,
  appendHistory: true,
  // The run wrote them beside its results: one list for every Allure.
  categories: JSON.parse(readFileSync(join(REPORT_RESULTS, "categories.json"), "utf8")),
  plugins: {
    awesome: {
      options: { singleFile: true, reportLanguage: "en", groupBy: ["epic", "feature", "story"] },
    },
  },
};
