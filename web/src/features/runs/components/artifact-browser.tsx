import { useInfiniteQuery, useSuspenseInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Boundary } from "@/components/ui/boundary";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorNote } from "@/components/ui/error-state";
import { Icon } from "@/components/ui/icon";
import { errorText } from "@/lib/error-text";
import { useLanguage } from "@/lib/language";
import { artifactLevelQuery, type Artifact } from "../api";
import { ArtifactPreview } from "./artifact-preview";

interface Props {
  id: string;
  /** The file that is shown. */
  selected: string | undefined;
  onSelect: (path: string) => void;
}

/** The tree of a run's files, and one of them. */
export function ArtifactBrowser({ id, selected, onSelect }: Props) {
  const { t } = useLanguage();
  const { data } = useSuspenseInfiniteQuery(artifactLevelQuery(id, ""));
  const isEmpty = data.pages.every((page) => (page.artifacts ?? []).length + (page.folders ?? []).length === 0);
  if (isEmpty)
    return (
      <section className="card">
        <EmptyState icon="file" title={t("run.noArtifacts")} />
      </section>
    );
  return (
    <div className="artifacts">
      <nav className="card artifact-tree" aria-label={t("run.artifacts")}>
        <Level id={id} folder="" depth={0} selected={selected} onSelect={onSelect} />
      </nav>
      <section className="card artifact-view" aria-label={selected ?? t("artifacts.preview")}>
        {selected === undefined ? (
          <EmptyState icon="file" title={t("artifacts.choose")} />
        ) : (
          <Boundary key={selected} lines={8}>
            <ArtifactPreview id={id} path={selected} />
          </Boundary>
        )}
      </section>
    </div>
  );
}

interface LevelProps extends Props {
  folder: string;
  depth: number;
}

function Level({ id, folder, depth, selected, onSelect }: LevelProps) {
  const { t } = useLanguage();
  const query = useInfiniteQuery(artifactLevelQuery(id, folder));
  if (query.isError) return <ErrorNote text={errorText(query.error, t)} />;
  if (query.data === undefined) return <p className="muted tree-wait">{t("state.loading")}…</p>;
  const folders = query.data.pages.flatMap((page) => page.folders ?? []);
  const files = query.data.pages.flatMap((page) => page.artifacts ?? []);
  return (
    <ul>
      {folders.map((path) => (
        <Folder key={path} id={id} folder={path} depth={depth} selected={selected} onSelect={onSelect} />
      ))}
      {files.map((file) => (
        <File key={file.path} file={file} depth={depth} isSelected={file.path === selected} onSelect={onSelect} />
      ))}
      {query.hasNextPage && (
        <li style={{ paddingLeft: indent(depth) }}>
          <Button variant="quiet" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {t("action.loadMore")}
          </Button>
        </li>
      )}
    </ul>
  );
}

const indent = (depth: number): number => 10 + depth * 16;
const nameOf = (path: string): string => path.split("/").at(-1) ?? path;

function Folder({ id, folder, depth, selected, onSelect }: LevelProps) {
  // What a link points at is seen at once.
  const [isOpen, setOpen] = useState(selected?.startsWith(`${folder}/`) ?? false);
  return (
    <li>
      <button
        type="button"
        className="tree-item"
        style={{ paddingLeft: indent(depth) }}
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name="chevron" className={isOpen ? "" : "turned"} />
        <Icon name="folder" className="tree-icon" />
        <span>{nameOf(folder)}</span>
      </button>
      {isOpen && <Level id={id} folder={folder} depth={depth + 1} selected={selected} onSelect={onSelect} />}
    </li>
  );
}

interface FileProps {
  file: Artifact;
  depth: number;
  isSelected: boolean;
  onSelect: (path: string) => void;
}

function File({ file, depth, isSelected, onSelect }: FileProps) {
  const { format } = useLanguage();
  return (
    <li>
      <button
        type="button"
        className="tree-item"
        style={{ paddingLeft: indent(depth) + 20 }}
        aria-current={isSelected || undefined}
        onClick={() => onSelect(file.path)}
      >
        <Icon name="file" className="tree-icon" />
        <span>{nameOf(file.path)}</span>
        <span className="tree-size">{format.bytes(file.blob?.size)}</span>
      </button>
    </li>
  );
}
