/** The scheduler's face. */
export type { NodeVerdict, Verdict } from './contract.ts'
export { createScheduler, type Scheduler } from './scheduler.ts'
