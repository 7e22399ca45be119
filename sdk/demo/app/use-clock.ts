import { useEffect, useState } from 'react'

/** The time, once a second: milliseconds since the Unix epoch. */
export function useClock(): number {
  const [now, setNow] = useState(Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  return now
}
