/** The script of the hosted pages, as the worker serves it; what it does is tried in a browser (test/e2e/). */
import { expect, it } from 'vitest'
import { scriptAsset } from '../../src/pages/assets.ts'
import { openBrowser } from '../login/browser.ts'

it('is one self-contained module, for good under the name of its content', async () => {
  const { status, headers, html: text } = await openBrowser().get(scriptAsset.path)
  expect(status).toBe(200)
  expect(headers.get('content-type')).toBe('text/javascript; charset=UTF-8')
  expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(text).toContain('data-passkey')
  const zipped = new Response(text).body?.pipeThrough(new CompressionStream('gzip'))
  expect((await new Response(zipped).arrayBuffer()).byteLength).toBeLessThan(3 * 1024)
})

it('is served uncached under the fingerprint of another version (gradual deployment)', async () => {
  const { status, headers } = await openBrowser().get('/assets/authly.0000000.js')
  expect([status, headers.get('cache-control')]).toEqual([200, 'no-store'])
})

it('asks nobody and writes no markup: only forms leave the page (DOM-based XSS, exfiltration)', () => {
  expect(scriptAsset.body).not.toMatch(
    /\bimport\b|fetch\(|XMLHttpRequest|sendBeacon|WebSocket|innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|Function\(|document\.cookie|localStorage|sessionStorage/,
  )
})
