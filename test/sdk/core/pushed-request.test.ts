import { pushRequest } from '@authly-server/core'
import { describe, expect, it } from 'vitest'
import { answering, issuer, json, metadata } from './authorization-server.ts'

const server = { ...metadata, pushed_authorization_request_endpoint: `${issuer}/par` }
const request = new URL(`${issuer}/authorize?client_id=garden&state=s&resource=a&resource=b`)

describe('a pushed authorization request (RFC 9126)', () => {
  it('goes to the server as it is, and what stands for it to the browser', async () => {
    const { fetch, requests } = answering(json({ request_uri: 'urn:x:1', expires_in: 60 }, { status: 201 }))
    const url = await pushRequest(fetch, server, request)
    expect(url.href).toBe(`${issuer}/authorize?client_id=garden&request_uri=urn%3Ax%3A1`)
    const [pushed] = requests as [Request]
    expect([pushed.method, pushed.url, pushed.redirect]).toEqual(['POST', `${issuer}/par`, 'manual'])
    expect(await pushed.text()).toBe('client_id=garden&state=s&resource=a&resource=b')
  })

  it('that is refused says why', async () => {
    const { fetch } = answering(json({ error: 'invalid_scope' }, { status: 400 }))
    await expect(pushRequest(fetch, server, request)).rejects.toMatchObject({ code: 'invalid_scope' })
  })

  it.each([{}, { request_uri: 7 }])('that is answered with %j is none', async (answer) => {
    const { fetch } = answering(json(answer, { status: 201 }))
    await expect(pushRequest(fetch, server, request)).rejects.toMatchObject({ code: 'invalid_response' })
  })

  it('at a server without the endpoint is none, and nothing is sent', async () => {
    const { fetch, requests } = answering()
    await expect(pushRequest(fetch, metadata, request)).rejects.toMatchObject({ code: 'invalid_response' })
    expect(requests).toEqual([])
  })
})
