import { useQuery } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { Button } from "@/components/ui/button";
import { CheckField } from "@/components/ui/check-field";
import { DialogButton } from "@/components/ui/dialog-button";
import { ErrorNote } from "@/components/ui/error-state";
import { readField, TextField } from "@/components/ui/field";
import { Icon } from "@/components/ui/icon";
import { SearchField } from "@/components/ui/search-field";
import { Skeleton } from "@/components/ui/skeleton";
import { errorText } from "@/lib/error-text";
import { useLanguage } from "@/lib/language";
import type { LabelKey } from "@/lib/messages";
import { runSampleQuery, type LifecycleView } from "../api";
import { attributeKeys, columnId, keysOf, parseColumn, type Column } from "../run-columns";
import { attributeTitles } from "./run-cell";

interface Props {
  experiments: readonly string[];
  view: LifecycleView;
  columns: readonly Column[];
  onChange: (columns: readonly Column[]) => void;
  onReset: () => void;
}

export function ColumnPicker(props: Props) {
  const { t } = useLanguage();
  return (
    <DialogButton
      wide
      label={
        <>
          <Icon name="columns" />
          {t("columns.button")}
          <span className="count">{props.columns.length}</span>
        </>
      }
      title={t("columns.title")}
      description={t("columns.description")}
    >
      {(close) => (
        <>
          <Choices {...props} />
          <div className="dialog-actions">
            <Button onClick={props.onReset}>{t("columns.reset")}</Button>
            <Button variant="primary" onClick={close}>
              {t("action.done")}
            </Button>
          </div>
        </>
      )}
    </DialogButton>
  );
}

function Choices({ experiments, view, columns, onChange }: Props) {
  const { t } = useLanguage();
  const sample = useQuery(runSampleQuery(experiments, view));
  const [text, setText] = useState("");
  const chosen = new Set(columns.map(columnId));
  const toggle = (column: Column, isOn: boolean) => {
    const others = columns.filter((each) => columnId(each) !== columnId(column));
    onChange(isOn ? [...others, column] : others);
  };
  if (sample.isError) return <ErrorNote text={errorText(sample.error, t)} />;
  if (sample.data === undefined) return <Skeleton lines={6} />;
  const known = keysOf(sample.data.runs ?? []);
  const groups: { title: LabelKey; columns: Column[] }[] = [
    { title: "columns.attributes", columns: attributeKeys.map((key) => ({ kind: "attributes", key })) },
    { title: "columns.metrics", columns: withChosen("metrics", known.metrics, columns) },
    { title: "columns.params", columns: withChosen("params", known.params, columns) },
    { title: "columns.tags", columns: withChosen("tags", known.tags, columns) },
  ];
  const nameOf = (column: Column) => (column.kind === "attributes" ? t(attributeTitles[column.key]) : column.key);
  const wanted = text.trim().toLocaleLowerCase();
  return (
    <>
      <SearchField label={t("columns.find")} initial="" onChange={setText} />
      <div className="column-groups">
        {groups.map(({ title, columns: all }) => {
          const shown = all.filter((column) => nameOf(column).toLocaleLowerCase().includes(wanted));
          if (shown.length === 0) return null;
          return (
            <fieldset key={title}>
              <legend>{t(title)}</legend>
              {shown.map((column) => (
                <CheckField
                  key={columnId(column)}
                  label={nameOf(column)}
                  isChecked={chosen.has(columnId(column))}
                  onChange={(isOn) => toggle(column, isOn)}
                />
              ))}
            </fieldset>
          );
        })}
      </div>
      <AddByName onAdd={(column) => toggle(column, true)} />
    </>
  );
}

/** The known keys, and those chosen that the sample did not have. */
function withChosen(
  kind: "metrics" | "params" | "tags",
  keys: readonly string[],
  columns: readonly Column[],
): Column[] {
  const more = columns.filter((each) => each.kind === kind && !keys.includes(each.key));
  return [...keys.map((key) => ({ kind, key })), ...more];
}

/** The sample cannot know the keys of all runs. */
function AddByName({ onAdd }: { onAdd: (column: Column) => void }) {
  const { t } = useLanguage();
  const [isWrong, setWrong] = useState(false);
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const column = parseColumn(readField(event.currentTarget, "name").trim());
    setWrong(column === undefined);
    if (column === undefined) return;
    onAdd(column);
    event.currentTarget.reset();
  };
  return (
    <form className="add-column" onSubmit={submit}>
      <TextField
        label={t("columns.byName")}
        hint={isWrong ? t("columns.byNameWrong") : t("columns.byNameHint")}
        name="name"
        required
        placeholder="metrics.rmse"
        autoComplete="off"
        spellCheck={false}
        aria-invalid={isWrong || undefined}
      />
      <Button type="submit">{t("columns.add")}</Button>
    </form>
  );
}
