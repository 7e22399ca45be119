/**
 * Drawings (Mermaid) as SVG when the site is built: no script draws them at the reader's, and their colours are those of the
 * page, in style.css. The policy of the site forbids styles in attributes and elements.
 */
import { renderMermaidSVG } from 'beautiful-mermaid'

const escaped = (text: string): string => text.replace(/[&<>]/g, (each) => `&#${each.charCodeAt(0)};`)

/** @param id of the drawing, unique on its page. @throws Error when the source is none that can be drawn */
export function drawDiagram(source: string, id: string): string {
  const svg = renderMermaidSVG(source, { transparent: true, padding: 8 })
    .replace(/<style>[\s\S]*?<\/style>\n?/g, '')
    .replaceAll(/ (?:style|data-[\w-]+)="[^"]*"/g, '')
    // Of the arrowheads.
    .replaceAll(/(\bid="|url\(#)/g, `$1${id}-`)
    .replaceAll(/(\d+\.\d)\d+/g, '$1')
    .replace('<svg ', '<svg role="img" aria-label="Diagram, as text below" ')
  return `<figure class="diagram" v-pre><div class="drawing" tabindex="0" role="group" aria-label="Diagram">${svg}</div>
<details><summary>As text</summary><pre class="source"><code>${escaped(source)}</code></pre></details></figure>\n`
}
