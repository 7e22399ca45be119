import { auth } from '../../lib/auth'

export async function GET() {
  const answer = await (await auth()).fetch(process.env.API as string)
  return new Response(await answer.text())
}
