import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { checkAddress, createGuardedFetch } from '../../src/kit/guarded-fetch.ts'

const closed = { allowLoopbackFetch: false, fetchHosts: new Set<string>() }
const loopback = { ...closed, allowLoopbackFetch: true }
const refused = { ok: false, error: { kind: 'address_refused' } }

describe('addresses', () => {
  test.each([
    'https://example.com/jwks',
    'https://sub.example.co.uk/a?b=c#d',
    'https://EXAMPLE.com:443/jwks',
    'https://8.8.8.8/jwks',
    'https://[2606:4700:4700::1111]/jwks',
    'https://xn--bcher-kva.example/jwks',
  ])('a public https address is allowed: %s', (url) => {
    expect(checkAddress(url, closed)).toMatchObject({ ok: true })
  })

  test.each([
    ['http://example.com/', 'not https'],
    ['ftp://example.com/', 'not https'],
    ['file:///etc/passwd', 'not https'],
    ['data:application/json,{}', 'not https'],
    ['javascript:1', 'not https'],
    ['//example.com/', 'relative'],
    ['', 'empty'],
    ['https://', 'no host'],
    ['https://user@example.com/', 'user name'],
    ['https://user:secret@example.com/', 'password'],
    ['https://example.com@127.0.0.1/', 'userinfo trick'],
    ['https://example.com:8443/', 'another port'],
    ['https://example.com:22/', 'another port'],
    ['https://localhost/', 'loopback name'],
    ['https://localhost./', 'loopback name with the root dot'],
    ['https://LOCALHOST/', 'loopback name in capitals'],
    ['https://app.localhost/', 'RFC 6761'],
    ['https://printer.local/', 'RFC 6762'],
    ['https://metadata.google.internal/', 'cloud metadata'],
    ['https://router.home.arpa./', 'RFC 8375'],
    ['https://intranet/', 'a single label'],
    ['https://127.0.0.1/', 'loopback'],
    ['https://127.1/', 'short loopback'],
    ['https://2130706433/', 'decimal loopback'],
    ['https://0x7f000001/', 'hexadecimal loopback'],
    ['https://0x7f.0.0.1/', 'mixed loopback'],
    ['https://017700000001/', 'octal loopback'],
    ['https://0177.0.0.1/', 'octal first byte'],
    ['https://127.0.0.1./', 'loopback with the root dot'],
    ['https://１２７.0.0.1/', 'full-width digits'],
    ['https://127。0。0。1/', 'ideographic full stops'],
    ['https://%31%32%37.0.0.1/', 'percent-encoded digits'],
    ['https://0.0.0.0/', 'this host'],
    ['https://0/', 'this host'],
    ['https://10.1.2.3/', 'private'],
    ['https://172.16.0.1/', 'private'],
    ['https://172.31.255.255/', 'private'],
    ['https://192.168.0.1/', 'private'],
    ['https://100.64.0.1/', 'carrier-grade NAT'],
    ['https://169.254.169.254/latest/meta-data', 'cloud metadata'],
    ['https://192.0.2.1/', 'documentation'],
    ['https://198.18.0.1/', 'benchmarking'],
    ['https://224.0.0.1/', 'multicast'],
    ['https://255.255.255.255/', 'broadcast'],
    ['https://[::1]/', 'loopback'],
    ['https://[0:0:0:0:0:0:0:1]/', 'loopback in full'],
    ['https://[::]/', 'unspecified'],
    ['https://[::ffff:127.0.0.1]/', 'mapped loopback'],
    ['https://[::ffff:7f00:1]/', 'mapped loopback in hexadecimal'],
    ['https://[::7f00:1]/', 'compatible loopback'],
    ['https://[64:ff9b::7f00:1]/', 'NAT64 loopback'],
    ['https://[2002:7f00:1::]/', '6to4 loopback'],
    ['https://[2001::1]/', 'Teredo'],
    ['https://[2001:db8::1]/', 'documentation'],
    ['https://[fc00::1]/', 'unique local'],
    ['https://[fd12:3456::1]/', 'unique local'],
    ['https://[fe80::1]/', 'link-local'],
    ['https://[fec0::1]/', 'site-local'],
    ['https://[ff02::1]/', 'multicast'],
    [`https://example.com/${'x'.repeat(3000)}`, 'too long'],
  ])('%s is refused (%s)', (url) => {
    expect(checkAddress(url, closed)).toMatchObject(refused)
  })

  test('no spelling of a private IPv4 address gets through', () => {
    const privateAddress = fc.oneof(
      fc.integer({ min: 0x0a000000, max: 0x0affffff }),
      fc.integer({ min: 0x7f000000, max: 0x7fffffff }),
      fc.integer({ min: 0xa9fe0000, max: 0xa9feffff }),
      fc.integer({ min: 0xac100000, max: 0xac1fffff }),
      fc.integer({ min: 0xc0a80000, max: 0xc0a8ffff }),
    )
    const spelling = fc.constantFrom<(address: number) => string>(
      (address) => String(address),
      (address) => `0x${address.toString(16)}`,
      (address) => `0${address.toString(8)}`,
      (address) => `${address >>> 24}.${address & 0xffffff}`,
      (address) => `0x${(address >>> 24).toString(16)}.${(address >>> 16) & 255}.${address & 0xffff}`,
      (address) =>
        `${address >>> 24}.0${((address >>> 16) & 255).toString(8)}.${(address >>> 8) & 255}.${address & 255}`,
      (address) => `[::ffff:${(address >>> 16).toString(16)}:${(address & 0xffff).toString(16)}]`,
    )
    fc.assert(
      fc.property(privateAddress, spelling, (address, spell) => {
        expect(checkAddress(`https://${spell(address)}/jwks`, closed)).toMatchObject(refused)
      }),
      { numRuns: 500 },
    )
  })

  test('any text is answered with a value, never an exception', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.boolean(),
        (text, allow) => void checkAddress(text, allow ? loopback : closed),
      ),
    )
    fc.assert(fc.property(fc.webUrl(), (url) => void checkAddress(url, closed)))
  })

  test('another port is allowed exactly where the operator lists it, and only there', () => {
    const listed = {
      ...closed,
      fetchHosts: new Set(['keys.example.com:8443', '10.0.0.1:8443', 'localhost:8443']),
    }
    expect(checkAddress('https://KEYS.example.com:8443/jwks', listed)).toMatchObject({ ok: true })
    expect(checkAddress('https://keys.example.com/jwks', listed)).toMatchObject({ ok: true })
    for (const url of [
      'https://keys.example.com:8444/',
      'https://evil.keys.example.com:8443/',
      'https://example.com:8443/',
      'http://keys.example.com:8443/',
      'https://user@keys.example.com:8443/',
      // Whatever the list says: private addresses stay out of reach.
      'https://10.0.0.1:8443/',
      'https://localhost:8443/',
    ]) {
      expect(checkAddress(url, listed), url).toMatchObject(refused)
    }
    expect(checkAddress('https://example.com:8443/', listed)).toMatchObject({
      error: { detail: expect.stringContaining('AUTHLY_FETCH_HOSTS') },
    })
  })

  test('loopback is allowed only by configuration', () => {
    for (const url of [
      'http://localhost:1234/jwks',
      'http://127.0.0.1:1/',
      'http://[::1]:1/',
      'https://localhost/',
    ]) {
      expect(checkAddress(url, loopback)).toMatchObject({ ok: true })
      expect(checkAddress(url, closed)).toMatchObject(refused)
    }
    for (const url of [
      'http://10.0.0.1/',
      'http://example.com/',
      'http://u:p@localhost/',
      'ftp://localhost/',
    ]) {
      expect(checkAddress(url, loopback)).toMatchObject(refused)
    }
  })
})

