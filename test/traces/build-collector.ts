/**
 * The OpenTelemetry Collector, built by its own builder of pinned modules: what receives OTLP, and what writes it to a
 * file. Kept in the user's cache, which clones share, because building takes minutes. Needs Go.
 */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** One release of all of them; its stable modules are numbered apart. */
const version = 'v0.161.0'
const stableVersion = 'v1.67.0'

const parts = {
  receivers: [{ gomod: `go.opentelemetry.io/collector/receiver/otlpreceiver ${version}` }],
  exporters: [
    {
      gomod: `github.com/open-telemetry/opentelemetry-collector-contrib/exporter/fileexporter ${version}`,
    },
  ],
  providers: [{ gomod: `go.opentelemetry.io/collector/confmap/provider/fileprovider ${stableVersion}` }],
  conf_resolver: { default_uri_scheme: 'file' },
}

/** @returns path of the program */
export async function buildCollector(): Promise<string> {
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16)
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache')
  const folder = join(cache, 'authly-otelcol', digest)
  const program = join(folder, 'otelcol')
  if (existsSync(program)) return program
  const workplace = `${folder}.building-${process.pid}`
  await mkdir(workplace, { recursive: true })
  try {
    const config = join(workplace, 'builder.json')
    const dist = { module: 'authly.test/otelcol', name: 'otelcol', output_path: join(workplace, 'out') }
    // The builder reads YAML, which JSON is.
    await writeFile(config, JSON.stringify({ dist, ...parts }))
    await run('go', ['run', `go.opentelemetry.io/collector/cmd/builder@${version}`, '--config', config], {
      cwd: workplace,
      maxBuffer: 2 ** 26,
    })
    await mkdir(folder, { recursive: true })
    await rename(join(workplace, 'out', 'otelcol'), program)
    return program
  } finally {
    await rm(workplace, { recursive: true, force: true })
  }
}
