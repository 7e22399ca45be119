/**
 * A quickstart in `docs/quickstarts/` as steps, so that what the reader does is what is executed:
 *
 * - the line "`src/App.tsx`:" before a code block names the file it is the content of;
 * - a block of `sh` is run in the application's folder, or in that of Authly when it begins with the comment
 *   `# in Authly's folder`; `# leave it running: http://localhost:5173` says that it keeps running, and what answers then.
 */
export interface WrittenFile extends InSection {
  readonly kind: 'file'
  readonly path: string
  readonly text: string
}

export interface Commands extends InSection {
  readonly kind: 'commands'
  readonly where: 'authly' | 'application'
  readonly script: string
  /** Addresses that answer while it runs; empty when it ends by itself. */
  readonly servesAt: readonly string[]
}

interface InSection {
  /** The heading above it, without its number. */
  readonly section: string
}

/** How it is checked: the most that is done with it comes first. */
export const checks = ['executed', 'compiled', 'text'] as const

export interface Quickstart {
  readonly title: string
  /** How long it takes a reader. */
  readonly minutes: number
  readonly checked: (typeof checks)[number]
  readonly steps: readonly (WrittenFile | Commands)[]
}

const block =
  /^## (?:\d+\. )?(?<heading>.+)$|^(?:`(?<path>[^`\n]+)`:\n\n)?```(?<language>\w+)[^\n]*\n(?<body>[\s\S]*?)^```$/gm

/** @throws Error when the head is not what every quickstart has */
export function readQuickstart(markdown: string): Quickstart {
  const [, head = '', text = ''] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(markdown) ?? []
  const { title, minutes, checked } = Object.fromEntries(
    [...head.matchAll(/^(\w+): (.+)$/gm)].map(([, name = '', value = '']) => [name, value]),
  )
  if (!title || !minutes || !isChecked(checked))
    throw new Error('a quickstart begins with its title, minutes and checked: executed, compiled or text')
  const steps: (WrittenFile | Commands)[] = []
  let section = ''
  for (const { groups } of text.matchAll(block)) {
    const { heading, path, language, body = '' } = groups ?? {}
    if (heading !== undefined) section = heading
    else if (path !== undefined) steps.push({ kind: 'file', section, path, text: body })
    else if (language === 'sh') steps.push(commandsOf(section, body))
  }
  return { title, minutes: Number(minutes), checked, steps }
}

/** What is done by who follows `quickstart`, but one section of it in `other`. */
export function withSectionOf(quickstart: Quickstart, section: string, other: Quickstart): Quickstart {
  const isOfIt = (step: InSection) => step.section === section
  const at = quickstart.steps.findIndex(isOfIt)
  const instead = other.steps.filter(isOfIt)
  if (at < 0 || instead.length === 0) throw new Error(`not in both: ${section}`)
  const steps = quickstart.steps.filter((step) => !isOfIt(step))
  return {
    ...quickstart,
    title: `${quickstart.title} and ${other.title}`,
    steps: steps.toSpliced(at, 0, ...instead),
  }
}

const isChecked = (value: string | undefined): value is Quickstart['checked'] =>
  checks.some((check) => check === value)

function commandsOf(section: string, script: string): Commands {
  const comments = script.split('\n').filter((line) => line.startsWith('# '))
  return {
    kind: 'commands',
    section,
    where: comments.includes("# in Authly's folder") ? 'authly' : 'application',
    script,
    servesAt: comments.flatMap((line) => /^# leave it running: (\S+)$/.exec(line)?.[1] ?? []),
  }
}
