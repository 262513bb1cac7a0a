import { Badge } from "@/components/ui/badge";
import { Table } from "@/components/ui/table";
import { useLanguage } from "@/lib/language";
import type { GateFinding } from "../api";
import { findingText } from "../finding-text";
import { ruleText } from "../gate-rule";

/** What the gate found, a row for each rule: numbers of a metric, people of approvals, the result of a check. */
export function GateFindings({ findings }: { findings: readonly GateFinding[] }) {
  const { t } = useLanguage();
  return (
    <Table label={t("gate.title")}>
      <thead>
        <tr>
          <th scope="col">{t("gate.rule")}</th>
          <th scope="col" className="right">
            {t("gate.candidate")}
          </th>
          <th scope="col" className="right">
            {t("stage.production")}
          </th>
          <th scope="col" className="right">
            {t("gate.result")}
          </th>
        </tr>
      </thead>
      <tbody>
        {findings.map((finding, i) => (
          <FindingRow key={i} finding={finding} />
        ))}
      </tbody>
    </Table>
  );
}

function FindingRow({ finding }: { finding: GateFinding }) {
  const { t, format } = useLanguage();
  const passed = finding.passed === true;
  const reason = findingText(finding, t, format);
  return (
    <tr>
      <th scope="row">
        <FindingName finding={finding} />
        {reason !== undefined && <span className="stacked wrap-text bad-note">{reason}</span>}
      </th>
      <FindingValues finding={finding} />
      <td className="right">
        <Badge tone={passed ? "good" : "bad"}>{t(passed ? "gate.pass" : "gate.fail")}</Badge>
      </td>
    </tr>
  );
}

function FindingName({ finding }: { finding: GateFinding }) {
  const { t, format } = useLanguage();
  if (finding.kind === "FINDING_KIND_APPROVALS") return t("approvals.title");
  if (finding.kind === "FINDING_KIND_CHECK")
    return (
      <>
        {finding.check}
        <span className="stacked">{t("checks.check")}</span>
      </>
    );
  return (
    <>
      {finding.rule?.metric}
      {finding.rule && <span className="stacked">{ruleText(finding.rule, t, format)}</span>}
    </>
  );
}

function FindingValues({ finding }: { finding: GateFinding }) {
  const { t, format } = useLanguage();
  if (finding.kind === "FINDING_KIND_APPROVALS") {
    const people = finding.approved_by ?? [];
    return (
      <td className="right" colSpan={2}>
        {t("gate.approvalsGiven", { given: people.length, required: finding.required ?? 0 })}
        {people.length > 0 && <span className="stacked">{people.join(", ")}</span>}
      </td>
    );
  }
  if (finding.kind === "FINDING_KIND_CHECK") return <td colSpan={2} />;
  return (
    <>
      <td className="right">
        {finding.value === undefined ? <span className="muted">–</span> : format.value(finding.value)}
      </td>
      <td className="right">
        {finding.production_value === undefined ? (
          <span className="muted">–</span>
        ) : (
          <>
            {format.value(finding.production_value)}
            {(finding.production_version ?? 0) > 0 && (
              <span className="stacked">{t("version.short", { version: finding.production_version ?? 0 })}</span>
            )}
          </>
        )}
      </td>
    </>
  );
}
