import { auth } from '../../lib/auth'

export async function GET(request: Request) {
  const url = new URL(request.url).searchParams.get('url') ?? ''
  const answer = await (await auth()).fetch(url)
  return new Response(await answer.text())
}
