import { useState } from "react";
import { Boundary } from "@/components/ui/boundary";
import { Card } from "@/components/ui/card";
import { SelectField } from "@/components/ui/field";
import { useLanguage } from "@/lib/language";
import type { PromotableStage } from "../api";
import { stages } from "../stage";
import { GateCheck } from "./gate-check";

const gated = ["STAGE_PRODUCTION", "STAGE_STAGING"] as const satisfies readonly PromotableStage[];

/** The gate's numbers, before anybody presses a button. */
export function GateCard({ name, version }: { name: string; version: number }) {
  const { t } = useLanguage();
  const [stage, setStage] = useState<(typeof gated)[number]>("STAGE_PRODUCTION");
  return (
    <Card
      flush
      title={t("gate.title")}
      actions={
        <div className="inline-field">
          <SelectField
            label={t("gate.before")}
            value={stage}
            options={gated.map((each) => ({ value: each, label: t(stages[each].text) }))}
            onChange={setStage}
          />
        </div>
      }
    >
      <Boundary>
        <GateCheck key={stage} name={name} version={version} stage={stage} />
      </Boundary>
    </Card>
  );
}
