import { useId } from "react";
import { Button } from "@/components/ui/button";
import { CheckField } from "@/components/ui/check-field";
import { SelectField } from "@/components/ui/field";
import { SearchField } from "@/components/ui/search-field";
import { useLanguage } from "@/lib/language";
import { chartSettings, type ChartSearch, type XAxis } from "../chart-settings";

interface Props {
  search: ChartSearch;
  onSearch: (search: ChartSearch) => void;
}

/** One set of controls for all charts of a page. */
export function ChartTools({ search, onSearch }: Props) {
  const { t, format } = useLanguage();
  const { xAxis, smoothing, range } = chartSettings(search);
  const set = (change: ChartSearch) => onSearch({ ...search, ...change });
  const id = useId();
  const show = (x: number) =>
    xAxis === "step" ? format.count(x) : xAxis === "time" ? format.dateTime(x) : format.duration(x);
  return (
    <div className="tools">
      <SearchField
        label={t("charts.find")}
        initial={search.find ?? ""}
        onChange={(find) => set({ find: find === "" ? undefined : find })}
      />
      <div className="inline-field">
        <SelectField<XAxis>
          label={t("charts.x")}
          value={xAxis}
          options={[
            { value: "step", label: t("charts.step") },
            { value: "time", label: t("charts.time") },
            { value: "relative", label: t("charts.relative") },
          ]}
          // A range is of the axis it was chosen on.
          onChange={(x) => set({ x: x === "step" ? undefined : x, from: undefined, to: undefined })}
        />
      </div>
      <span className="range-field">
        <label htmlFor={id}>{t("charts.smoothing")}</label>
        <input
          id={id}
          type="range"
          min={0}
          max={99}
          step={1}
          value={Math.round(smoothing * 100)}
          onChange={(event) => set({ smooth: event.target.value === "0" ? undefined : event.target.value })}
        />
        <output htmlFor={id}>{smoothing.toFixed(2)}</output>
      </span>
      <CheckField
        label={t("charts.logX")}
        isChecked={search.logx === "1"}
        isDisabled={xAxis === "time"}
        onChange={(isOn) => set({ logx: isOn ? "1" : undefined })}
      />
      <CheckField
        label={t("charts.logY")}
        isChecked={search.logy === "1"}
        onChange={(isOn) => set({ logy: isOn ? "1" : undefined })}
      />
      <div className="tools-end">
        {range === undefined ? (
          <span className="muted">{t("charts.zoomHint")}</span>
        ) : (
          <>
            <span className="muted" role="status">
              {show(range[0])} – {show(range[1])}
            </span>
            <Button onClick={() => set({ from: undefined, to: undefined })}>{t("charts.reset")}</Button>
          </>
        )}
      </div>
    </div>
  );
}
