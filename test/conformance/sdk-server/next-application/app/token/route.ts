import { auth } from '../../lib/auth'

export async function GET(request: Request) {
  const forceRefresh = new URL(request.url).searchParams.has('force')
  return Response.json({ token: await (await auth()).accessToken({ forceRefresh }) })
}
