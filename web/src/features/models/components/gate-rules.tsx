import { useSuspenseQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Icon, type IconName } from "@/components/ui/icon";
import { useLanguage } from "@/lib/language";
import { gatesQuery, type Gate } from "../api";
import { approvalText, isOpen, ruleText } from "../gate-rule";
import { gatedStages, stages, type GatedStage } from "../stage";
import { GateDialog } from "./gate-dialog";

/** The rules that stand before each stage of a model. */
export function GateRules({ name, canEdit }: { name: string; canEdit: boolean }) {
  const { t } = useLanguage();
  const { data } = useSuspenseQuery(gatesQuery(name));
  const [editing, setEditing] = useState<GatedStage>();
  const gates = data.gates ?? [];
  return (
    <div className="gate-list">
      {gatedStages.map((stage) => {
        const gate = gates.find((each) => each.stage === stage);
        const stageName = t(stages[stage].text);
        return (
          <section key={stage} className="gate-stage" aria-label={t("gate.beforeStage", { stage: stageName })}>
            <div className="gate-stage-head">
              <h3>{t("gate.beforeStage", { stage: stageName })}</h3>
              {canEdit && (
                <Button
                  variant="quiet"
                  aria-label={t("gate.editStage", { stage: stageName })}
                  onClick={() => setEditing(stage)}
                >
                  <Icon name="pencil" />
                  {t("action.editShort")}
                </Button>
              )}
            </div>
            {gate === undefined || isOpen(gate) ? (
              <p className="muted">{t("gate.noRules", { stage: stageName })}</p>
            ) : (
              <RuleList gate={gate} />
            )}
          </section>
        );
      })}
      {editing !== undefined && (
        <GateDialog
          name={name}
          stage={editing}
          gate={gates.find((each) => each.stage === editing)}
          onClose={() => setEditing(undefined)}
        />
      )}
    </div>
  );
}

function RuleList({ gate }: { gate: Gate }) {
  const { t, format } = useLanguage();
  const approvals = gate.approvals;
  return (
    <ul className="rules">
      {(gate.rules ?? []).map((rule, i) => (
        <Rule key={i} icon="runs" name={rule.metric}>
          {ruleText(rule, t, format)}
        </Rule>
      ))}
      {approvals !== undefined && (approvals.count ?? 0) > 0 && (
        <Rule icon="person" name={t("approvals.title")}>
          {approvalText(approvals, t)}
        </Rule>
      )}
      {(gate.checks ?? []).map((check) => (
        <Rule key={check} icon="check" name={check}>
          {t("gate.checkPassed")}
        </Rule>
      ))}
    </ul>
  );
}

function Rule({ icon, name, children }: { icon: IconName; name: string; children: string }) {
  return (
    <li className="rule">
      <Icon name={icon} />
      <span className="rule-name">{name}</span>
      <span>{children}</span>
    </li>
  );
}
