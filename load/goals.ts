/** What must hold under load. Missed goals are reported; only errors fail a run. */

export const loadGoals = {
  tokenP99Ms: 25,
  listP99Ms: 500,
  openConnections: 10_000,
  /** Of memory, from the end of the first third of the soak to its end: "flat" allows for noise of this size. */
  memoryGrowth: 0.05,
} as const
