// ruleid: code-from-text
const run = new Function(source)

// ruleid: pattern-from-text
const search = new RegExp(query.search, 'i')

// ok: pattern-from-text
const found = /^[a-z]+$/.test(query.search)

// ruleid: shell-command
execSync(`git checkout ${branch}`)

// ruleid: shell-command
await exec(`git checkout ${branch}`)

// ok: shell-command
await exec('git', ['checkout', branch])

// ruleid: shell-command
spawn('npm', ['ci'], { shell: true })

// ok: shell-command
spawn('git', ['checkout', branch], { stdio: 'inherit' })

// ok: code-from-text
setTimeout(() => stop(), 100)
