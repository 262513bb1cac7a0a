import { Link } from "@tanstack/react-router";
import { useState, type SubmitEvent } from "react";
import { ChipEditor } from "@/components/ui/chip-editor";
import { readField, TextField } from "@/components/ui/field";
import { Icon } from "@/components/ui/icon";
import { InlineForm } from "@/components/ui/inline-form";
import { useLanguage } from "@/lib/language";
import type { RegisteredModel } from "../api";
import { useDeleteAlias, useSetAlias } from "../edits";
import { ALIAS_PATTERN } from "../model-name";

interface Props {
  model: RegisteredModel;
  canEdit: boolean;
  /** Only this version's aliases; a new one goes to it. */
  version?: number;
}

export function AliasEditor({ model, canEdit, version }: Props) {
  const { t } = useLanguage();
  // The alias whose form is open; "" for a new one.
  const [editing, setEditing] = useState<string>();
  const remove = useDeleteAlias(model.name);
  const aliases = Object.entries(model.aliases ?? {})
    .filter(([, each]) => version === undefined || each === version)
    .sort(([a], [b]) => a.localeCompare(b));
  return (
    <ChipEditor
      label={t("aliases.title")}
      empty={t("aliases.empty")}
      add={canEdit && (model.latest_version ?? 0) > 0 ? t("aliases.add") : undefined}
      onAdd={() => setEditing("")}
      form={
        editing === undefined ? undefined : (
          <AliasForm
            key={editing}
            model={model}
            alias={editing}
            version={version}
            onClose={() => setEditing(undefined)}
          />
        )
      }
      remove={remove}
    >
      {aliases.map(([alias, target]) => (
        <li key={alias} className="chip chip-alias">
          <span className="chip-key">@{alias}</span>
          {version === undefined && (
            <Link
              className="chip-value"
              to="/models/$name/versions/$version"
              params={{ name: model.name, version: String(target) }}
            >
              {t("version.short", { version: target })}
            </Link>
          )}
          {canEdit && (
            <>
              {version === undefined && editing !== alias && (
                <button
                  type="button"
                  className="icon-button"
                  aria-label={t("aliases.move", { alias })}
                  onClick={() => setEditing(alias)}
                >
                  <Icon name="pencil" />
                </button>
              )}
              <button
                type="button"
                className="icon-button"
                aria-label={t("aliases.remove", { alias })}
                disabled={remove.isPending}
                onClick={() => remove.mutate(alias)}
              >
                <Icon name="cross" />
              </button>
            </>
          )}
        </li>
      ))}
    </ChipEditor>
  );
}

interface FormProps {
  model: RegisteredModel;
  alias: string;
  version: number | undefined;
  onClose: () => void;
}

function AliasForm({ model, alias, version, onClose }: FormProps) {
  const { t } = useLanguage();
  const set = useSetAlias(model.name);
  const [text, setText] = useState(alias);
  const owner = model.aliases?.[text.trim()];
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const target = version ?? Number(readField(event.currentTarget, "version"));
    set.mutate({ alias: text.trim(), version: target }, { onSuccess: onClose });
  };
  return (
    <InlineForm act={set} onSubmit={submit} onCancel={onClose}>
      <div className="field-row">
        <TextField
          label={t("aliases.name")}
          value={text}
          required
          maxLength={250}
          pattern={ALIAS_PATTERN}
          title={t("aliases.nameHint")}
          readOnly={alias !== ""}
          autoFocus={alias === ""}
          autoComplete="off"
          spellCheck={false}
          hint={
            owner !== undefined && owner !== version && alias === ""
              ? t("aliases.moves", { version: owner })
              : undefined
          }
          onChange={(event) => setText(event.target.value)}
        />
        {version === undefined && (
          <TextField
            label={t("versions.version")}
            name="version"
            type="number"
            required
            min={1}
            max={model.latest_version}
            autoFocus={alias !== ""}
            defaultValue={model.aliases?.[alias] ?? model.latest_version}
          />
        )}
      </div>
    </InlineForm>
  );
}
