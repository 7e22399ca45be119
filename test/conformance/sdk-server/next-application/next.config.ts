import type { NextConfig } from 'next'

const config: NextConfig = {
  // Else Next.js takes the lockfile of a folder above for its own.
  turbopack: { root: import.meta.dirname },
}

export default config
