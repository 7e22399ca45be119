/** Two calls with the typescript-fetch client of openapi-generator. */
import { Configuration, UsersApi } from './client/index.ts'

const { AUTHLY_ISSUER = '', AUTHLY_TOKEN = '', AUTHLY_NAME = '' } = process.env
const api = new UsersApi(
  new Configuration({ basePath: AUTHLY_ISSUER, accessToken: `Bearer ${AUTHLY_TOKEN}` }),
)
const userCreation = { username: AUTHLY_NAME, emailVerified: false, setup: { method: 'none' as const } }
const created = await api.createUser({ userCreation })
const page = await api.listUsers({ identifier: AUTHLY_NAME })
if (page.items.length !== 1 || page.items[0]?.id !== created.id) throw new Error(JSON.stringify(page))
