/** Where a request comes from: no header that the caller could have set decides (SECURITY.md). */
import { describe, expect, it } from 'vitest'
import { readOrigin as readOriginOf, readRequestId } from '../../src/audit/read-origin.ts'

const request = (headers: Record<string, string>, peer?: unknown): Request =>
  Object.assign(
    new Request('https://auth.test/', { headers }),
    peer === undefined ? {} : { cf: { clientIp: peer } },
  )

const readOrigin = (of: Request, address: Parameters<typeof readRequestId>[1]) =>
  readOriginOf(of, address, 'id')

const claimed = {
  'cf-connecting-ip': '198.51.100.7',
  'cf-connecting-ipv6': '2001:db8::7',
  'cf-pseudo-ipv4': '198.51.100.7',
  'cf-ray': 'chosen-by-the-caller',
  'true-client-ip': '198.51.100.7',
  'x-real-ip': '198.51.100.7',
  'x-client-ip': '198.51.100.7',
  'x-forwarded-for': '198.51.100.7',
  forwarded: 'for=198.51.100.7',
}

describe('the address of a request', () => {
  it('is unknown where nobody is named who could say it, whatever the headers say', () => {
    expect(readOrigin(request(claimed, '192.0.2.1:5555'), 'unknown').ip).toBeUndefined()
  })

  it.each([
    ['192.0.2.1:5555', '192.0.2.1'],
    ['[2001:db8::1]:5555', '2001:db8::1'],
    ['[::ffff:192.0.2.1]:5555', '::ffff:192.0.2.1'],
    ['unix:/run/authly.sock', undefined],
    ['', undefined],
    [17, undefined],
  ])('is that of the connection %j where workerd itself listens', (peer, expected) => {
    expect(readOrigin(request(claimed, peer), 'connection').ip).toBe(expected)
  })

  it('is that of CF-Connecting-IP behind Cloudflare, and of no other header', () => {
    expect(readOrigin(request({ 'cf-connecting-ip': '203.0.113.9' }), 'cloudflare').ip).toBe('203.0.113.9')
    const { 'cf-connecting-ip': _, ...others } = claimed
    expect(readOrigin(request(others, '192.0.2.1:5555'), 'cloudflare').ip).toBeUndefined()
  })

  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['2001:db8::9', '2001:db8::9'],
    ['198.51.100.7, 203.0.113.9', '203.0.113.9'],
    ['203.0.113.9,', undefined],
    ['203.0.113.9, unknown', undefined],
    ['203.0.113.9:443', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('is the last one of X-Forwarded-For %j behind a proxy, which wrote that one', (forwarded, expected) => {
    const { 'x-forwarded-for': _, ...others } = claimed
    const headers = forwarded === undefined ? others : { ...others, 'x-forwarded-for': forwarded }
    expect(readOrigin(request(headers, '192.0.2.1:5555'), 'proxy').ip).toBe(expected)
  })
})

describe('the id of a request', () => {
  it('is the ray of Cloudflare behind Cloudflare, and otherwise our own: a caller forges no line of the log', () => {
    expect(readRequestId(request(claimed), 'cloudflare')).toBe('chosen-by-the-caller')
    for (const mode of ['unknown', 'connection', 'proxy'] as const) {
      const ids = [1, 2].map(() => readRequestId(request(claimed), mode))
      expect(ids[0]).toMatch(/^[\da-f-]{36}$/)
      expect(ids[0]).not.toBe(ids[1])
    }
  })
})
