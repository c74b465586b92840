/** The scheduler's face. */
export type { NodeVerdict, Verdict } from './contract.ts'
export { createScheduler, SCHEDULER_NAME, type Scheduler } from './scheduler.ts'
