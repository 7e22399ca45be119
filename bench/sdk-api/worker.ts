/** Serves `/?name=sdk&count=500&at_once=16`: the time it takes is measured from outside, because clocks stand still here. */
import { createVerifications, repeat, type Verification } from './verifications.ts'

let verifications: Promise<Readonly<Record<string, Verification>>> | undefined

export default {
  async fetch(request: Request): Promise<Response> {
    const { searchParams } = new URL(request.url)
    verifications ??= createVerifications()
    const verify = (await verifications)[searchParams.get('name') ?? '']
    if (!verify) return new Response('no such verification', { status: 404 })
    await repeat(verify, Number(searchParams.get('count')), Number(searchParams.get('at_once')))
    return new Response('done')
  },
}
