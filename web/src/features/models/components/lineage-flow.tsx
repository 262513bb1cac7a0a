import { useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { EmptyState } from "@/components/ui/empty-state";
import { Icon, type IconName } from "@/components/ui/icon";
import { useLanguage } from "@/lib/language";
import { lineageQuery, type LineageChain, type LineagePoint } from "../api";
import { StageBadge } from "./stage-badge";

/** Every way from data to what serves through one point, a line for each. */
export function LineageFlow({ point }: { point: LineagePoint }) {
  const { t } = useLanguage();
  const { data } = useSuspenseQuery(lineageQuery(point));
  const chains = data.chains ?? [];
  if (chains.length === 0) return <EmptyState icon="data" title={t("lineage.empty")} />;
  return (
    <ul className="flows" aria-label={t("lineage.title")}>
      {chains.map((chain, i) => (
        <li key={i}>
          <Flow chain={chain} point={point} />
        </li>
      ))}
    </ul>
  );
}

function Flow({ chain, point }: { chain: LineageChain; point: LineagePoint }) {
  const { t } = useLanguage();
  const version = chain.version ?? 0;
  const isVersion = chain.name !== undefined && version > 0;
  const isHere = point.name === chain.name && point.version === String(version);
  return (
    <ol className="flow">
      <Node icon="data" title={t("lineage.dataset")} isHere={point.dataset_version_id === chain.dataset_version_id}>
        {chain.dataset_version_id !== undefined && (
          <Link to="/datasets/versions/$datasetVersionId" params={{ datasetVersionId: chain.dataset_version_id }}>
            {chain.dataset === undefined
              ? chain.dataset_version_id
              : t("lineage.datasetOf", { dataset: chain.dataset, id: chain.dataset_version_id })}
          </Link>
        )}
      </Node>
      <Node icon="runs" title={t("versions.run")} isHere={point.run_id === chain.run_id}>
        {chain.run_id !== undefined && (
          <Link className="mono" to="/runs/$runId" params={{ runId: chain.run_id }}>
            {chain.run_id.slice(0, 12)}
          </Link>
        )}
        {chain.logged_model_id !== undefined && (
          <span className="stacked mono">{chain.logged_model_id.slice(0, 14)}</span>
        )}
      </Node>
      <Node icon="models" title={t("lineage.version")} empty={t("lineage.notRegistered")} isHere={isHere}>
        {isVersion && (
          <span className="node-line">
            <Link to="/models/$name/versions/$version" params={{ name: chain.name ?? "", version: String(version) }}>
              {t("version.title", { name: chain.name ?? "", version })}
            </Link>
            <StageBadge stage={chain.stage} />
          </span>
        )}
      </Node>
      <Node
        icon="services"
        title={t("lineage.deployment")}
        empty={t("lineage.notDeployed")}
        isHere={point.deployment === chain.deployment}
      >
        {chain.deployment !== undefined && (
          <>
            <Link to="/lineage" search={{ deployment: chain.deployment }}>
              {chain.deployment}
            </Link>
            <span className="stacked">{t("lineage.revision", { revision: chain.revision ?? 0 })}</span>
          </>
        )}
      </Node>
    </ol>
  );
}

interface NodeProps {
  icon: IconName;
  title: string;
  empty?: string;
  isHere: boolean;
  children: ReactNode;
}

function Node({ icon, title, empty, isHere, children }: NodeProps) {
  const { t } = useLanguage();
  const parts = (Array.isArray(children) ? children : [children]) as ReactNode[];
  const isKnown = parts.some((part) => part !== false);
  return (
    <li className={isKnown ? "node" : "node node-empty"} aria-current={isHere && isKnown ? "true" : undefined}>
      <Icon name={icon} />
      <div>
        <span className="node-title">{title}</span>
        <div className="node-body">{isKnown ? children : (empty ?? t("lineage.unknown"))}</div>
      </div>
    </li>
  );
}