describe('answers', () => {
  const servers: Server[] = []
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections()
      server.close()
    }
  })
  const serve = (listener: RequestListener) =>
    new Promise<string>((resolve) => {
      const server = createServer(listener).listen(0, '127.0.0.1', () => {
        resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
      })
      servers.push(server)
    })
  const guardedFetch = createGuardedFetch(loopback, fetch)

  test('gives back the text', async () => {
    const url = await serve((_, response) => response.end('{"keys":[]}'))
    expect(await guardedFetch(url)).toEqual({ ok: true, value: '{"keys":[]}' })
  })

  test('follows no redirect, not even to an allowed address', async () => {
    const target = await serve((_, response) => response.end('{}'))
    const url = await serve((_, response) => response.writeHead(302, { location: target }).end())
    expect(await guardedFetch(url)).toEqual({ ok: false, error: { kind: 'redirect_refused' } })
  })

  test.each([404, 500, 204])('refuses status %i', async (status) => {
    const url = await serve((_, response) => response.writeHead(status).end())
    expect(await guardedFetch(url)).toEqual({ ok: false, error: { kind: 'bad_status', status } })
  })

  test('stops reading an endless answer that promised to be short', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200)
      const chunk = 'x'.repeat(16_384)
      const write = () => {
        if (response.destroyed) return
        response.write(chunk)
        setImmediate(write)
      }
      write()
    })
    expect(await guardedFetch(url)).toEqual({ ok: false, error: { kind: 'too_large' } })
  })

  test('refuses text that is not UTF-8', async () => {
    const url = await serve((_, response) => response.end(Buffer.from([0x22, 0xff, 0x22])))
    expect(await guardedFetch(url)).toMatchObject({ ok: false, error: { kind: 'unreachable' } })
  })

  test('a server that is not there is a value, not an exception', async () => {
    expect(await guardedFetch('http://127.0.0.1:1/')).toMatchObject({
      ok: false,
      error: { kind: 'unreachable' },
    })
  })

  test('gives up on a server that does not answer', async () => {
    const url = await serve(() => undefined)
    expect(await guardedFetch(url)).toEqual({
      ok: false,
      error: { kind: 'unreachable', detail: 'TimeoutError' },
    })
  })
})
