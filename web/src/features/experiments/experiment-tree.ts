import type { Experiment } from "./api";

/** A folder, an experiment, or both: "rul" beside "rul/ablation". */
export interface TreeNode {
  name: string;
  path: string;
  experiment?: Experiment;
  children: TreeNode[];
}

export interface TreeRow {
  node: TreeNode;
  level: number;
  isOpen: boolean;
}

/** Experiments parted into folders by the "/" of their names, each level by name, folders before what stands alone. */
export function experimentTree(experiments: readonly Experiment[]): TreeNode[] {
  const root: TreeNode = { name: "", path: "", children: [] };
  const byPath = new Map<string, TreeNode>();
  for (const experiment of experiments) {
    const parts = experiment.name.split("/");
    // "a//b" or "/a" has no place among folders.
    const names = parts.some((part) => part.trim() === "") ? [experiment.name] : parts;
    let parent = root;
    names.forEach((name, i) => {
      const path = names.slice(0, i + 1).join("/");
      let node = byPath.get(path);
      if (node === undefined) {
        node = { name, path, children: [] };
        byPath.set(path, node);
        parent.children.push(node);
      }
      parent = node;
    });
    parent.experiment = experiment;
  }
  sortTree(root.children);
  return root.children;
}

function sortTree(nodes: TreeNode[]): void {
  const isFolder = (node: TreeNode) => (node.children.length > 0 ? 0 : 1);
  nodes.sort((a, b) => isFolder(a) - isFolder(b) || a.name.localeCompare(b.name, undefined, { numeric: true }));
  for (const node of nodes) sortTree(node.children);
}

/** The rows to show: what lies in closed folders is left out. */
export function visibleRows(nodes: readonly TreeNode[], closed: ReadonlySet<string>, level = 0): TreeRow[] {
  return nodes.flatMap((node) => {
    const isOpen = !closed.has(node.path);
    return [{ node, level, isOpen }, ...(isOpen ? visibleRows(node.children, closed, level + 1) : [])];
  });
}

/** The experiments in a folder and all below it. */
export const experimentsIn = (node: TreeNode): Experiment[] => [
  ...(node.experiment === undefined ? [] : [node.experiment]),
  ...node.children.flatMap(experimentsIn),
];
