import { useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Badge } from "@/components/ui/badge";
import { CopyText } from "@/components/ui/copy-text";
import { EditableText } from "@/components/ui/editable-text";
import { Markdown } from "@/components/ui/markdown";
import { PageHeader } from "@/components/ui/page-header";
import { TagEditor } from "@/components/ui/tag-editor";
import { TimeAgo } from "@/components/ui/time";
import { useLanguage } from "@/lib/language";
import { experimentQuery, noteOf, ownTags, useRemoveTag, useSetNote, useSetTag } from "../api";
import { ExperimentActions, type Rights } from "./experiment-actions";

interface Props {
  id: string;
  rights: Rights;
  onPurged: () => void;
}

export function ExperimentHeader({ id, rights, onPurged }: Props) {
  const { t } = useLanguage();
  const { data: experiment } = useSuspenseQuery(experimentQuery(id));
  const setNote = useSetNote(id);
  const setTag = useSetTag(id);
  const removeTag = useRemoveTag(id);
  const folders = experiment.name.split("/");
  const canEdit = rights.canWrite && experiment.is_deleted !== true;
  return (
    <>
      <PageHeader
        title={folders.at(-1) ?? experiment.name}
        badge={experiment.is_deleted === true ? <Badge tone="warn">{t("experiments.deleted")}</Badge> : undefined}
        trail={
          <>
            <Link to="/experiments">{t("experiments.title")}</Link>
            {folders.slice(0, -1).map((folder, i) => (
              <span key={i} className="trail-part">
                <span aria-hidden>/</span>
                <Link to="/experiments" search={{ text: `${folders.slice(0, i + 1).join("/")}/` }}>
                  {folder}
                </Link>
              </span>
            ))}
          </>
        }
        subtitle={
          <>
            <span>
              {t("experiments.id")} <CopyText text={experiment.experiment_id} />
            </span>
            <span>
              {t("experiments.created")} <TimeAgo at={experiment.created_at} />
            </span>
            {experiment.artifact_location !== undefined && (
              <span className="ellipsis" title={experiment.artifact_location}>
                <code>{experiment.artifact_location}</code>
              </span>
            )}
          </>
        }
      >
        <ExperimentActions experiment={experiment} rights={rights} onPurged={onPurged} />
      </PageHeader>
      <div className="about">
        <EditableText
          label={t("experiments.note")}
          text={noteOf(experiment)}
          empty={t("experiments.noNote")}
          canEdit={canEdit}
          save={setNote}
          maxLength={20_000}
          render={(text) => <Markdown text={text} />}
        />
        <TagEditor tags={ownTags(experiment)} canEdit={canEdit} set={setTag} remove={removeTag} />
      </div>
    </>
  );
}
