/** The page of the demo application: what a build tool such as Vite would make of `sdk/demo/app`. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'
import { accentColors, defaultColors, fixedColors, type Mode } from '../../src/branding/palette.ts'

const folder = join(import.meta.dirname, '..', '..', 'sdk', 'demo')

export interface DemoFiles {
  readonly page: string
  readonly script: string
  readonly style: string
}

/** @param variables as `import.meta.env` has them: a preset prints them */
export async function bundleDemo(variables: Readonly<Record<string, string>>): Promise<DemoFiles> {
  const [page, style, { outputFiles }] = await Promise.all([
    readFile(join(folder, 'index.html'), 'utf8'),
    readFile(join(folder, 'app', 'style.css'), 'utf8'),
    build({
      entryPoints: [join(folder, 'app', 'main.tsx')],
      ...{ bundle: true, minify: true, format: 'esm', target: 'es2022', charset: 'utf8' },
      ...{ write: false, logLevel: 'silent', jsx: 'automatic', legalComments: 'none' },
      conditions: ['authly-source'],
      define: {
        'process.env.NODE_ENV': '"production"',
        ...Object.fromEntries(
          Object.entries(variables).map(([name, value]) => [
            `import.meta.env.${name}`,
            JSON.stringify(value),
          ]),
        ),
      },
    }),
  ])
  return { page, script: outputFiles[0]?.text ?? '', style: `${palette()}\n${style}` }
}

/** The colours of the hosted pages, so that both look like one. */
function palette(): string {
  const of = (mode: Mode) =>
    Object.entries({
      background: defaultColors[mode].background,
      ...fixedColors[mode],
      ...accentColors(defaultColors[mode].accent),
    })
      .map(([name, value]) => `--${name}:${value}`)
      .join(';')
  return `:root{color-scheme:light dark;${of('light')}}@media(prefers-color-scheme:dark){:root{${of('dark')}}}`
}
