import { useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { Badge } from "@/components/ui/badge";
import { EmptyState } from "@/components/ui/empty-state";
import { Icon } from "@/components/ui/icon";
import { Table } from "@/components/ui/table";
import { TimeAgo } from "@/components/ui/time";
import { useLanguage } from "@/lib/language";
import { experimentTreeQuery, noteOf, type Experiment } from "../api";
import { experimentsIn, experimentTree, visibleRows, type TreeNode, type TreeRow } from "../experiment-tree";
import { ExperimentActions, type Rights } from "./experiment-actions";

/** Above this many, folders begin closed. */
const OPEN_AT_ONCE = 200;

interface Props {
  text: string;
  withDeleted: boolean;
  rights: Rights;
  chosen: ReadonlySet<string>;
  onChoose: (ids: readonly string[], isChosen: boolean) => void;
}

export function ExperimentTreeTable({ text, withDeleted, rights, chosen, onChoose }: Props) {
  const { t } = useLanguage();
  const { data } = useSuspenseQuery(experimentTreeQuery(withDeleted));
  const wanted = text.trim().toLocaleLowerCase();
  const shown = data.experiments.filter(
    (each) => each.name.toLocaleLowerCase().includes(wanted) || each.experiment_id === wanted,
  );
  const tree = experimentTree(shown);
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const beginsOpen = wanted !== "" || shown.length <= OPEN_AT_ONCE;
  const closed = beginsOpen ? toggled : new Set(foldersOf(tree).filter((path) => !toggled.has(path)));
  const toggle = (path: string) => {
    const next = new Set(toggled);
    if (!next.delete(path)) next.add(path);
    setToggled(next);
  };
  if (shown.length === 0)
    return (
      <EmptyState icon="flask" title={wanted === "" ? t("experiments.empty") : t("experiments.noMatch", { text })}>
        {wanted === "" ? t("experiments.emptyHint") : undefined}
      </EmptyState>
    );
  return (
    <>
      <Table label={t("experiments.title")}>
        <thead>
          <tr>
            <th scope="col">{t("experiments.name")}</th>
            <th scope="col">{t("experiments.note")}</th>
            <th scope="col" className="right">
              {t("experiments.updated")}
            </th>
            <th scope="col" className="right">
              {t("experiments.created")}
            </th>
            <th scope="col">
              <span className="sr-only">{t("experiments.actions")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {visibleRows(tree, closed).map((row) => (
            <Row
              key={row.node.path}
              row={row}
              rights={rights}
              chosen={chosen}
              onChoose={onChoose}
              onToggle={() => toggle(row.node.path)}
            />
          ))}
        </tbody>
      </Table>
      {data.isCut && <p className="table-note">{t("experiments.cut", { count: data.experiments.length })}</p>}
    </>
  );
}

const foldersOf = (nodes: readonly TreeNode[]): string[] =>
  nodes.flatMap((node) => (node.children.length === 0 ? [] : [node.path, ...foldersOf(node.children)]));

interface RowProps {
  row: TreeRow;
  rights: Rights;
  chosen: ReadonlySet<string>;
  onChoose: (ids: readonly string[], isChosen: boolean) => void;
  onToggle: () => void;
}

function Row({ row: { node, level, isOpen }, rights, chosen, onChoose, onToggle }: RowProps) {
  const { t } = useLanguage();
  const { experiment, children } = node;
  const inside = experimentsIn(node).map((each) => each.experiment_id);
  const chosenInside = inside.filter((id) => chosen.has(id)).length;
  return (
    <tr>
      <th scope="row">
        <span className="tree-name" style={{ paddingLeft: level * 22 }}>
          <PartCheckbox
            label={t("experiments.choose", { name: node.path })}
            isChecked={chosenInside === inside.length}
            isPart={chosenInside > 0}
            onChange={(isChosen) => onChoose(inside, isChosen)}
          />
          {children.length > 0 ? (
            <button
              type="button"
              className="icon-button tree-toggle"
              aria-expanded={isOpen}
              aria-label={t("experiments.folder", { name: node.path })}
              onClick={onToggle}
            >
              <Icon name="chevron" />
            </button>
          ) : (
            <span className="tree-toggle" />
          )}
          <Icon name={experiment === undefined ? "folder" : "flask"} className="tree-icon" />
          {experiment === undefined ? (
            <Link className="row-link folder-link" to="/runs" search={{ experiment: inside.join(",") }}>
              {node.name}
            </Link>
          ) : (
            <ExperimentLink experiment={experiment} name={node.name} />
          )}
          {children.length > 0 && (
            <span className="count" title={t("experiments.inside", { count: inside.length })}>
              {inside.length}
            </span>
          )}
          {experiment?.is_deleted === true && <Badge>{t("experiments.deleted")}</Badge>}
        </span>
      </th>
      <td className="note-cell" title={experiment && noteOf(experiment)}>
        {experiment && firstLine(noteOf(experiment))}
      </td>
      <td className="right">{experiment && <TimeAgo at={experiment.updated_at} />}</td>
      <td className="right">{experiment && <TimeAgo at={experiment.created_at} />}</td>
      <td className="actions-cell">{experiment && <ExperimentActions experiment={experiment} rights={rights} />}</td>
    </tr>
  );
}

function ExperimentLink({ experiment, name }: { experiment: Experiment; name: string }) {
  return (
    <Link
      className="row-link"
      to="/experiments/$experimentId"
      params={{ experimentId: experiment.experiment_id }}
      title={experiment.name}
    >
      {name}
    </Link>
  );
}

interface CheckboxProps {
  label: string;
  isChecked: boolean;
  /** Some of what it stands for. */
  isPart: boolean;
  onChange: (isChecked: boolean) => void;
}

function PartCheckbox({ label, isChecked, isPart, onChange }: CheckboxProps) {
  const box = useRef<HTMLInputElement>(null);
  // The third state of a checkbox has no attribute.
  useEffect(() => {
    if (box.current !== null) box.current.indeterminate = isPart && !isChecked;
  }, [isPart, isChecked]);
  return (
    <input
      ref={box}
      type="checkbox"
      aria-label={label}
      checked={isChecked}
      onChange={(event) => onChange(event.target.checked)}
    />
  );
}

const firstLine = (text: string): string => text.split("\n", 1)[0] ?? "";
