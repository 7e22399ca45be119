/**
 * `npm run messages:preview -- --kind invitation --language ar`: writes a message as people get it, with example content,
 * to the terminal, or with `--out <folder>` as `<kind>.<language>.html` and `.txt`. Without a kind or a language: all of
 * them. Needs no server.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'
import type { previewMessage } from './messages/preview-message.ts'
import { describeFailure, OperatorError } from './process/operator-error.ts'
import { projectRoot } from './stack/worker-bundle.ts'

type Preview = {
  previewMessage: typeof previewMessage
  kinds: readonly string[]
  supportedLanguages: readonly string[]
}

/** Node runs no JSX, so what renders is bundled first. */
async function loadPreview(): Promise<Preview> {
  const folder = await mkdtemp(join(tmpdir(), 'authly-preview-'))
  try {
    const outfile = join(folder, 'preview.mjs')
    await build({
      stdin: {
        contents:
          "export { previewMessage, kinds } from './scripts/messages/preview-message.ts'; export { supportedLanguages } from './src/messages/languages.ts'",
        resolveDir: projectRoot,
      },
      ...{ outfile, bundle: true, format: 'esm', platform: 'node', target: 'es2023', logLevel: 'error' },
      ...{ jsx: 'automatic', jsxImportSource: 'hono/jsx' },
    })
    return (await import(pathToFileURL(outfile).href)) as Preview
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function chosen(name: string, value: string | undefined, all: readonly string[]): readonly string[] {
  if (value === undefined) return all
  if (all.includes(value)) return [value]
  throw new OperatorError(`There is no ${name} "${value}".`, `Choose one of: ${all.join(', ')}`)
}

try {
  const { values } = parseArgs({
    options: {
      kind: { type: 'string' },
      language: { type: 'string' },
      name: { type: 'string' },
      out: { type: 'string' },
    },
  })
  const { previewMessage, kinds, supportedLanguages } = await loadPreview()
  const { out } = values
  if (out !== undefined) await mkdir(out, { recursive: true })
  for (const kind of chosen('kind', values.kind, kinds)) {
    for (const language of chosen('language', values.language, supportedLanguages)) {
      const files = previewMessage(kind, language, values.name)
      for (const [extension, content] of Object.entries(files)) {
        if (out === undefined) process.stdout.write(`--- ${kind}.${language}.${extension}\n${content}\n`)
        else await writeFile(join(out, `${kind}.${language}.${extension}`), content)
      }
    }
  }
} catch (error) {
  process.stderr.write(describeFailure(error))
  process.exitCode = 1
}
