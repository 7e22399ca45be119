/**
 * Folders of `src/` that import each other, directly or in a cycle: neither could then be read or changed by itself.
 */

export interface Import {
  readonly from: string
  readonly to: string
}

const folderOf = (file: string): string | undefined => /^src\/([^/]+)\//.exec(file)?.[1]

/**
 * One line for each import on a cycle of folders, sorted. Files directly below `src/` are exempt: they wire the
 * folders.
 */
export function findFolderCycles(imports: readonly Import[]): readonly string[] {
  const between = imports.flatMap(({ from, to }) => {
    const [source, target] = [folderOf(from), folderOf(to)]
    return source && target && source !== target ? [{ from, to, source, target }] : []
  })
  const targets = Map.groupBy(between, ({ source }) => source)
  const reachable = (start: string): ReadonlySet<string> => {
    const seen = new Set<string>()
    const open = [start]
    for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
      for (const { target } of targets.get(folder) ?? []) {
        if (!seen.has(target)) open.push(target)
        seen.add(target)
      }
    }
    return seen
  }
  const reached = new Map([...targets.keys()].map((folder) => [folder, reachable(folder)]))
  return between
    .filter(({ source, target }) => reached.get(target)?.has(source))
    .map(({ from, to, source, target }) => `error no-folder-cycles: ${from} → ${to} (${source} ⇄ ${target})`)
    .sort()
}
