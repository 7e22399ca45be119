/** Two calls with openapi-fetch and the types of openapi-typescript. */
import createClient from 'openapi-fetch'
import type { paths } from './client.d.ts'

const { AUTHLY_ISSUER = '', AUTHLY_TOKEN = '', AUTHLY_NAME = '' } = process.env
const api = createClient<paths>({
  baseUrl: AUTHLY_ISSUER,
  headers: { authorization: `Bearer ${AUTHLY_TOKEN}` },
})
const created = await api.POST('/admin/users', { body: { username: AUTHLY_NAME, setup: { method: 'none' } } })
if (!created.data) throw new Error(JSON.stringify(created.error))
const page = await api.GET('/admin/users', { params: { query: { identifier: AUTHLY_NAME } } })
const [found, ...others] = page.data?.items ?? []
if (found?.id !== created.data.id || others.length > 0) throw new Error(JSON.stringify(page))
