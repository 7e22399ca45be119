import { describe, expect, it } from 'vitest'
import { sdkPackages } from '../../../scripts/sdk/release/packages.ts'
import { entrySizes } from '../../../scripts/sdk/release/sizes.ts'

/** Of the packages that run in browsers: the most bytes (gzip) that they may add, with everything but React. */
const most = { browser: 12 * 1024, react: 14 * 1024 }

describe('what an application downloads', () => {
  it.each(Object.entries(most))('%s has at most %i bytes (gzip)', async (name, limit) => {
    const found = sdkPackages('.').filter(({ short }) => short === name)
    const [size] = await entrySizes(found)
    expect(size?.minifiedBytes).toBeGreaterThan(5_000)
    expect(size?.gzipBytes).toBeLessThanOrEqual(limit)
  })
})
