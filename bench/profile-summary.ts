/** Says of thousands of stacks where the time went. Pure. */

/** What a stack is charged to first of all, wherever it was called from. */
const shares: readonly (readonly [string, RegExp])[] = [
  ['garbage collection', /CollectGarbage|MinorGC|Scaveng|Sweep|MarkCompact|MarkingVisitor|ConcurrentMark/],
  ['compilation', /v8::internal::(?:compiler|baseline|maglev|Compiler)|OptimizingCompile|Turbo/i],
  ['cryptography', /ecp_nistz|ECDSA|EVP_|RSA_|bn_mul|bn_sqr|bn_pow|rsaz|BN_|sha256_|SHA256/],
  ['SQLite', /sqlite3|Sqlite/],
]

const kernel = /_raw_spin|finish_task_switch|entry_SYSCALL|do_syscall|__GI___writev|epoll_wait|irqentry/

const topFunctions = 18

interface Stack {
  readonly frames: readonly string[]
}

const parse = (text: string): Stack[] =>
  text
    .split('\n\n')
    .map((sample) => ({
      frames: sample
        .split('\n')
        .slice(1)
        .map((line) => line.trim().replace(/^[0-9a-f]+ /, '')),
    }))
    .filter(({ frames }) => frames.length > 0 && frames[0] !== '')

function shareOf({ frames }: Stack): string {
  const first = shares.find(([, pattern]) => frames.some((frame) => pattern.test(frame)))
  if (first) return first[0]
  const own = frames.findIndex((frame) => frame.startsWith('JS:'))
  const isApi = frames.slice(0, own).some((frame) => frame.includes('workerd::'))
  if (own >= 0) return isApi ? 'platform objects called from JavaScript' : 'JavaScript'
  return frames.some((frame) => kernel.test(frame))
    ? 'kernel: network, threads'
    : 'HTTP, event loop and calls between objects'
}

/** `JS:*'name worker.js:12:3` as `name`; V8 marks by how it compiled a function. */
const functionName = (frame: string): string =>
  frame.replace(/^JS:[~^+*']*/, '').replace(/ \S+:\d+:\d+$/, '') || '(anonymous)'

/** The innermost function of ours, and what of the platform it was in. */
function placeOf({ frames }: Stack): string | undefined {
  const own = frames.findIndex((frame) => frame.startsWith('JS:'))
  if (own < 0) return undefined
  const api = frames.slice(0, own).findLast((frame) => /workerd::api::\w+/.test(frame))
  const inside = /workerd::api::(?:\(anonymous namespace\)::)?([\w:]+)/.exec(api ?? '')?.[1]
  return `${functionName(frames[own] as string)}${inside ? ` > ${inside}` : ''}`
}

function countBy(stacks: readonly Stack[], name: (stack: Stack) => string | undefined): string[] {
  const counts = new Map<string, number>()
  for (const stack of stacks) {
    const key = name(stack)
    if (key !== undefined) counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([key, count]) => `${((count / stacks.length) * 100).toFixed(1).padStart(5)}%  ${key}`)
}

/** @param text of `perf script -F comm,ip,sym` */
export function summarizeStacks(text: string): string {
  const stacks = parse(text)
  return [
    ...countBy(stacks, shareOf),
    '',
    'innermost functions of the worker, with the platform calls they were in:',
    ...countBy(stacks, placeOf).slice(0, topFunctions),
  ].join('\n')
}
