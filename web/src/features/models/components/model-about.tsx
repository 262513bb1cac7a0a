import { useSuspenseQuery } from "@tanstack/react-query";
import { EditableText } from "@/components/ui/editable-text";
import { Section } from "@/components/ui/section";
import { TagEditor } from "@/components/ui/tag-editor";
import { useLanguage } from "@/lib/language";
import { modelQuery } from "../api";
import { useDeleteModelTag, useDescribeModel, useSetModelTag } from "../edits";
import { AliasEditor } from "./alias-editor";

/** What people say of a model: description, aliases, tags. */
export function ModelAbout({ name, canEdit }: { name: string; canEdit: boolean }) {
  const { t } = useLanguage();
  const { data: model } = useSuspenseQuery(modelQuery(name));
  const describe = useDescribeModel(name);
  const setTag = useSetModelTag(name);
  const deleteTag = useDeleteModelTag(name);
  return (
    <div className="sections">
      <Section title={t("about.description")}>
        <EditableText
          label={t("about.description")}
          text={model.description}
          empty={t("about.noDescription")}
          canEdit={canEdit}
          save={describe}
        />
      </Section>
      <Section title={t("aliases.title")}>
        <AliasEditor model={model} canEdit={canEdit} />
      </Section>
      <Section title={t("tags.title")}>
        <TagEditor tags={model.tags ?? {}} canEdit={canEdit} set={setTag} remove={deleteTag} />
      </Section>
    </div>
  );
}
