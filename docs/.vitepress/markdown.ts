/** What the documents need to be pages as well as files in the repository. */
import { posix } from 'node:path'
import type { MarkdownRenderer } from 'vitepress'
import { drawDiagram } from './diagram.ts'

/** The page that shows SECURITY.md. */
const securityPage = 'threat-model.md'

/** Languages that the highlighter does not know. */
const plainLanguages: ReadonlySet<string> = new Set(['promql', 'haproxy'])

/** Environment of a page, as VitePress hands it over. */
type PageEnv = { relativePath?: string }

export function markdownOfDocuments(md: MarkdownRenderer): void {
  md.core.ruler.push('documents', ({ tokens, env }) => {
    for (const [index, token] of tokens.entries()) {
      if (token.type === 'fence' && token.info === 'mermaid') {
        token.type = 'html_block'
        token.content = drawDiagram(token.content, `diagram-${index}`)
      }
      if (token.type === 'fence' && plainLanguages.has(token.info)) token.info = 'text'
      for (const part of token.children ?? []) {
        if (part.type === 'link_open') keepInside(part, (env as PageEnv).relativePath ?? '')
      }
      // `style="text-align:right"`: the policy of the site forbids styles in attributes.
      const align = /text-align:\s*(\w+)/.exec(token.attrGet('style') ?? '')?.[1]
      if (align === undefined) continue
      token.attrs = (token.attrs ?? []).filter(([name]) => name !== 'style')
      token.attrJoin('class', `align-${align}`)
    }
  })
}

type Token = Parameters<MarkdownRenderer['renderer']['render']>[0][number]

/** Links that leave `docs/` are for readers of the repository; here they lead to the page that shows the file, or nowhere. */
function keepInside(link: Token, page: string): void {
  const href = link.attrGet('href') ?? ''
  if (/^(?:[a-z]+:|#|\/)/i.test(href)) return
  const [path = '', anchor] = href.split('#')
  const folder = page === securityPage ? '..' : posix.dirname(page)
  const target = posix.normalize(posix.join(folder, path))
  // SECURITY.md is at the root of the repository, and so are its links.
  const inside =
    page === securityPage && target.startsWith('../docs/') ? target.slice('../docs/'.length) : target
  const end = anchor === undefined ? '' : `#${anchor}`
  if (inside === '../SECURITY.md') link.attrSet('href', `/${securityPage}${end}`)
  else if (inside.startsWith('..')) link.attrs = [['data-outside', '']]
  else if (inside !== target) link.attrSet('href', `/${inside}${end}`)
}
