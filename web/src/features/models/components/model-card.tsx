import { useSuspenseQuery } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorNote } from "@/components/ui/error-state";
import { readField, TextArea } from "@/components/ui/field";
import { Icon } from "@/components/ui/icon";
import { Markdown } from "@/components/ui/markdown";
import { errorText } from "@/lib/error-text";
import { useLanguage } from "@/lib/language";
import { cardQuery } from "../api";
import { generatedPart } from "../card-parts";
import { useWriteCard } from "../edits";

interface Props {
  name: string;
  version: number;
  canEdit: boolean;
}

/** What people wrote about a version, and beside it what the platform knows. */
export function ModelCard({ name, version, canEdit }: Props) {
  const { t } = useLanguage();
  const { data: card } = useSuspenseQuery(cardQuery(name, version));
  const [isEditing, setEditing] = useState(false);
  const text = card.card_text ?? "";
  return (
    <div className="columns columns-even">
      <Card
        title={t("card.title")}
        actions={
          canEdit &&
          !isEditing && (
            <Button className="button-small" onClick={() => setEditing(true)}>
              <Icon name="pencil" />
              {t(text === "" ? "card.write" : "card.edit")}
            </Button>
          )
        }
      >
        {isEditing ? (
          <CardForm name={name} version={version} text={text} onClose={() => setEditing(false)} />
        ) : text === "" ? (
          <EmptyState icon="file" title={t("card.empty")}>
            {t("card.emptyHint")}
          </EmptyState>
        ) : (
          <Markdown text={text} />
        )}
      </Card>
      <Card title={t("card.generated")}>
        <Markdown text={generatedPart(card.markdown ?? "", text)} />
      </Card>
    </div>
  );
}

function CardForm({ name, version, text, onClose }: Omit<Props, "canEdit"> & { text: string; onClose: () => void }) {
  const { t } = useLanguage();
  const write = useWriteCard(name, version);
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    write.mutate(readField(event.currentTarget, "text").trim(), { onSuccess: onClose });
  };
  return (
    <form className="stacked-form" onSubmit={submit}>
      <TextArea
        label={t("card.text")}
        hint={t("card.markdownHint")}
        name="text"
        className="input card-text"
        defaultValue={text}
        rows={18}
        maxLength={200_000}
        autoFocus
      />
      {write.isError && <ErrorNote text={errorText(write.error, t)} />}
      <div className="form-actions">
        <Button type="submit" variant="primary" busy={write.isPending}>
          {t("action.save")}
        </Button>
        <Button onClick={onClose}>{t("action.cancel")}</Button>
      </div>
    </form>
  );
}
