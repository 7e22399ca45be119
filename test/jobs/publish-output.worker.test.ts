import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { appendFile, type BegunUpload, jobTables } from '../../src/jobs/job.table.ts'
import { publishOutput } from '../../src/jobs/publish-output.ts'
import { orderOf, storageOf } from './job-harness.ts'

const bucket = env.FILES as R2Bucket

/** An object whose output is `size` bytes that differ everywhere. */
async function outputOf(size: number) {
  const order = await orderOf('users.import', {})
  const lines: string[] = []
  for (let length = 0, n = 0; length < size; n++) {
    const line = `{"n":${n},"filler":"${'ü'.repeat(n % 100)}"}\n`
    lines.push(line)
    length += new TextEncoder().encode(line).length
  }
  const text = lines.join('')
  await storageOf(order, ({ storage }) => {
    storage.sql.exec(jobTables)
    for (let at = 0; at < text.length; at += 700_000) {
      appendFile(storage.sql, 'output', text.slice(at, at + 700_000))
    }
  })
  return { order, text }
}

const digest = async (bytes: ArrayBuffer) =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)).join()

describe('an output that goes to R2', () => {
  test.each([0, 100, 13 * 1024 * 1024])(
    'arrives byte for byte, %i bytes, also when each part is sent twice',
    async (size) => {
      const { order, text } = await outputOf(size)
      const key = `exports/${order.job_id}.ndjson`
      await storageOf(order, async ({ storage }) => {
        let begun: BegunUpload | undefined
        for (let turn = 0; turn < 20; turn++) {
          const target = { key, type: 'application/x-ndjson', begun }
          const answer = await publishOutput(bucket, storage.sql, target)
          // The object died before it could keep where it was: the same part, or the same end, again.
          const again = begun && (await publishOutput(bucket, storage.sql, target))
          if (answer === 'complete') {
            expect(again).toBe('complete')
            return
          }
          begun = again && again !== 'complete' ? again : answer
        }
        throw new Error('the upload did not end')
      })
      const object = await bucket.get(key)
      expect(object?.httpMetadata?.contentType).toBe('application/x-ndjson')
      expect(await digest(await (object as R2ObjectBody).arrayBuffer())).toBe(
        await digest(new TextEncoder().encode(text).buffer as ArrayBuffer),
      )
    },
  )
})
