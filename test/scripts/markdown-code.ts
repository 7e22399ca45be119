/** Code in Markdown, and the commands in it. */

export type CodeBlock = {
  readonly document: string
  /** Of the fence, from 1. */
  readonly line: number
  readonly language: string
  readonly text: string
}

export function codeBlocks(document: string, markdown: string): readonly CodeBlock[] {
  const blocks: CodeBlock[] = []
  const lines = markdown.split('\n')
  for (let index = 0; index < lines.length; index++) {
    const [, indent = '', fence, language = ''] = /^( *)(```+)([\w-]*)/.exec(lines[index] ?? '') ?? []
    if (fence === undefined) continue
    const end = lines.findIndex((line, at) => at > index && line.trim() === fence)
    if (end < 0) throw new Error(`${document}:${index + 1} does not end`)
    const text = lines.slice(index + 1, end).map((line) => line.slice(indent.length))
    blocks.push({ document, line: index + 1, language, text: text.join('\n') })
    index = end
  }
  return blocks
}

/** What stands between backticks, outside of blocks. */
export function inlineCode(markdown: string): readonly string[] {
  const text = markdown.replaceAll(/^ *```[\s\S]*?^ *```/gm, '')
  const spans = [...text.matchAll(/(?<!`)`([^`\n]+(?:\n[^`\n]+)?)`(?!`)/g)]
  return spans.map(([, code = '']) => code.replace(/\s*\n\s*/, ' '))
}

/**
 * The simple commands of a script: words without their quotes, split at pipes and what separates commands. Variables before a
 * command, redirections and comments are left out; `<client>` and `…` stand for a word.
 */
export function shellCommands(script: string): readonly (readonly string[])[] {
  const commands: string[][] = [[]]
  const token =
    /[^\S\n]+|\\\n|\n|(?<=^|\s)#[^\n]*|<([\w ]+)>|&&|\|\||[|;&]|\d?>{1,2}\s*\S+|<\s*\S+|(?:"(?:[^"\\]|\\.)*"|'[^']*'|\$\((?:[^()]|\([^)]*\))*\)|[^\s"'|;&<>])+|./gy
  for (const [text] of script.replaceAll(/^\s*\$ /gm, '').matchAll(token)) {
    if (/^(?:\n|&&|\|\||[|;&])$/.test(text)) commands.push([])
    else if (/^<[\w ]+>$/.test(text)) commands.at(-1)?.push('placeholder')
    else if (!/^(?:\s|\\\n|#|\d?>|<)/.test(text)) commands.at(-1)?.push(text.replaceAll(/["']/g, ''))
  }
  return commands
    .map((words) => words.slice(words.findIndex((word) => !/^[A-Z_]+=/.test(word))))
    .filter((words) => words.length > 0)
}
