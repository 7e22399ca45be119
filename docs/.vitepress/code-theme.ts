/**
 * Colours of code as classes. A theme of the highlighter writes its colours into `style` attributes, which the policy of
 * the site forbids; so this theme has numbers for colours, and a class takes the place of each (theme/style.css).
 */
import type { MarkdownOptions } from 'vitepress'

type Theme = Extract<MarkdownOptions['theme'], { name?: string }>
type Transformer = NonNullable<MarkdownOptions['codeTransformers']>[number]

const scopesOf = {
  comment: ['comment', 'punctuation.definition.comment'],
  string: ['string', 'punctuation.definition.string', 'markup.inline.raw'],
  value: ['constant', 'variable.other.enummember', 'support.constant'],
  keyword: ['keyword', 'storage', 'variable.language', 'keyword.operator.new'],
  name: [
    'entity.name',
    'support.function',
    'meta.property-name',
    'support.type.property-name',
    'markup.heading',
  ],
} as const

type Kind = keyof typeof scopesOf

const kinds = Object.keys(scopesOf) as Kind[]
/** A colour that stands for a kind of word: `#000001` is the first. */
const colorOf = (kind: Kind) => `#${String(kinds.indexOf(kind) + 1).padStart(6, '0')}`
const plain = '#000000'

export const codeTheme: Theme = {
  name: 'authly',
  type: 'light',
  fg: plain,
  bg: '#ffffff',
  settings: [
    { settings: { foreground: plain, background: '#ffffff' } },
    ...kinds.map((kind) => ({ scope: [...scopesOf[kind]], settings: { foreground: colorOf(kind) } })),
    // What stands inside a string but is code.
    {
      scope: [
        'string meta.embedded',
        'string punctuation.definition.template-expression',
        'keyword.operator',
      ],
      settings: { foreground: plain },
    },
  ],
}

export const colorsAsClasses: Transformer = {
  name: 'colors-as-classes',
  pre(node) {
    delete node.properties['style']
  },
  span(node) {
    const style = String(node.properties['style'] ?? '').toLowerCase()
    delete node.properties['style']
    const kind = kinds.find((each) => style.includes(colorOf(each)))
    if (kind !== undefined) this.addClassToHast(node, `code-${kind}`)
  },
}
