import { Badge } from "@/components/ui/badge";
import { Table } from "@/components/ui/table";
import { useLanguage } from "@/lib/language";
import type { GateFinding } from "../api";
import { ruleText } from "../gate-rule";

export function GateFindings({ findings }: { findings: readonly GateFinding[] }) {
  const { t, format } = useLanguage();
  return (
    <Table label={t("gate.title")}>
      <thead>
        <tr>
          <th scope="col">{t("gate.metric")}</th>
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
          <tr key={i}>
            <th scope="row">
              {finding.rule?.metric}
              {finding.rule && <span className="stacked">{ruleText(finding.rule, t, format)}</span>}
              {finding.passed !== true && finding.message !== undefined && (
                <span className="stacked wrap-text">{finding.message}</span>
              )}
            </th>
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
            <td className="right">
              <Badge tone={finding.passed === true ? "good" : "bad"}>
                {t(finding.passed === true ? "gate.pass" : "gate.fail")}
              </Badge>
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
