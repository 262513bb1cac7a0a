import { useSuspenseInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { Icon } from "@/components/ui/icon";
import { LoadMore } from "@/components/ui/load-more";
import { Table } from "@/components/ui/table";
import { TagChip } from "@/components/ui/tag-editor";
import { TimeAgo } from "@/components/ui/time";
import { useLanguage } from "@/lib/language";
import { versionsQuery, type ModelVersion } from "../api";
import { StageBadge } from "./stage-badge";
import { VersionLink } from "./version-link";

/** The versions of a model, newest first; two of them can be picked to compare. */
export function VersionTable({ name }: { name: string }) {
  const { t } = useLanguage();
  const navigate = useNavigate();
  const query = useSuspenseInfiniteQuery(versionsQuery(name));
  const versions = query.data.pages.flatMap((page) => page.model_versions ?? []);
  const [picked, setPicked] = useState<readonly number[]>([]);
  const toggle = (version: number) =>
    setPicked((old) => (old.includes(version) ? old.filter((each) => each !== version) : [...old.slice(-1), version]));
  const [older, newer] = [...picked].sort((a, b) => a - b);
  const compare = () => {
    if (older === undefined || newer === undefined) return;
    void navigate({
      to: "/models/$name/versions/$version/compare",
      params: { name, version: String(older) },
      search: { with: String(newer) },
    });
  };
  return (
    <Card
      flush
      title={t("versions.title")}
      note={picked.length === 1 ? t("versions.pickTwo") : undefined}
      actions={
        versions.length > 1 && (
          <Button className="button-small" disabled={picked.length !== 2} onClick={compare}>
            <Icon name="compare" />
            {t("versions.compareSelected")}
          </Button>
        )
      }
    >
      {versions.length === 0 ? (
        <EmptyState icon="models" title={t("versions.empty")} />
      ) : (
        <Table label={t("versions.title")}>
          <thead>
            <tr>
              {versions.length > 1 && (
                <th scope="col" className="pick-cell">
                  <span className="sr-only">{t("versions.pickTwo")}</span>
                </th>
              )}
              <th scope="col">{t("versions.version")}</th>
              <th scope="col">{t("versions.stage")}</th>
              <th scope="col">{t("versions.labels")}</th>
              <th scope="col">{t("versions.run")}</th>
              <th scope="col" className="right">
                {t("versions.created")}
              </th>
            </tr>
          </thead>
          <tbody>
            {versions.map((version) => (
              <tr key={version.version} data-picked={picked.includes(version.version) || undefined}>
                {versions.length > 1 && (
                  <td className="pick-cell">
                    <input
                      type="checkbox"
                      aria-label={t("versions.select", { version: version.version })}
                      checked={picked.includes(version.version)}
                      onChange={() => toggle(version.version)}
                    />
                  </td>
                )}
                <th scope="row">
                  <VersionLink name={name} version={version.version} strong />
                  {version.description !== undefined && <span className="stacked clamp">{version.description}</span>}
                </th>
                <td>
                  <StageBadge stage={version.stage} />
                </td>
                <td className="chip-cell">
                  <VersionChips version={version} />
                </td>
                <td>
                  {version.run_id === undefined ? (
                    <span className="muted">–</span>
                  ) : (
                    <Link className="mono" to="/runs/$runId" params={{ runId: version.run_id }}>
                      {version.run_id.slice(0, 8)}
                    </Link>
                  )}
                </td>
                <td className="right">
                  <TimeAgo at={version.created_at} />
                  <span className="stacked">{version.created_by}</span>
                </td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
      <LoadMore query={query} />
    </Card>
  );
}

function VersionChips({ version }: { version: ModelVersion }) {
  const tags = Object.entries(version.tags ?? {}).sort(([a], [b]) => a.localeCompare(b));
  const aliases = version.aliases ?? [];
  if (tags.length + aliases.length === 0) return <span className="muted">–</span>;
  return (
    <ul className="chips">
      {aliases.map((alias) => (
        <li key={`@${alias}`} className="chip chip-alias">
          <span className="chip-key">@{alias}</span>
        </li>
      ))}
      {tags.slice(0, 3).map(([key, value]) => (
        <TagChip key={key} name={key} value={value} />
      ))}
      {tags.length > 3 && <li className="muted">+{tags.length - 3}</li>}
    </ul>
  );
}
