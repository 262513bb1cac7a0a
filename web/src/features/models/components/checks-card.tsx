import { useSuspenseQuery } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { Badge } from "@/components/ui/badge";
import { Boundary } from "@/components/ui/boundary";
import { Card } from "@/components/ui/card";
import { DialogButton } from "@/components/ui/dialog-button";
import { EmptyState } from "@/components/ui/empty-state";
import { readField, SelectField, TextArea, TextField } from "@/components/ui/field";
import { Table } from "@/components/ui/table";
import { TimeAgo } from "@/components/ui/time";
import { FormEnd } from "@/components/ui/form-end";
import { useLanguage } from "@/lib/language";
import { checksQuery, type Check } from "../api";
import { useRecordCheck } from "../edits";

interface Props {
  name: string;
  version: number;
  canEdit: boolean;
}

/** What CI and people found of a version. */
export function ChecksCard({ name, version, canEdit }: Props) {
  const { t } = useLanguage();
  return (
    <Card
      flush
      title={t("checks.title")}
      actions={
        canEdit && (
          <DialogButton
            label={t("checks.record")}
            className="button-small"
            title={`${t("checks.record")}: ${t("version.title", { name, version })}`}
            description={t("checks.description")}
          >
            {(close) => <CheckForm name={name} version={version} onClose={close} />}
          </DialogButton>
        )
      }
    >
      <Boundary lines={2}>
        <CheckTable name={name} version={version} />
      </Boundary>
    </Card>
  );
}

function CheckTable({ name, version }: Omit<Props, "canEdit">) {
  const { t } = useLanguage();
  const { data } = useSuspenseQuery(checksQuery(name, version));
  const checks = data.checks ?? [];
  if (checks.length === 0) return <EmptyState icon="shield" title={t("checks.empty")} />;
  // Newest first: the first of a name is the one that counts.
  const counting = new Set(new Map([...checks].reverse().map((each) => [each.check, each])).values());
  return (
    <Table label={t("checks.title")}>
      <thead>
        <tr>
          <th scope="col">{t("checks.check")}</th>
          <th scope="col">{t("checks.result")}</th>
          <th scope="col" className="right">
            {t("approvals.when")}
          </th>
        </tr>
      </thead>
      <tbody>
        {checks.map((check) => (
          <CheckRow key={check.check_id} check={check} counts={counting.has(check)} />
        ))}
      </tbody>
    </Table>
  );
}

function CheckRow({ check, counts }: { check: Check; counts: boolean }) {
  const { t } = useLanguage();
  const passed = check.is_passed === true;
  const isLink = check.link !== undefined && /^https?:\/\//i.test(check.link);
  return (
    <tr className={counts ? undefined : "faded"}>
      <th scope="row">
        {check.check}
        {check.details !== undefined && <span className="stacked wrap-text clamp">{check.details}</span>}
      </th>
      <td>
        <Badge tone={!counts ? "neutral" : passed ? "good" : "bad"}>
          {t(passed ? "checks.passed" : "checks.failed")}
        </Badge>
        {isLink && (
          <a className="stacked" href={check.link} target="_blank" rel="noreferrer noopener">
            {t("checks.more")}
          </a>
        )}
      </td>
      <td className="right">
        <TimeAgo at={check.at} />
        <span className="stacked">{check.actor}</span>
      </td>
    </tr>
  );
}

function CheckForm({ name, version, onClose }: Omit<Props, "canEdit"> & { onClose: () => void }) {
  const { t } = useLanguage();
  const record = useRecordCheck(name, version);
  const [result, setResult] = useState<"passed" | "failed">("passed");
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    record.mutate(
      {
        check: readField(form, "check").trim(),
        is_passed: result === "passed",
        details: readField(form, "details").trim(),
        link: readField(form, "link").trim(),
      },
      { onSuccess: onClose },
    );
  };
  return (
    <form onSubmit={submit}>
      <div className="field-row">
        <TextField
          label={t("checks.name")}
          name="check"
          required
          maxLength={250}
          placeholder="security-scan"
          autoComplete="off"
          spellCheck={false}
        />
        <SelectField
          label={t("checks.result")}
          value={result}
          options={[
            { value: "passed", label: t("checks.passed") },
            { value: "failed", label: t("checks.failed") },
          ]}
          onChange={setResult}
        />
      </div>
      <TextArea label={t("checks.details")} name="details" maxLength={60_000} />
      <TextField label={t("checks.link")} name="link" type="url" maxLength={5000} autoComplete="off" />
      <FormEnd act={record} submit={t("checks.submit")} onCancel={onClose} />
    </form>
  );
}
