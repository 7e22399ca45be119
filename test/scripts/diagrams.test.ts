/** The drawings of the guide: none loses a word on its way to SVG, and none needs what the policy of the site forbids. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { drawDiagram } from '../../docs/.vitepress/diagram.ts'

const drawings = readdirSync('docs', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.md'))
  .flatMap((name) =>
    [...readFileSync(join('docs', name), 'utf8').matchAll(/^```mermaid\n([\s\S]*?)^```/gm)].map(
      ([, source = '']) => [name, source] as const,
    ),
  )

/** Labels as their source has them: between quotation marks or brackets, behind a colon, behind `as`. */
const labelsOf = (source: string): readonly string[] =>
  [...source.matchAll(/"([^"]+)"|\[([^"[\]()]+)\]|: (.+)$|participant \w+ as (.+)$/gm)]
    .flatMap((groups) => groups.slice(1).filter((label) => label !== undefined))
    .flatMap((label) => label.split('<br/>'))

const textOf = (svg: string): string =>
  svg
    .replaceAll(/<[^>]*>/g, '\n')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')

test('there are drawings', () => {
  expect(drawings.length).toBeGreaterThan(2)
})

describe.each(drawings)('%s', (_, source) => {
  const svg = /<svg[\s\S]*<\/svg>/.exec(drawDiagram(source, 'd1'))?.[0] ?? ''

  test('has every label of its source', () => {
    const labels = labelsOf(source)
    expect(labels.length).toBeGreaterThan(3)
    expect(labels.filter((label) => !textOf(svg).includes(label.trim()))).toEqual([])
  })

  test('is drawn without styles, scripts, and anything from elsewhere', () => {
    expect(svg).not.toMatch(
      /<style|style=|<script|\son\w+=|url\((?!#d1-)|(?:href|src)=|@import|foreignObject/,
    )
  })
})

test('a source that cannot be drawn stops the build', () => {
  expect(() => drawDiagram('no drawing at all', 'd1')).toThrow()
})

test('attack: what a label says is text, in the drawing and below it', () => {
  const html = drawDiagram('flowchart LR\n  a["<img src=x onerror=alert(1)>"] --> b[b]', 'd1')
  expect(html).not.toMatch(/<img|<script/)
})
