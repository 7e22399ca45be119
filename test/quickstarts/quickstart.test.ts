import { describe, expect, it } from 'vitest'
import { readQuickstart, withSectionOf } from '../../scripts/docs/quickstart.ts'

const markdown = `---
title: React
minutes: 8
checked: executed
---

# React

## 1. Begin

\`\`\`sh
# in Authly's folder
npx authly clients create > ../my-app/.env
\`\`\`

\`src/main.ts\`:

\`\`\`ts
console.log('\`src/not-a-file.ts\`:')
\`\`\`

## What to know

\`\`\`sh
# leave it running: http://localhost:5173
npm run dev
\`\`\`

\`\`\`json
{ "shown": "only" }
\`\`\`
`

describe('a quickstart', () => {
  it('is the steps of its reader, in their order', () => {
    expect(readQuickstart(markdown)).toEqual({
      ...{ title: 'React', minutes: 8, checked: 'executed' },
      steps: [
        {
          ...{ kind: 'commands', section: 'Begin', where: 'authly', servesAt: [] },
          script: "# in Authly's folder\nnpx authly clients create > ../my-app/.env\n",
        },
        {
          kind: 'file',
          section: 'Begin',
          path: 'src/main.ts',
          text: "console.log('`src/not-a-file.ts`:')\n",
        },
        {
          ...{ kind: 'commands', section: 'What to know', where: 'application' },
          servesAt: ['http://localhost:5173'],
          script: '# leave it running: http://localhost:5173\nnpm run dev\n',
        },
      ],
    })
  })

  it('can have a section of another one', () => {
    const other = readQuickstart(
      markdown.replace('title: React', 'title: Go').replace('npm run dev', 'go run .'),
    )
    const both = withSectionOf(readQuickstart(markdown), 'What to know', other)
    expect([both.title, both.steps.length]).toEqual(['React and Go', 3])
    expect(both.steps[2]).toMatchObject({ script: expect.stringContaining('go run .') })
    expect(() => withSectionOf(other, 'Nowhere', other)).toThrow(/Nowhere/)
  })

  it('must say how long it takes, and how it is checked', () => {
    expect(() => readQuickstart(markdown.replace('checked: executed\n', ''))).toThrow(/checked/)
    expect(() => readQuickstart('# React')).toThrow(/minutes/)
  })
})
