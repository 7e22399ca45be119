/**
 * The scripts that VitePress writes into every page (light or dark before the first paint, keys of a Mac) as one file, so
 * that the policy of the site needs neither hashes nor `unsafe-inline`: a text that got into a page cannot run.
 */
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SiteConfig } from 'vitepress'

const inlineScript = /<script(?: id="[\w-]+")?>([^<]*)<\/script>/g

/** Two attributes of VitePress' own. The first is a class in theme/style.css, the second is set again by its script. */
const withoutStyles = (html: string): string =>
  html
    .replaceAll(/ style="position:relative;?"(?: class="([^"]*)")?/g, ' class="positioned $1"')
    .replaceAll(/ style="--vp-vh:[^"]*"/g, '')

/** @param base path of the site, with slashes around it */
export function earlyScripts(base: string) {
  const written = new Map<string, string>()
  return {
    transformHtml(html: string): string {
      const code = [...html.matchAll(inlineScript)].map(([, text = '']) => `${text.trim()};`).join('\n')
      const name = `assets/early.${createHash('sha256').update(code).digest('hex').slice(0, 8)}.js`
      written.set(name, code)
      // Not deferred: it decides about the colours of the first paint.
      return withoutStyles(html)
        .replace(inlineScript, '')
        .replace('</head>', () => `  <script src="${base}${name}"></script>\n  </head>`)
    },
    buildEnd({ outDir }: Pick<SiteConfig, 'outDir'>): void {
      for (const [name, code] of written) writeFileSync(join(outDir, name), code)
    },
  }
}
