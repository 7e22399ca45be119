import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mapLines } from '../../src/kit/map-lines.ts'

const streamOf = (chunks: readonly Uint8Array[]) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk)
      controller.close()
    },
  })
const textOf = (stream: ReadableStream<Uint8Array>) => new Response(stream).text()

describe('lines that are rewritten while they pass', () => {
  it('are whole lines in their order, however the bytes were cut', async () => {
    const line = fc.string({ unit: 'grapheme', maxLength: 8 }).map((text) => text.replaceAll('\n', ' '))
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.array(fc.nat(40)), async (lines, cuts) => {
        const bytes = new TextEncoder().encode(lines.map((text) => `${text}\n`).join(''))
        const at = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length]
        const chunks = at.slice(1).map((end, index) => bytes.slice(at[index], end))
        const seen: string[] = []
        const rewritten = await textOf(
          mapLines(streamOf(chunks), async (some) => {
            seen.push(...some)
            return some.map((text) => `<${text}>`).join('')
          }),
        )
        expect(seen).toEqual(lines)
        expect(rewritten).toBe(lines.map((text) => `<${text}>`).join(''))
      }),
    )
  })

  it('stand between what begins and what ends the file', async () => {
    const frame = { start: () => '[', end: () => ']' }
    expect(await textOf(mapLines(streamOf([]), () => 'x', frame))).toBe('[]')
    const one = streamOf([new TextEncoder().encode('a\nunfinished')])
    expect(await textOf(mapLines(one, (lines) => lines.join(), frame))).toBe('[a]')
  })

  it('end in the error of who rewrites them', async () => {
    const broken = mapLines(streamOf([new TextEncoder().encode('a\n')]), () => {
      throw new Error('cannot be opened')
    })
    await expect(textOf(broken)).rejects.toThrow('cannot be opened')
  })
})
