import { useSuspenseQuery } from "@tanstack/react-query";
import { EditableText } from "@/components/ui/editable-text";
import { Section } from "@/components/ui/section";
import { TagEditor } from "@/components/ui/tag-editor";
import { useLanguage } from "@/lib/language";
import { modelQuery, versionQuery } from "../api";
import { useDeleteVersionTag, useDescribeVersion, useSetVersionTag } from "../edits";
import { AliasEditor } from "./alias-editor";

interface Props {
  name: string;
  version: number;
  canEdit: boolean;
}

/** What people say of a version: description, aliases, tags. */
export function VersionAbout({ name, version, canEdit }: Props) {
  const { t } = useLanguage();
  const { data } = useSuspenseQuery(versionQuery(name, version));
  const { data: model } = useSuspenseQuery(modelQuery(name));
  const describe = useDescribeVersion(name, version);
  const setTag = useSetVersionTag(name, version);
  const deleteTag = useDeleteVersionTag(name, version);
  return (
    <div className="sections">
      <Section title={t("about.description")}>
        <EditableText
          label={t("about.description")}
          text={data.description}
          empty={t("about.noDescription")}
          canEdit={canEdit}
          save={describe}
        />
      </Section>
      <Section title={t("aliases.title")}>
        <AliasEditor model={model} canEdit={canEdit} version={version} />
      </Section>
      <Section title={t("tags.title")}>
        <TagEditor tags={data.tags ?? {}} canEdit={canEdit} set={setTag} remove={deleteTag} />
      </Section>
    </div>
  );
}
