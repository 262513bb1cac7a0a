import { expect, test } from "vitest";
import { experimentsIn, experimentTree, visibleRows } from "./experiment-tree";

const named = (...names: string[]) => names.map((name, i) => ({ experiment_id: String(i), name }));
const drawn = (names: string[], closed: string[] = []) =>
  visibleRows(experimentTree(named(...names)), new Set(closed)).map(
    ({ node, level }) => "  ".repeat(level) + node.name + (node.experiment === undefined ? "/" : ""),
  );

test("folders come from the slashes of the names, before what stands alone", () => {
  expect(drawn(["scratch", "plant/pump 10", "plant/pump 2", "plant/fan/rul"])).toEqual([
    "plant/",
    "  fan/",
    "    rul",
    "  pump 2",
    "  pump 10",
    "scratch",
  ]);
});

test("an experiment may be a folder too", () => {
  expect(drawn(["rul", "rul/ablation"])).toEqual(["rul", "  ablation"]);
});

test("a name with an empty part stands whole", () => {
  expect(drawn(["/a", "b//c", "b/c"])).toEqual(["b/", "  c", "/a", "b//c"]);
});

test("a closed folder hides what it holds, and still knows it", () => {
  expect(drawn(["a/b/c", "a/d"], ["a/b"])).toEqual(["a/", "  b/", "  d"]);
  const [folder] = experimentTree(named("a/b/c", "a/d"));
  expect(folder && experimentsIn(folder).map((each) => each.name)).toEqual(["a/b/c", "a/d"]);
});
