import { useSuspenseQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { CopyText } from "@/components/ui/copy-text";
import { EmptyState } from "@/components/ui/empty-state";
import { Icon } from "@/components/ui/icon";
import { Markdown } from "@/components/ui/markdown";
import { Table } from "@/components/ui/table";
import { useLanguage } from "@/lib/language";
import { artifactBeginningQuery, artifactUrl } from "../api";
import { parseTable, prettyJson, previewKind, textOf, type PreviewKind } from "../file-preview";

/** Of a file that is read into the page. */
const MAX_BYTES = 512 * 1024;
const MAX_IMAGE_BYTES = 20_000_000;
const MAX_ROWS = 200;
const MAX_COLUMNS = 60;

export function ArtifactPreview({ id, path }: { id: string; path: string }) {
  const { t, format } = useLanguage();
  const kind = previewKind(path);
  const { data } = useSuspenseQuery(artifactBeginningQuery(id, path, kind === "image" ? 1024 : MAX_BYTES));
  const isCut = data.bytes.length < data.size;
  const text = useMemo(() => textOf(data.bytes, isCut), [data.bytes, isCut]);
  const [showsSource, showSource] = useState(false);
  const url = artifactUrl(id, path);
  const hasSource = kind === "markdown" || kind === "table";
  return (
    <>
      <div className="card-head">
        <CopyText text={path} />
        <span className="card-note">{format.bytes(data.size)}</span>
        <div className="card-actions">
          {hasSource && (
            <button
              type="button"
              className="button button-quiet"
              aria-pressed={showsSource}
              onClick={() => showSource(!showsSource)}
            >
              {t("artifacts.source")}
            </button>
          )}
          <a className="button" href={url} download={path.split("/").at(-1)}>
            <Icon name="download" />
            {t("artifacts.download")}
          </a>
        </div>
      </div>
      {kind !== "image" && isCut && text !== undefined && (
        <p className="artifact-note">
          {t("artifacts.beginning", { shown: format.bytes(data.bytes.length), all: format.bytes(data.size) })}
        </p>
      )}
      {kind === "image" ? (
        <Picture url={url} path={path} size={data.size} />
      ) : text === undefined ? (
        <EmptyState icon="file" title={t("artifacts.binary")} />
      ) : data.size === 0 ? (
        <EmptyState icon="file" title={t("artifacts.empty")} />
      ) : (
        <TextPreview kind={showsSource ? "text" : kind} path={path} text={text} isCut={isCut} />
      )}
    </>
  );
}

/** An <img> runs no script, whatever an SVG holds. */
function Picture({ url, path, size }: { url: string; path: string; size: number }) {
  const { t } = useLanguage();
  const [hasFailed, setFailed] = useState(false);
  if (hasFailed) return <EmptyState icon="warning" title={t("artifacts.noPicture")} />;
  if (size > MAX_IMAGE_BYTES) return <EmptyState icon="file" title={t("artifacts.tooLarge")} />;
  return (
    <div className="artifact-picture">
      <img src={url} alt={path} onError={() => setFailed(true)} />
    </div>
  );
}

interface TextProps {
  kind: PreviewKind;
  path: string;
  text: string;
  isCut: boolean;
}

function TextPreview({ kind, path, text, isCut }: TextProps) {
  if (kind === "table") return <TablePreview path={path} text={text} isCut={isCut} />;
  if (kind === "markdown")
    return (
      <div className="artifact-markdown">
        <Markdown text={text} />
      </div>
    );
  return (
    <pre className="artifact-text" tabIndex={0}>
      {kind === "json" && !isCut ? prettyJson(text) : text}
    </pre>
  );
}

function TablePreview({ path, text, isCut }: Omit<TextProps, "kind">) {
  const { t, format } = useLanguage();
  const rows = useMemo(() => {
    // One row more than shown, to know whether there are more.
    const all = parseTable(text, path.toLowerCase().endsWith(".tsv") ? "\t" : ",", MAX_ROWS + 2);
    return isCut && all.length < MAX_ROWS + 2 ? all.slice(0, -1) : all;
  }, [text, path, isCut]);
  const [head = [], ...body] = rows;
  const shown = body.slice(0, MAX_ROWS);
  const isNumber = head.map((_, i) =>
    shown.every((row) => row[i] === undefined || row[i] === "" || !Number.isNaN(Number(row[i]))),
  );
  return (
    <div className="artifact-table">
      <Table label={path}>
        <thead>
          <tr>
            {head.slice(0, MAX_COLUMNS).map((name, i) => (
              <th key={i} scope="col" className={isNumber[i] === true ? "right" : undefined}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((row, i) => (
            <tr key={i}>
              {row.slice(0, MAX_COLUMNS).map((field, j) => (
                <td key={j} className={isNumber[j] === true ? "right" : undefined}>
                  <span className="artifact-field">{field}</span>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </Table>
      {(body.length > shown.length || head.length > MAX_COLUMNS) && (
        <p className="artifact-note">
          {t("artifacts.rows", {
            rows: format.count(shown.length),
            columns: format.count(Math.min(head.length, MAX_COLUMNS)),
          })}
        </p>
      )}
    </div>
  );
}
