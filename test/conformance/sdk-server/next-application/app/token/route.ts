import { auth } from '../../lib/auth'

export async function GET() {
  return Response.json({ token: await (await auth()).accessToken() })
}
