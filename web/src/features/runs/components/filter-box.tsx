import { useId, useRef, useState, type SubmitEvent } from "react";
import { Button } from "@/components/ui/button";
import { Icon } from "@/components/ui/icon";
import { readField } from "@/components/ui/field";
import { useLanguage } from "@/lib/language";
import { placeIn, type FilterError } from "../filter-place";

interface Props {
  /** The filter that the table shows. */
  applied: string;
  error: FilterError | undefined;
  isBusy: boolean;
  onApply: (filter: string) => void;
}

/** Key it by the applied filter, so that another address brings another text. */
export function FilterBox({ applied, error, isBusy, onApply }: Props) {
  const { t } = useLanguage();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [showsHelp, showHelp] = useState(false);
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    onApply(readField(event.currentTarget, "filter").trim());
  };
  const goToPlace = () => {
    if (error?.place === undefined) return;
    const { before, at } = placeIn(applied, error.place);
    input.current?.focus();
    input.current?.setSelectionRange(before.length, before.length + at.length);
  };
  return (
    <form className="filter-box" role="search" onSubmit={submit}>
      <div className="filter-line">
        <div className="search-field filter-field">
          <Icon name="search" />
          <label className="sr-only" htmlFor={id}>
            {t("filter.label")}
          </label>
          <input
            ref={input}
            id={id}
            className="input mono"
            name="filter"
            type="search"
            defaultValue={applied}
            placeholder={t("filter.placeholder")}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            aria-invalid={error !== undefined || undefined}
            aria-describedby={error === undefined ? undefined : `${id}-error`}
          />
        </div>
        <Button type="submit" busy={isBusy}>
          {t("filter.apply")}
        </Button>
        <Button
          variant="quiet"
          aria-expanded={showsHelp}
          aria-controls={`${id}-help`}
          aria-label={t("filter.help")}
          title={t("filter.help")}
          onClick={() => showHelp(!showsHelp)}
        >
          <Icon name="help" />
        </Button>
      </div>
      {error !== undefined && (
        <div id={`${id}-error`} className="filter-error" role="alert">
          {error.place !== undefined && (
            <button type="button" className="filter-place" title={t("filter.goToPlace")} onClick={goToPlace}>
              <PlacedFilter text={applied} place={error.place} />
            </button>
          )}
          <p>{error.message}</p>
        </div>
      )}
      {showsHelp && (
        <dl id={`${id}-help`} className="filter-help">
          {examples.map(([example, text]) => (
            <div key={example}>
              <dt>
                <button
                  type="button"
                  className="filter-example"
                  onClick={() => {
                    if (input.current === null) return;
                    input.current.value = example;
                    input.current.focus();
                  }}
                >
                  {example}
                </button>
              </dt>
              <dd>{t(text)}</dd>
            </div>
          ))}
        </dl>
      )}
    </form>
  );
}

const examples = [
  ["metrics.rmse < 12.5 AND params.learner = 'xgboost'", "filter.exampleAnd"],
  ["params.max_depth >= 6 OR min(metrics.loss) < 0.1", "filter.exampleOr"],
  ["attributes.run_name ILIKE '%sweep%'", "filter.exampleLike"],
  ["attributes.status = 'FAILED' AND attributes.user_id != 'ci'", "filter.exampleStatus"],
  ["tags.team = 'reliability' AND tags.`mlflow.parentRunId` IS NULL", "filter.exampleTag"],
  ["datasets.name = 'feed-pumps' AND datasets.context = 'train'", "filter.exampleDataset"],
] as const;

/** The filter with a caret under the place where it goes wrong. */
function PlacedFilter({ text, place }: { text: string; place: number }) {
  const { before, at, after } = placeIn(text, place);
  return (
    <code>
      <span>{before}</span>
      <mark>{at}</mark>
      <span>{after}</span>
    </code>
  );
}
