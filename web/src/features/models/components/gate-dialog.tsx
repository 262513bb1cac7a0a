import { useQuery } from "@tanstack/react-query";
import { useId, useState, type SubmitEvent } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { CheckField } from "@/components/ui/check-field";
import { SelectField, TextField } from "@/components/ui/field";
import { Icon } from "@/components/ui/icon";
import { FormEnd } from "@/components/ui/form-end";
import { useLanguage } from "@/lib/language";
import { evaluationsQuery, modelQuery, type Gate } from "../api";
import { useSetGate } from "../edits";
import { draftOf, newRule, requestOf, type GateDraft } from "../gate-form";
import { stages, type GatedStage } from "../stage";

interface Props {
  name: string;
  stage: GatedStage;
  gate: Gate | undefined;
  onClose: () => void;
}

export function GateDialog(props: Props) {
  const { t } = useLanguage();
  const stage = t(stages[props.stage].text);
  return (
    <Dialog
      wide
      open
      onOpenChange={props.onClose}
      title={t("gateForm.title", { name: props.name, stage })}
      description={t("gateForm.description")}
    >
      <GateForm {...props} />
    </Dialog>
  );
}

function GateForm({ name, stage, gate, onClose }: Props) {
  const { t } = useLanguage();
  const [draft, setDraft] = useState(() => draftOf(gate));
  const set = useSetGate(name, stage);
  const change = (part: Partial<GateDraft>) => setDraft((old) => ({ ...old, ...part }));
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    set.mutate(requestOf(draft), { onSuccess: onClose });
  };
  return (
    <form onSubmit={submit}>
      <MetricRules name={name} rules={draft.rules} onChange={(rules) => change({ rules })} />
      <fieldset className="fieldset">
        <legend>{t("gateForm.approvals")}</legend>
        <div className="field-row">
          <TextField
            label={t("gateForm.people")}
            type="number"
            min={0}
            max={20}
            required
            value={draft.approvals}
            onChange={(event) => change({ approvals: event.target.value })}
          />
          <SelectField
            label={t("gateForm.leastRole")}
            value={draft.leastRole}
            options={[
              { value: "ROLE_ENGINEER", label: t("role.engineer") },
              { value: "ROLE_ADMIN", label: t("role.admin") },
            ]}
            onChange={(leastRole) => change({ leastRole })}
          />
        </div>
        <CheckField
          label={t("gateForm.notAuthor")}
          isChecked={draft.notAuthor}
          onChange={(notAuthor) => change({ notAuthor })}
        />
      </fieldset>
      <RequiredChecks checks={draft.checks} onChange={(checks) => change({ checks })} />
      <FormEnd act={set} submit={t("gateForm.submit")} onCancel={onClose} />
    </form>
  );
}

interface RulesProps {
  name: string;
  rules: GateDraft["rules"];
  onChange: (rules: GateDraft["rules"]) => void;
}

function MetricRules({ name, rules, onChange }: RulesProps) {
  const { t } = useLanguage();
  const list = useId();
  // The metrics of the newest version's evaluations, offered while typing.
  const model = useQuery(modelQuery(name));
  const latest = model.data?.latest_version ?? 0;
  const evaluations = useQuery({ ...evaluationsQuery(name, latest), enabled: latest > 0 });
  const metrics = new Set(evaluations.data?.evaluations?.flatMap(({ metrics = {} }) => Object.keys(metrics)));
  const change = (i: number, part: Partial<GateDraft["rules"][number]>) =>
    onChange(rules.map((rule, each) => (each === i ? { ...rule, ...part } : rule)));
  return (
    <fieldset className="fieldset">
      <legend>{t("gateForm.metrics")}</legend>
      <datalist id={list}>
        {[...metrics].map((metric) => (
          <option key={metric} value={metric} />
        ))}
      </datalist>
      {rules.map((rule, i) => (
        <div key={i} className="rule-row" role="group" aria-label={t("gateForm.rule", { number: i + 1 })}>
          <TextField
            label={t("gate.metric")}
            value={rule.metric}
            list={list}
            maxLength={250}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => change(i, { metric: event.target.value })}
          />
          <SelectField
            label={t("gateForm.direction")}
            value={rule.direction}
            options={[
              { value: "DIRECTION_MINIMIZE", label: t("gateForm.atMost") },
              { value: "DIRECTION_MAXIMIZE", label: t("gateForm.atLeast") },
            ]}
            onChange={(direction) => change(i, { direction })}
          />
          <TextField
            label={t("gateForm.bound")}
            type="number"
            step="any"
            value={rule.bound}
            placeholder={t("gateForm.noBound")}
            onChange={(event) => change(i, { bound: event.target.value })}
          />
          <button
            type="button"
            className="icon-button"
            aria-label={t("gateForm.removeRule", { number: i + 1 })}
            onClick={() => onChange(rules.filter((_, each) => each !== i))}
          >
            <Icon name="cross" />
          </button>
          <CheckField
            label={t("gateForm.noWorse")}
            isChecked={rule.noWorse}
            onChange={(noWorse) => change(i, { noWorse })}
          />
          <CheckField
            label={t("gateForm.withinInterval")}
            isChecked={rule.noWorse && rule.withinInterval}
            onChange={(withinInterval) => change(i, { withinInterval })}
          />
        </div>
      ))}
      <Button className="fit" onClick={() => onChange([...rules, newRule])}>
        <Icon name="plus" />
        {t("gateForm.addRule")}
      </Button>
    </fieldset>
  );
}

function RequiredChecks({ checks, onChange }: { checks: string[]; onChange: (checks: string[]) => void }) {
  const { t } = useLanguage();
  return (
    <fieldset className="fieldset">
      <legend>{t("gateForm.checks")}</legend>
      {checks.map((check, i) => (
        <div key={i} className="check-row">
          <TextField
            label={t("gateForm.check", { number: i + 1 })}
            value={check}
            maxLength={250}
            autoComplete="off"
            spellCheck={false}
            placeholder="security-scan"
            onChange={(event) => onChange(checks.map((old, each) => (each === i ? event.target.value : old)))}
          />
          <button
            type="button"
            className="icon-button"
            aria-label={t("gateForm.removeCheck", { number: i + 1 })}
            onClick={() => onChange(checks.filter((_, each) => each !== i))}
          >
            <Icon name="cross" />
          </button>
        </div>
      ))}
      <Button className="fit" onClick={() => onChange([...checks, ""])}>
        <Icon name="plus" />
        {t("gateForm.addCheck")}
      </Button>
    </fieldset>
  );
}
