import { useSuspenseQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { Icon } from "@/components/ui/icon";
import { Table } from "@/components/ui/table";
import { WindowTable } from "@/components/ui/window-table";
import { useLanguage } from "@/lib/language";
import { labelOf } from "@/lib/messages";
import { datasetVersionQuery } from "../api";
import { readValidation, settingsText, type RuleExample, type RuleResult } from "../validation";

const ROW_HEIGHT = 38;
const SHOWN_AT_ONCE = 30;

/** What the rows of a version were checked for and how it went; where it went wrong first. */
export function ValidationReport({ id }: { id: string }) {
  const { t } = useLanguage();
  const { data } = useSuspenseQuery(datasetVersionQuery(id));
  const validation = readValidation(data.validation);
  if (validation === undefined || validation.rules.length + validation.inferred.length === 0)
    return (
      <Card title={t("validation.title")}>
        <EmptyState icon="shield" title={t("validation.none")}>
          {t("validation.noneHint")}
        </EmptyState>
      </Card>
    );
  const failed = validation.rules.filter((rule) => !rule.hasPassed);
  const passed = validation.rules.filter((rule) => rule.hasPassed);
  return (
    <>
      {validation.rules.length > 0 && (
        <p className={`verdict-line tone-${failed.length === 0 ? "good" : validation.errors > 0 ? "bad" : "warn"}`}>
          <Icon name={failed.length === 0 ? "check" : "warning"} />
          {failed.length === 0
            ? t("validation.allPassed", { count: validation.rules.length })
            : t("validation.someFailed", {
                failed: failed.length,
                count: validation.rules.length,
                errors: validation.errors,
                warnings: validation.warnings,
              })}
        </p>
      )}
      {failed.length > 0 && <FailedRules rules={failed} />}
      {passed.length > 0 && (
        <Card flush title={t("validation.passed")} note={passed.length}>
          <RuleTable label={t("validation.passed")} rules={passed} hasResults />
        </Card>
      )}
      {validation.inferred.length > 0 && (
        <Card flush title={t("validation.inferred")} note={t("validation.inferredNote")}>
          <RuleTable label={t("validation.inferred")} rules={validation.inferred} hasResults={false} />
        </Card>
      )}
    </>
  );
}

function FailedRules({ rules }: { rules: readonly RuleResult[] }) {
  const { t } = useLanguage();
  const [shown, show] = useState(SHOWN_AT_ONCE);
  return (
    <Card flush title={t("validation.failed")} note={rules.length}>
      <ul className="entries">
        {rules.slice(0, shown).map((rule, i) => (
          <li key={i}>
            <FailedRule rule={rule} />
          </li>
        ))}
      </ul>
      {rules.length > shown && (
        <div className="load-more">
          <Button onClick={() => show(shown + SHOWN_AT_ONCE)}>{t("action.loadMore")}</Button>
        </div>
      )}
    </Card>
  );
}

function FailedRule({ rule }: { rule: RuleResult }) {
  const { t, format } = useLanguage();
  const settings = settingsText(rule.settings);
  const name = labelOf(t, "rule", rule.rule);
  return (
    <div className="entry">
      <div className="entry-head">
        <strong>{name}</strong>
        {rule.column !== undefined && <code>{rule.column}</code>}
        {settings !== "" && <span className="muted">{settings}</span>}
        <Badge tone={rule.isError ? "bad" : "warn"}>
          {t(rule.isError ? "validation.error" : "validation.warning")}
        </Badge>
      </div>
      {rule.message !== undefined && <p>{rule.message}</p>}
      <p className="entry-line muted">
        {rule.checked !== undefined && (
          <span>
            {t("validation.counts", { failed: format.count(rule.failed), checked: format.count(rule.checked) })}
          </span>
        )}
        {rule.mostly !== undefined && rule.mostly < 1 && (
          <span>{t("validation.mostly", { share: format.value(rule.mostly * 100) })}</span>
        )}
      </p>
      {rule.examples.length > 0 && <Examples label={`${name} ${rule.column ?? ""}`} examples={rule.examples} />}
    </div>
  );
}

function Examples({ label, examples }: { label: string; examples: readonly RuleExample[] }) {
  const { t } = useLanguage();
  const hasAsset = examples.some((example) => example.asset !== undefined);
  return (
    <div className="framed">
      <Table label={t("validation.examplesOf", { rule: label.trim() })}>
        <thead>
          <tr>
            <th scope="col">{t("validation.row")}</th>
            {hasAsset && <th scope="col">{t("columnRole.asset")}</th>}
            <th scope="col" className="right">
              {t("validation.value")}
            </th>
            <th scope="col">{t("validation.reason")}</th>
          </tr>
        </thead>
        <tbody>
          {examples.map((example, i) => (
            <tr key={i}>
              <th scope="row">{example.row ?? "–"}</th>
              {hasAsset && <td>{example.asset ?? "–"}</td>}
              <td className="right">
                <code>{example.value ?? "–"}</code>
              </td>
              <td className="wrap">{example.message ?? "–"}</td>
            </tr>
          ))}
        </tbody>
      </Table>
    </div>
  );
}

interface RuleTableProps {
  label: string;
  rules: readonly RuleResult[];
  hasResults: boolean;
}

function RuleTable({ label, rules, hasResults }: RuleTableProps) {
  const { t, format } = useLanguage();
  return (
    <WindowTable
      label={label}
      rows={rules}
      rowHeight={ROW_HEIGHT}
      head={
        <>
          <th scope="col">{t("validation.rule")}</th>
          <th scope="col">{t("dataColumns.name")}</th>
          <th scope="col">{t("validation.settings")}</th>
          <th scope="col">{t("validation.severity")}</th>
          {hasResults && (
            <>
              <th scope="col" className="right">
                {t("validation.checked")}
              </th>
              <th scope="col" className="right">
                {t("validation.outside")}
              </th>
            </>
          )}
        </>
      }
    >
      {(rule, rowIndex) => (
        <tr key={rowIndex} aria-rowindex={rowIndex}>
          <th scope="row">{labelOf(t, "rule", rule.rule)}</th>
          <td className="mono">{rule.column ?? <span className="muted">{t("validation.whole")}</span>}</td>
          <td>
            <span className="ellipsis" title={settingsText(rule.settings)}>
              {settingsText(rule.settings) || <span className="muted">–</span>}
            </span>
          </td>
          <td className={rule.isError ? undefined : "muted"}>
            {t(rule.isError ? "validation.error" : "validation.warning")}
            {rule.mostly !== undefined && rule.mostly < 1 && ` ≥ ${format.value(rule.mostly * 100)} %`}
          </td>
          {hasResults && (
            <>
              <td className="right">{rule.checked === undefined ? "–" : format.count(rule.checked)}</td>
              <td className="right">{rule.failed === undefined ? "–" : format.count(rule.failed)}</td>
            </>
          )}
        </tr>
      )}
    </WindowTable>
  );
}
