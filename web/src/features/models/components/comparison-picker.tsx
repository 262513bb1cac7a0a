import { useSuspenseInfiniteQuery } from "@tanstack/react-query";
import { Button } from "@/components/ui/button";
import { SelectField } from "@/components/ui/field";
import { Icon } from "@/components/ui/icon";
import { useLanguage } from "@/lib/language";
import { modelsQuery, versionsQuery, type VersionName } from "../api";
import { stages } from "../stage";

interface Props {
  left: VersionName;
  /** Absent while there is nothing to compare with. */
  right: VersionName | undefined;
  onChange: (left: VersionName, right: VersionName) => void;
}

/** Which two versions: the second may be of another model. */
export function ComparisonPicker({ left, right, onChange }: Props) {
  const { t } = useLanguage();
  const other = right?.name ?? left.name;
  const lefts = useVersionOptions(left.name, left.version);
  const rights = useVersionOptions(other, right?.version);
  const models = useSuspenseInfiniteQuery(modelsQuery("")).data.pages.flatMap((page) => page.models ?? []);
  const names = [
    ...new Set([other, ...models.filter((each) => (each.latest_version ?? 0) > 0).map(({ name }) => name)]),
  ];
  const latestOf = (name: string) => models.find((each) => each.name === name)?.latest_version ?? 1;
  return (
    <div className="picker">
      <div className="picker-side">
        <SelectField
          label={t("compare.left")}
          value={String(left.version)}
          options={lefts}
          onChange={(version) => onChange({ ...left, version: Number(version) }, right ?? left)}
        />
      </div>
      <Button
        className="picker-swap"
        aria-label={t("compare.swap")}
        disabled={right === undefined}
        onClick={() => {
          if (right !== undefined) onChange(right, left);
        }}
      >
        <Icon name="compare" />
      </Button>
      <div className="picker-side">
        <SelectField
          label={t("models.name")}
          value={other}
          options={names.map((name) => ({ value: name, label: name }))}
          onChange={(name) => onChange(left, { name, version: latestOf(name) })}
        />
        <SelectField
          label={t("compare.right")}
          value={right === undefined ? "" : String(right.version)}
          options={right === undefined ? [{ value: "", label: "–" }, ...rights] : rights}
          onChange={(version) => onChange(left, { name: other, version: Number(version) })}
        />
      </div>
    </div>
  );
}

function useVersionOptions(name: string, chosen: number | undefined) {
  const { t } = useLanguage();
  const { data } = useSuspenseInfiniteQuery(versionsQuery(name));
  const versions = data.pages.flatMap((page) => page.model_versions ?? []);
  const options = versions.map(({ version, stage = "STAGE_NONE" }) => ({
    value: String(version),
    label:
      stage === "STAGE_NONE"
        ? t("version.short", { version })
        : `${t("version.short", { version })} · ${t(stages[stage].text)}`,
  }));
  // One that is further back than the versions that were loaded.
  if (chosen !== undefined && !versions.some((each) => each.version === chosen))
    options.push({ value: String(chosen), label: t("version.short", { version: chosen }) });
  return options;
}
