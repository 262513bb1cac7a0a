import { useSuspenseQuery } from "@tanstack/react-query";
import { Icon } from "@/components/ui/icon";
import type { Stage } from "@/lib/api-types";
import { useLanguage } from "@/lib/language";
import { gateQuery } from "../api";
import { stages } from "../stage";
import { GateFindings } from "./gate-findings";

/** What the gate before `stage` would say of this version now, with its numbers. */
export function GateCheck({ name, version, stage }: { name: string; version: number; stage: Stage }) {
  const { t } = useLanguage();
  const { data: decision } = useSuspenseQuery(gateQuery(name, version, stage));
  const findings = decision.findings ?? [];
  const passed = decision.passed === true;
  const stageName = t(stages[stage].text);
  return (
    <div className="gate">
      <p className={`gate-verdict tone-${passed ? "good" : "bad"}`}>
        <Icon name={passed ? "check" : "cross"} />
        {findings.length === 0
          ? t("gate.noRules", { stage: stageName })
          : t(passed ? "gate.open" : "gate.closed", { stage: stageName })}
      </p>
      {findings.length > 0 && <GateFindings findings={findings} />}
    </div>
  );
}
