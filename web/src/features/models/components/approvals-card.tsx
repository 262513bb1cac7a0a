import { useSuspenseQuery } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { Badge } from "@/components/ui/badge";
import { Boundary } from "@/components/ui/boundary";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { DialogButton } from "@/components/ui/dialog-button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorNote } from "@/components/ui/error-state";
import { readField, SelectField, TextArea } from "@/components/ui/field";
import { Table } from "@/components/ui/table";
import { TimeAgo } from "@/components/ui/time";
import { errorText } from "@/lib/error-text";
import { useLanguage } from "@/lib/language";
import { approvalsQuery } from "../api";
import { latestWords } from "../approval-words";
import { useApprove } from "../edits";
import { gatedStages, stages, type GatedStage } from "../stage";

interface Props {
  name: string;
  version: number;
  canEdit: boolean;
}

/** What people said of a version. */
export function ApprovalsCard({ name, version, canEdit }: Props) {
  const { t } = useLanguage();
  return (
    <Card
      flush
      title={t("approvals.title")}
      actions={
        canEdit && (
          <DialogButton
            label={t("approvals.give")}
            className="button-small"
            title={`${t("approvals.give")}: ${t("version.title", { name, version })}`}
            description={t("approvals.description")}
          >
            {(close) => <ApprovalForm name={name} version={version} onClose={close} />}
          </DialogButton>
        )
      }
    >
      <Boundary lines={2}>
        <ApprovalTable name={name} version={version} />
      </Boundary>
    </Card>
  );
}

function ApprovalTable({ name, version }: Omit<Props, "canEdit">) {
  const { t } = useLanguage();
  const { data } = useSuspenseQuery(approvalsQuery(name, version));
  const approvals = data.approvals ?? [];
  if (approvals.length === 0) return <EmptyState icon="person" title={t("approvals.empty")} />;
  const latest = latestWords(approvals);
  return (
    <Table label={t("approvals.title")}>
      <thead>
        <tr>
          <th scope="col">{t("approvals.who")}</th>
          <th scope="col">{t("approvals.word")}</th>
          <th scope="col">{t("approvals.for")}</th>
          <th scope="col" className="right">
            {t("approvals.when")}
          </th>
        </tr>
      </thead>
      <tbody>
        {approvals.map((approval) => {
          const isApproved = approval.is_approved === true;
          const counts = latest.has(approval.approval_id);
          return (
            <tr key={approval.approval_id} className={counts ? undefined : "faded"}>
              <th scope="row">
                {approval.actor}
                {approval.reason !== undefined && <span className="stacked wrap-text">{approval.reason}</span>}
              </th>
              <td>
                <Badge tone={!counts ? "neutral" : isApproved ? "good" : "bad"}>
                  {t(isApproved ? "approvals.approved" : "approvals.rejected")}
                </Badge>
                {!counts && <span className="stacked">{t("approvals.outdated")}</span>}
              </td>
              <td>{t(stages[approval.stage ?? "STAGE_NONE"].text)}</td>
              <td className="right">
                <TimeAgo at={approval.at} />
              </td>
            </tr>
          );
        })}
      </tbody>
    </Table>
  );
}

function ApprovalForm({ name, version, onClose }: Omit<Props, "canEdit"> & { onClose: () => void }) {
  const { t } = useLanguage();
  const approve = useApprove(name, version);
  const [stage, setStage] = useState<GatedStage>("STAGE_PRODUCTION");
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const isApproved = event.nativeEvent.submitter?.getAttribute("value") !== "reject";
    const reason = readField(event.currentTarget, "reason").trim();
    approve.mutate({ isApproved, stage, reason }, { onSuccess: onClose });
  };
  const sent = approve.isPending ? approve.variables : undefined;
  return (
    <form onSubmit={submit}>
      <SelectField
        label={t("approvals.for")}
        value={stage}
        options={gatedStages.map((each) => ({ value: each, label: t(stages[each].text) }))}
        onChange={setStage}
      />
      <TextArea label={t("approvals.reason")} hint={t("approvals.reasonHint")} name="reason" maxLength={5000} />
      {approve.isError && <ErrorNote text={errorText(approve.error, t)} />}
      <div className="dialog-actions">
        <Button onClick={onClose}>{t("action.cancel")}</Button>
        <Button
          type="submit"
          value="reject"
          variant="danger"
          busy={sent?.isApproved === false}
          disabled={approve.isPending}
        >
          {t("approvals.reject")}
        </Button>
        <Button
          type="submit"
          value="approve"
          variant="primary"
          busy={sent?.isApproved === true}
          disabled={approve.isPending}
        >
          {t("approvals.approve")}
        </Button>
      </div>
    </form>
  );
}
