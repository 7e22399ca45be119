import { describe, expect, it } from 'vitest'
import { browserPackages, bundleSize } from '../../../scripts/sdk/bundle-size.ts'

describe('what an application downloads', () => {
  it.each(Object.entries(browserPackages))('%s has at most %i bytes (gzip)', async (name, most) => {
    const { gzip, minified } = await bundleSize(name)
    expect(minified).toBeGreaterThan(5_000)
    expect(gzip).toBeLessThanOrEqual(most)
  })
})
