import { useSuspenseQuery } from "@tanstack/react-query";
import { SelectField } from "@/components/ui/field";
import { useLanguage } from "@/lib/language";
import { experimentsQuery } from "../api";

interface Props {
  value: string | undefined;
  onChange: (experiment: string | undefined) => void;
}

export function ExperimentFilter({ value, onChange }: Props) {
  const { t } = useLanguage();
  const { data } = useSuspenseQuery(experimentsQuery);
  const options = (data.experiments ?? []).map((experiment) => ({
    value: experiment.experiment_id,
    label: experiment.name,
  }));
  return (
    <div className="inline-field">
      <SelectField
        label={t("runs.experiment")}
        value={value ?? ""}
        options={[{ value: "", label: t("runs.allExperiments") }, ...options]}
        onChange={(next) => onChange(next === "" ? undefined : next)}
      />
    </div>
  );
}
