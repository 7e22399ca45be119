/**
 * What a tarball holds: what was compiled from its sources, these sources for debuggers, and the papers. Nothing else,
 * which is how keys, tests and notes come into packages.
 */
const papers = ['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json']

/**
 * @param files of the tarball
 * @param sources below `src/`
 * @returns what is wrong; empty when nothing is
 */
export function faultsOfContents(files: readonly string[], sources: readonly string[]): readonly string[] {
  // Declarations are for the compiler alone: nothing is made of them.
  const code = sources.filter((source) => !source.endsWith('.d.ts'))
  const compiled = code.flatMap((source) => {
    const name = source.replace(/\.tsx?$/, '')
    return [`dist/${name}.js`, `dist/${name}.js.map`, `dist/${name}.d.ts`]
  })
  const wanted = new Set([...papers, ...compiled, ...sources.map((source) => `src/${source}`)])
  const found = new Set(files)
  return [
    ...[...wanted].filter((file) => !found.has(file)).map((file) => `${file} is missing`),
    ...files.filter((file) => !wanted.has(file)).map((file) => `${file} does not belong there`),
  ]
}
